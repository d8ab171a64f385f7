// tests/core/lock_table_test.cpp: who may take a lock now: every mode, several keys, a parent's
// keys; and that a line always moves, whatever modes meet in it.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/core/locks.h"
#include "tests/core/property/random.h"

namespace gatewright::core::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Keys = std::vector<std::string>;

// Shorthand for a table that a test fills claim by claim.
struct Table {
  LockTable table;

  void Queue(std::int64_t run, const Keys& keys, LockMode mode = LockMode::kFifo,
             std::uint32_t limit = 1) {
    table.Apply(RunId{run}, LocksQueued{keys, mode, limit, table.newest_ticket() + 1}, Time{});
  }
  void Take(std::int64_t run, const Keys& keys, LockMode mode = LockMode::kFifo,
            std::uint32_t limit = 1) {
    table.Apply(RunId{run}, LocksTaken{keys, mode, limit, table.newest_ticket() + 1, {}}, Time{});
  }
  void Release(std::int64_t run, const Keys& keys) {
    table.Apply(RunId{run}, LocksReleased{keys, ""}, Time{});
  }
  // Of a run in line at `key`.
  LockObstacle ObstacleOf(std::int64_t run, const Keys& keys,
                          std::optional<RunId> parent = std::nullopt) const {
    for (const LockClaim& claim : table.Claims(keys.front())) {
      if (claim.run == RunId{run}) {
        return table.Obstacle(claim.run, parent, keys, claim.ticket, claim.mode, claim.limit);
      }
    }
    return table.Obstacle(RunId{run}, parent, keys, table.newest_ticket() + 1, LockMode::kFifo, 1);
  }
};

std::vector<std::int64_t> Numbers(const std::vector<RunId>& runs) {
  std::vector<std::int64_t> numbers;
  for (const RunId run : runs) numbers.push_back(run.value);
  return numbers;
}

TEST(LockTable, AFreeKeyIsNoObstacle) { EXPECT_TRUE(Table().ObstacleOf(1, {"prod"}).is_none()); }

TEST(LockTable, AHeldKeySaysByWhomAndHowLongTheLineIs) {
  Table t;
  t.Take(1, {"prod"});
  t.Queue(2, {"prod"});
  t.Queue(3, {"prod"});

  EXPECT_EQ(t.ObstacleOf(3, {"prod"}), (LockObstacle{"prod", RunId{1}, 2, 2}));
  EXPECT_EQ(t.ObstacleOf(2, {"prod"}), (LockObstacle{"prod", RunId{1}, 1, 2}));
  EXPECT_EQ(t.ObstacleOf(4, {"prod"}), (LockObstacle{"prod", RunId{1}, 3, 3}));
}

struct Order {
  std::string_view name;
  LockMode mode;
  std::int64_t first;  // of runs 2, 3 and 4, in line in this order
};

class LockOrder : public ::testing::TestWithParam<Order> {};

TEST_P(LockOrder, WhoIsNext) {
  Table t;
  t.Take(1, {"prod"}, GetParam().mode);
  for (const std::int64_t run : {2, 3, 4}) t.Queue(run, {"prod"}, GetParam().mode);
  t.Release(1, {"prod"});

  for (const std::int64_t run : {2, 3, 4}) {
    EXPECT_EQ(t.ObstacleOf(run, {"prod"}).is_none(), run == GetParam().first) << "run " << run;
  }
}

INSTANTIATE_TEST_SUITE_P(Modes, LockOrder,
                         ::testing::Values(Order{"Fifo", LockMode::kFifo, 2},
                                           Order{"Lifo", LockMode::kLifo, 4},
                                           Order{"LatestWins", LockMode::kLatestWins, 4}),
                         [](const auto& param) { return std::string(param.param.name); });

TEST(LockTable, ParallelHoldersShareUpToTheSmallestLimit) {
  Table t;
  t.Take(1, {"prod"}, LockMode::kParallel, 3);
  t.Take(2, {"prod"}, LockMode::kParallel, 3);
  t.Queue(3, {"prod"}, LockMode::kParallel, 3);
  t.Queue(4, {"prod"}, LockMode::kParallel, 3);
  EXPECT_TRUE(t.ObstacleOf(3, {"prod"}).is_none());
  EXPECT_FALSE(t.ObstacleOf(4, {"prod"}).is_none()) << "run 3 is before it";

  Table two;
  two.Take(1, {"prod"}, LockMode::kParallel, 3);
  two.Queue(2, {"prod"}, LockMode::kParallel, 1);
  EXPECT_FALSE(two.ObstacleOf(2, {"prod"}).is_none());
}

TEST(LockTable, NobodyOvertakesAnExclusiveRunInLine) {
  Table t;
  t.Take(1, {"prod"}, LockMode::kParallel, 5);
  t.Queue(2, {"prod"});
  t.Queue(3, {"prod"}, LockMode::kParallel, 5);

  EXPECT_EQ(t.ObstacleOf(3, {"prod"}), (LockObstacle{"prod", RunId{1}, 2, 2}));
}

TEST(LockTable, AllKeysOrNone) {
  Table t;
  t.Take(1, {"db"});
  t.Queue(2, {"app", "db"});

  EXPECT_EQ(t.ObstacleOf(2, {"app", "db"}).key, "db");
  EXPECT_EQ(t.ObstacleOf(3, {"app"}), (LockObstacle{"app", RunId{2}, 2, 2}))
      << "run 2 was there first, though it does not hold it";
}

TEST(LockTable, AChildSharesTheKeysItsParentHolds) {
  Table t;
  t.Take(1, {"prod"});

  EXPECT_TRUE(t.ObstacleOf(2, {"prod"}, RunId{1}).is_none());
  EXPECT_FALSE(t.ObstacleOf(2, {"prod"}, RunId{9}).is_none());
  t.Release(1, {"prod"});
  t.Queue(1, {"prod"});
  EXPECT_FALSE(t.ObstacleOf(2, {"prod"}, RunId{1}).is_none()) << "in line is not held";
}

TEST(LockTable, KnowsWhomToWakeAndWhomToSupersede) {
  Table t;
  t.Take(1, {"app"});
  t.Queue(2, {"app", "db"});
  t.Queue(3, {"db"});

  EXPECT_THAT(Numbers(t.table.Waiting({"app", "db"})), ElementsAre(2, 3));
  EXPECT_THAT(Numbers(t.table.Older(RunId{4}, {"app", "db"}, 4)), ElementsAre(1, 2, 3));
  EXPECT_THAT(Numbers(t.table.Older(RunId{2}, {"app", "db"}, 2)), ElementsAre(1))
      << "run 3 came later";
}

TEST(LockTable, IsEmptyWhenEverybodyHasLeft) {
  Table t;
  t.Take(1, {"app", "db"});
  t.Queue(2, {"db"});
  t.Release(2, {"db"});
  t.Release(1, {"app", "db"});

  EXPECT_THAT(t.table.Keys(), IsEmpty());
  EXPECT_EQ(t.table.newest_ticket(), 2) << "and yet no ticket is given twice";
}

TEST(LockTable, RestoredFromWhatIsStoredItAnswersTheSame) {
  Table t;
  t.Take(1, {"app"});
  t.Queue(2, {"app", "db"});
  LockTable restored;
  for (const std::string& key : t.table.Keys()) {
    for (const LockClaim& claim : t.table.Claims(key)) restored.Restore(key, claim);
  }
  restored.RestoreNewestTicket(t.table.newest_ticket());

  EXPECT_EQ(restored.Keys(), t.table.Keys());
  EXPECT_EQ(restored.Claims("app"), t.table.Claims("app"));
  EXPECT_EQ(restored.newest_ticket(), 2);
}

// Runs of any mode at any keys: as long as somebody is in line and nobody holds, somebody may take
// theirs; so that whoever holds and releases lets the line end.
TEST(LockTable, ALineOfMixedModesAlwaysMoves) {
  for (const std::uint64_t seed : Seeds()) {
    Random random(seed);
    for (int walk = 0; walk < 2'000; ++walk) {
      Table t;
      std::map<std::int64_t, Keys> in_line;
      for (std::int64_t run = 1; run <= 6; ++run) {
        Keys keys;
        for (const char* key : {"a", "b", "c"}) {
          if (random.Chance(50)) keys.emplace_back(key);
        }
        if (keys.empty()) continue;
        const auto mode = static_cast<LockMode>(random.Between(1, 4));
        t.Queue(run, keys, mode, mode == LockMode::kParallel ? random.Between(1, 3) : 1);
        in_line.emplace(run, keys);
      }
      while (!in_line.empty()) {
        std::vector<std::int64_t> free;
        for (const auto& [run, keys] : in_line) {
          if (t.ObstacleOf(run, keys).is_none()) free.push_back(run);
        }
        ASSERT_FALSE(free.empty()) << "in walk " << walk << " of GATEWRIGHT_SEED=" << seed;
        const std::int64_t next = random.Pick(free);
        t.Release(next, in_line.at(next));
        in_line.erase(next);
      }
    }
  }
}

}  // namespace
}  // namespace gatewright::core::test
