// tests/storage/lock_test.cpp: claims on locks, and the newest ticket of the line.
#include <gmock/gmock.h>

#include "tests/storage/store_fixture.h"

namespace gatewright::storage {
namespace {

using core::LockMode;
using testing::ElementsAre;
using testing::IsEmpty;

ports::LockRow InLine(const std::string& key, std::int64_t run, std::int64_t ticket) {
  return {key, {RunId{run}, ticket, false, LockMode::kFifo, 1, At(ticket)}};
}

ports::LockRow Held(const std::string& key, std::int64_t run, std::int64_t ticket) {
  return {key, {RunId{run}, ticket, true, LockMode::kParallel, 3, At(ticket)}};
}

class Locks : public StoreTest {
 protected:
  void Put(std::vector<ports::LockRow> locks) {
    ports::Change change;
    change.put_locks = std::move(locks);
    ASSERT_TRUE(store().Commit({change}));
  }
  void SetTicket(std::int64_t ticket) {
    ports::Change change;
    change.newest_ticket = ticket;
    ASSERT_TRUE(store().Commit({change}));
  }
};
INSTANTIATE_STORE_SUITE(Locks);

TEST_P(Locks, KeepsWhoHoldsAndWhoStandsInLine) {
  Put({Held("prod", 7, 1), InLine("prod", 8, 2), Held("a key with 'quotes' \U0001F512", 7, 1)});
  EXPECT_THAT(Get(store().Locks()), ElementsAre(Held("a key with 'quotes' \U0001F512", 7, 1),
                                                Held("prod", 7, 1), InLine("prod", 8, 2)));
}

TEST_P(Locks, HasNoneAtFirst) {
  EXPECT_THAT(Get(store().Locks()), IsEmpty());
  EXPECT_EQ(Get(store().NewestTicket()), 0);
}

TEST_P(Locks, HasOneClaimPerKeyAndRun) {
  Put({InLine("prod", 7, 4)});
  Put({Held("prod", 7, 5)});
  EXPECT_THAT(Get(store().Locks()), ElementsAre(Held("prod", 7, 5)));
}

TEST_P(Locks, DropsAClaim) {
  Put({Held("prod", 7, 1), Held("test", 7, 1), InLine("prod", 8, 2)});
  ports::Change change;
  change.drop_locks = {{"prod", RunId{7}}, {"prod", RunId{99}}};  // there is none: fine
  ASSERT_TRUE(store().Commit({change}));
  EXPECT_THAT(Get(store().Locks()), ElementsAre(InLine("prod", 8, 2), Held("test", 7, 1)));
}

TEST_P(Locks, PutsAClaimThatTheSameChangeDrops) {
  ports::Change change;
  change.drop_locks = {{"prod", RunId{7}}};
  change.put_locks = {Held("prod", 7, 2)};
  ASSERT_TRUE(store().Commit({change}));
  EXPECT_THAT(Get(store().Locks()), ElementsAre(Held("prod", 7, 2)));
}

TEST_P(Locks, KeepsNumbersBeyond32Bits) {
  ports::LockRow lock = Held("prod", 5'000'000'000, 6'000'000'000);
  lock.claim.limit = 4'000'000'000;
  Put({lock});
  SetTicket(6'000'000'000);
  EXPECT_THAT(Get(store().Locks()), ElementsAre(lock));
  EXPECT_EQ(Get(store().NewestTicket()), 6'000'000'000);
}

// A number given twice would put two runs on one place.
TEST_P(Locks, NeverForgetsTheNewestTicket) {
  SetTicket(7);
  SetTicket(0);  // unchanged
  SetTicket(5);
  EXPECT_EQ(Get(store().NewestTicket()), 7);
  SetTicket(8);
  EXPECT_EQ(Get(store().NewestTicket()), 8);
}

TEST_P(Locks, LeavesThemAloneWhenABatchHasAConflict) {
  Put({Held("prod", 7, 1)});
  SetTicket(1);
  ASSERT_TRUE(store().Commit({NewRun(1)}));
  ports::Change change;
  change.drop_locks = {{"prod", RunId{7}}};
  change.put_locks = {Held("prod", 8, 2), Held("test", 7, 1)};
  change.newest_ticket = 2;
  ASSERT_FALSE(store().Commit({change, NewRun(1)}));
  EXPECT_THAT(Get(store().Locks()), ElementsAre(Held("prod", 7, 1)));
  EXPECT_EQ(Get(store().NewestTicket()), 1);
}

TEST_P(Locks, AreStillThereAfterARestart) {
  Put({Held("prod", 7, 1), InLine("prod", 8, 2)});
  SetTicket(2);
  Restart();
  EXPECT_THAT(Get(store().Locks()), ElementsAre(Held("prod", 7, 1), InLine("prod", 8, 2)));
  EXPECT_EQ(Get(store().NewestTicket()), 2);
}

}  // namespace
}  // namespace gatewright::storage
