// tests/storage/log_test.cpp: what a store promises about the log and the runs it tells of.
#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "tests/storage/store_fixture.h"

namespace gatewright::storage {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Log : public StoreTest {};
INSTANTIATE_STORE_SUITE(Log);

TEST_P(Log, KeepsARunAndItsHistory) {
  TestRun run(1);
  ASSERT_EQ(Get(store().Commit({run.Next(R"([{"type":"RunCreated"}])")})), Position{1});
  run.row.state = "approved_by_QA";
  run.row.stage = "devops";
  ASSERT_EQ(Get(store().Commit({run.Next()})), Position{2});

  const auto history = Get(store().LoadRun(RunId{1}));
  ASSERT_TRUE(history.has_value());
  run.row.head = Position{2};
  EXPECT_EQ(history->row, run.row);
  ASSERT_EQ(history->entries.size(), 2u);
  EXPECT_EQ(history->entries[0].sequence, Sequence{1});
  EXPECT_EQ(history->entries[0].events_json, R"([{"type":"RunCreated"}])");
  EXPECT_EQ(history->entries[1].actor, "bob");
  EXPECT_EQ(history->entries[1].at, run.row.updated_at);
  EXPECT_EQ(history->entries[1].hash, run.row.head_hash);
}

TEST_P(Log, IsEmptyAtFirst) {
  EXPECT_EQ(Get(store().Head()), Position{0});
  EXPECT_EQ(Get(store().LastRunId()), RunId{0});
  EXPECT_FALSE(Get(store().LoadRun(RunId{1})).has_value());
  EXPECT_FALSE(Get(store().GetRow(RunId{1})).has_value());
  EXPECT_TRUE(Get(store().ListRuns({})).rows.empty());
  EXPECT_TRUE(Get(store().ReadEntries(Position{0}, 10)).empty());
  EXPECT_TRUE(Get(store().Workflows()).empty());
  EXPECT_TRUE(Get(store().OpenAttempts()).empty());
  EXPECT_FALSE(Get(store().NextTimer()).has_value());
  EXPECT_FALSE(Get(store().NextOutbox({ports::OutboxKind::kNotify})).has_value());
  EXPECT_EQ(Get(store().Cursor("feed")), Position{0});
  EXPECT_EQ(Get(store().Commit({})), Position{0});
}

TEST_P(Log, GivesPositionsWithoutGapsInTheOrderOfTheBatch) {
  EXPECT_EQ(Get(store().Commit({NewRun(1), NewRun(2), NewRun(3)})), Position{1});
  EXPECT_FALSE(store().Commit({NewRun(4), NewRun(2)}));  // rolled back: uses up no position
  EXPECT_EQ(Get(store().Commit({NewRun(4)})), Position{4});

  const auto entries = Get(store().ReadEntries(Position{0}, 100));
  ASSERT_EQ(entries.size(), 4u);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    EXPECT_EQ(entries[i].position, Position{static_cast<std::int64_t>(i) + 1});
    EXPECT_EQ(entries[i].run, RunId{static_cast<std::int64_t>(i) + 1});
  }
  EXPECT_EQ(Get(store().Head()), Position{4});
  EXPECT_EQ(Get(store().LastRunId()), RunId{4});
}

TEST_P(Log, ReadsOnFromAPosition) {
  ASSERT_TRUE(store().Commit({NewRun(1), NewRun(2), NewRun(3), NewRun(4)}));
  const auto page = Get(store().ReadEntries(Position{1}, 2));
  ASSERT_EQ(page.size(), 2u);
  EXPECT_EQ(page[0].position, Position{2});
  EXPECT_EQ(page[1].position, Position{3});
  EXPECT_TRUE(Get(store().ReadEntries(Position{4}, 2)).empty());
}

TEST_P(Log, AnswersPositionZeroWhenABatchHasNoEntry) {
  ASSERT_TRUE(store().Commit({NewRun(1)}));
  ports::Change change;
  change.cursor = {"feed", Position{1}};
  EXPECT_EQ(Get(store().Commit({change})), Position{0});
}

TEST_P(Log, TakesSeveralEntriesOfOneRunInOneBatch) {
  TestRun run(1);
  std::vector<ports::Change> batch;
  for (int i = 0; i < 5; ++i) batch.push_back(run.Next());
  ASSERT_EQ(Get(store().Commit(batch)), Position{1});
  const auto history = Get(store().LoadRun(RunId{1}));
  EXPECT_EQ(history->row.version, Sequence{5});
  EXPECT_EQ(history->entries.size(), 5u);
}

TEST_P(Log, RefusesACommandThatSomebodyElseOvertook) {
  TestRun run(1);
  ASSERT_TRUE(store().Commit({run.Next()}));
  TestRun late = run;
  ASSERT_TRUE(store().Commit({run.Next()}));

  const auto refused = store().Commit({late.Next()});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_THAT(refused.error().message, HasSubstr("Run 1 is at version 2, expected version 1"));
}

TEST_P(Log, RefusesToCreateARunTwice) {
  ASSERT_TRUE(store().Commit({NewRun(1)}));
  const auto refused = store().Commit({NewRun(1)});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
}

TEST_P(Log, RefusesAnEntryOfARunThatDoesNotExist) {
  TestRun run(7);
  run.Next();  // never committed
  const auto refused = store().Commit({run.Next()});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
}

TEST_P(Log, RefusesARowThatDoesNotBelongToItsEntry) {
  ports::Change change = NewRun(1);
  change.row.version = Sequence{2};
  const auto refused = store().Commit({change});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInternal);
}

TEST_P(Log, WritesNothingOfABatchWithAConflict) {
  ASSERT_TRUE(store().Commit({NewRun(1)}));
  ports::Change first = NewRun(2);
  first.set_timers.push_back({RunId{2}, core::TimerKind::kGateDeadline, At(5)});
  first.put_outbox.push_back({0, ports::OutboxKind::kNotify, RunId{2}, "{}", 0, At(0)});
  first.output.push_back({RunId{2}, AttemptNumber{1}, 0, "hello"});
  first.cursor = {"feed", Position{9}};
  ASSERT_FALSE(store().Commit({first, NewRun(1)}));

  EXPECT_FALSE(Get(store().GetRow(RunId{2})).has_value());
  EXPECT_FALSE(Get(store().NextTimer()).has_value());
  EXPECT_FALSE(Get(store().NextOutbox({ports::OutboxKind::kNotify})).has_value());
  EXPECT_EQ(Get(store().OutputSize(RunId{2}, AttemptNumber{1})), 0);
  EXPECT_EQ(Get(store().Cursor("feed")), Position{0});
  EXPECT_EQ(Get(store().Head()), Position{1});
  EXPECT_TRUE(store().Commit({NewRun(2)}));  // and the store goes on
}

TEST_P(Log, IsStillThereAfterARestart) {
  TestRun run(1);
  ASSERT_TRUE(store().Commit({run.Next(), NewRun(2)}));
  Restart();
  EXPECT_EQ(Get(store().Head()), Position{2});
  EXPECT_EQ(Get(store().GetRow(RunId{1}))->head_hash, run.row.head_hash);
  EXPECT_EQ(Get(store().Commit({run.Next()})), Position{3});
  EXPECT_EQ(Get(store().LoadRun(RunId{1}))->entries.size(), 2u);
}

TEST_P(Log, KeepsBigAndOddTexts) {
  TestRun run(1, "name with 'quotes', \"more\", ; -- and a \U0001F600");
  run.row.requester = std::string(10'000, 'x');
  const std::string big = "[\"" + std::string(1 << 20, 'e') + "\"]";
  ASSERT_TRUE(store().Commit({run.Next(big)}));
  const auto history = Get(store().LoadRun(RunId{1}));
  EXPECT_EQ(history->row.name, run.row.name);
  EXPECT_EQ(history->row.requester, run.row.requester);
  EXPECT_EQ(history->entries[0].events_json, big);
}

TEST_P(Log, KeepsNumbersBeyond32Bits) {
  TestRun run(5'000'000'000);
  run.row.created_at = FromMicros(9'007'199'254'740'993);
  ASSERT_TRUE(store().Commit({run.Next()}));
  const auto row = Get(store().GetRow(RunId{5'000'000'000}));
  ASSERT_TRUE(row.has_value());
  EXPECT_EQ(row->created_at, FromMicros(9'007'199'254'740'993));
  EXPECT_EQ(Get(store().LastRunId()), RunId{5'000'000'000});
  EXPECT_EQ(Get(store().ListRuns({})).rows.at(0).id, RunId{5'000'000'000});
}

// Readers see whole transactions: both runs of a batch are always at the same version.
TEST_P(Log, IsReadWhileItIsWritten) {
  TestRun left(1);
  TestRun right(2);
  ASSERT_TRUE(store().Commit({left.Next(), right.Next()}));
  std::atomic<bool> is_done = false;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] {
      while (!is_done) {
        const auto page = store().ListRuns({});
        const auto history = store().LoadRun(RunId{1});
        if (!page || page->rows.size() != 2 || page->rows[0].version != page->rows[1].version) {
          ++wrong;
        }
        if (!history || !*history ||
            (*history)->entries.size() != static_cast<std::size_t>((*history)->row.version.value)) {
          ++wrong;
        }
      }
    });
  }
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(store().Commit({left.Next(), right.Next()}));
  is_done = true;
  for (auto& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0);
}

TEST_P(Log, SaysHowItIs) {
  ASSERT_TRUE(store().Commit({NewRun(1)}));
  const auto health = Get(store().Health());
  EXPECT_EQ(health.backend, GetParam().name);
  EXPECT_FALSE(health.version.empty());
  EXPECT_GE(health.schema, 1);
  EXPECT_EQ(health.head, Position{1});
}

}  // namespace
}  // namespace gatewright::storage
