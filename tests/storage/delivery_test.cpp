// tests/storage/delivery_test.cpp: what became of notifications, and what is still to be tried.
#include <gmock/gmock.h>

#include "tests/storage/store_fixture.h"

namespace gatewright::storage {
namespace {

using ports::DeliveryRow;
using ports::DeliveryState;
using testing::ElementsAre;
using testing::IsEmpty;

class Deliveries : public StoreTest {
 protected:
  static DeliveryRow Row(std::int64_t id, const std::string& lane = "v1/0", std::int64_t due = 10) {
    DeliveryRow row;
    row.id = id;
    row.event = std::to_string(id) + "-0";
    row.topic = "gate.opened";
    row.run = RunId{id};
    row.lane = lane;
    row.notifier = "webhook";
    row.created_at = row.updated_at = At(id);
    row.due = At(due);
    return row;
  }
  void Put(std::vector<DeliveryRow> rows) {
    ports::Change change;
    change.put_deliveries = std::move(rows);
    const auto committed = store().Commit({change});
    ASSERT_TRUE(committed) << committed.error().message;
  }
  std::vector<std::int64_t> Listed(const ports::DeliveryQuery& query) {
    std::vector<std::int64_t> ids;
    for (const auto& row : Get(store().ListDeliveries(query))) ids.push_back(row.id);
    return ids;
  }
};
INSTANTIATE_STORE_SUITE(Deliveries);

TEST_P(Deliveries, KeepsWhatBecameOfEach) {
  EXPECT_EQ(Get(store().LastDelivery()), 0);
  DeliveryRow row = Row(7);
  row.recipient = "ann";
  row.is_digest = true;
  Put({row});
  EXPECT_EQ(Get(store().FindDelivery(7)), row);
  row.state = DeliveryState::kFailed;
  row.tries = 3;
  row.problem = "expected 2xx, found 500";
  row.updated_at = At(99);
  row.due = At(98);
  Put({row});
  Restart();
  EXPECT_EQ(Get(store().FindDelivery(7)), row);
  EXPECT_EQ(Get(store().LastDelivery()), 7);
  EXPECT_FALSE(Get(store().FindDelivery(8)).has_value());
}

TEST_P(Deliveries, CountsWhatIsPending) {
  EXPECT_EQ(Get(store().CountPendingDeliveries()).count, 0);
  EXPECT_FALSE(Get(store().CountPendingDeliveries()).oldest.has_value());
  DeliveryRow done = Row(1);
  done.state = DeliveryState::kDelivered;
  DeliveryRow older = Row(2), newer = Row(3);
  older.created_at = At(5);
  newer.created_at = At(6);
  Put({done, older, newer});
  EXPECT_EQ(Get(store().CountPendingDeliveries()).count, 2);
  EXPECT_EQ(Get(store().CountPendingDeliveries()).oldest, At(5));
}

TEST_P(Deliveries, NamesTheLanesWithSomethingPending) {
  DeliveryRow done = Row(4, "v3/0");
  done.state = DeliveryState::kDelivered;
  Put({Row(1, "v2/0", 30), Row(2, "v2/0", 20), Row(3, "v1/1", 40), done});
  EXPECT_THAT(Get(store().PendingLanes("", 9)),
              ElementsAre(ports::PendingLane{"v1/1", At(40)}, ports::PendingLane{"v2/0", At(20)}));
  EXPECT_THAT(Get(store().PendingLanes("v1/1", 9)),
              ElementsAre(ports::PendingLane{"v2/0", At(20)}));
  EXPECT_THAT(Get(store().PendingLanes("", 1)), ElementsAre(ports::PendingLane{"v1/1", At(40)}));
  EXPECT_THAT(Get(store().PendingLanes("v2/0", 9)), IsEmpty());
}

TEST_P(Deliveries, GivesWhatIsDueOfOneLaneInItsOrder) {
  Put({Row(1, "v1/0", 30), Row(2, "v1/0", 20), Row(3, "v1/0", 20), Row(4, "v2/0", 5)});
  EXPECT_THAT(Get(store().DueDeliveries("v1/0", At(29), 9)),
              ElementsAre(Row(2, "v1/0", 20), Row(3, "v1/0", 20)));
  EXPECT_THAT(Get(store().DueDeliveries("v1/0", At(30), 1)), ElementsAre(Row(2, "v1/0", 20)));
  DeliveryRow later = Row(2, "v1/0", 60);
  Put({later});
  EXPECT_THAT(Get(store().DueDeliveries("v1/0", At(29), 9)), ElementsAre(Row(3, "v1/0", 20)));
}

TEST_P(Deliveries, ListsTheNewestFirstByWhatIsAskedFor) {
  std::vector<DeliveryRow> rows = {Row(1), Row(2), Row(3), Row(4)};
  rows[1].state = rows[3].state = DeliveryState::kFailed;
  rows[1].run = RunId{4};
  rows[3].notifier = "slack";
  Put(rows);
  EXPECT_THAT(Listed({}), ElementsAre(4, 3, 2, 1));
  EXPECT_THAT(Listed({.before = 4, .limit = 2}), ElementsAre(3, 2));
  EXPECT_THAT(Listed({.run = RunId{4}}), ElementsAre(4, 2));
  EXPECT_THAT(Listed({.state = DeliveryState::kFailed}), ElementsAre(4, 2));
  EXPECT_THAT(Listed({.notifier = "webhook"}), ElementsAre(3, 2, 1));
  EXPECT_THAT(
      Listed({.run = RunId{4}, .state = DeliveryState::kFailed, .notifier = "slack", .before = 9}),
      ElementsAre(4));
}

TEST_P(Deliveries, RemembersWhoWantsNoMore) {
  ports::Change change;
  change.close_lanes = {{"v1/0", "410", At(1)}, {"v0/3", "gone", At(2)}};
  ASSERT_TRUE(store().Commit({change}));
  ports::Change again;
  again.close_lanes = {{"v1/0", "later", At(9)}};
  ASSERT_TRUE(store().Commit({again}));
  Restart();
  EXPECT_THAT(Get(store().ClosedLanes()), ElementsAre(ports::ClosedLane{"v0/3", "gone", At(2)},
                                                      ports::ClosedLane{"v1/0", "410", At(1)}));
  ports::Change open;
  open.open_lanes = {"v1/0", "never closed"};
  ASSERT_TRUE(store().Commit({open}));
  EXPECT_THAT(Get(store().ClosedLanes()), ElementsAre(ports::ClosedLane{"v0/3", "gone", At(2)}));
}

TEST_P(Deliveries, ForgetsWhatIsOldOrTooMuchButNothingPending) {
  std::vector<DeliveryRow> rows;
  for (int id = 1; id <= 6; ++id) {
    rows.push_back(Row(id));
    if (id != 2) rows.back().state = DeliveryState::kDelivered;
  }
  Put(rows);
  EXPECT_EQ(Get(store().ForgetDeliveries(At(4), 100, 1)), 1);
  EXPECT_EQ(Get(store().ForgetDeliveries(At(4), 100, 9)), 1);
  EXPECT_THAT(Listed({}), ElementsAre(6, 5, 4, 2));
  EXPECT_EQ(Get(store().ForgetDeliveries(At(0), 2, 9)), 1);
  EXPECT_THAT(Listed({}), ElementsAre(6, 5, 2));
  EXPECT_EQ(Get(store().ForgetDeliveries(At(0), 2, 9)), 0);
  // What was forgotten does not give its number to another.
  EXPECT_EQ(Get(store().ForgetDeliveries(At(99), 2, 9)), 2);
  EXPECT_EQ(Get(store().LastDelivery()), 6);
}

}  // namespace
}  // namespace gatewright::storage
