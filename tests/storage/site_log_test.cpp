// tests/storage/site_log_test.cpp: the installation's own entries: in the log like any other, with
// a chain and a version of their own, and no run.
#include <gmock/gmock.h>

#include "engine/codec/entry_hash.h"
#include "engine/core/site.h"
#include "tests/storage/store_fixture.h"

namespace gatewright::storage {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class SiteLog : public StoreTest {
 protected:
  std::vector<std::int64_t> RunsOfTheLog() {
    std::vector<std::int64_t> runs;
    for (const auto& entry : Get(store().ReadEntries(Position{0}, 100))) {
      runs.push_back(entry.run.value);
    }
    return runs;
  }
};
INSTANTIATE_STORE_SUITE(SiteLog);

TEST_P(SiteLog, StandsAmongTheEntriesOfRuns) {
  TestSite site;
  TestRun run(1);
  EXPECT_EQ(Get(store().Commit({site.Next("[1]")})), Position{1});
  EXPECT_EQ(Get(store().Commit({run.Next(), site.Next("[2]"), run.Next()})), Position{2});
  EXPECT_THAT(RunsOfTheLog(), ElementsAre(0, 1, 0, 1));

  const auto entries = Get(store().SiteEntries());
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].events_json, "[1]");
  EXPECT_EQ(entries[0].position, Position{1});
  EXPECT_EQ(entries[1].events_json, "[2]");
  EXPECT_EQ(entries[1].position, Position{3});
  EXPECT_EQ(entries[1].run, core::kSite);
  EXPECT_EQ(entries[1].sequence, Sequence{2});
  EXPECT_EQ(entries[1].actor, "carol");
  EXPECT_EQ(entries[1].at, At(5'002));
  EXPECT_EQ(entries[1].hash, site.head_hash);
}

TEST_P(SiteLog, IsEmptyAtFirst) { EXPECT_THAT(Get(store().SiteEntries()), IsEmpty()); }

TEST_P(SiteLog, IsNoRun) {
  TestSite site;
  ASSERT_TRUE(store().Commit({site.Next()}));
  EXPECT_FALSE(Get(store().GetRow(core::kSite)).has_value());
  EXPECT_FALSE(Get(store().LoadRun(core::kSite)).has_value());
  EXPECT_THAT(Get(store().ListRuns({})).rows, IsEmpty());
  EXPECT_EQ(Get(store().LastRunId()), RunId{0});
  EXPECT_EQ(Get(store().Head()), Position{1});
}

TEST_P(SiteLog, RefusesACommandThatSomebodyElseOvertook) {
  TestSite site;
  ASSERT_TRUE(store().Commit({site.Next()}));
  TestSite late = site;
  ASSERT_TRUE(store().Commit({site.Next()}));

  const auto refused = store().Commit({NewRun(1), late.Next()});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_THAT(refused.error().message, HasSubstr("is at version 2, expected version 1"));
  EXPECT_FALSE(Get(store().GetRow(RunId{1})).has_value());  // nothing of the batch
  EXPECT_EQ(Get(store().Commit({site.Next()})), Position{3});
}

TEST_P(SiteLog, RefusesAnEntryThatComesTooEarly) {
  TestSite site;
  site.Next();  // never committed
  const auto refused = store().Commit({site.Next()});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
}

TEST_P(SiteLog, ForgetsAnEntryOfABatchWithAConflict) {
  TestSite site;
  const TestSite before = site;
  ASSERT_TRUE(store().Commit({NewRun(1)}));
  ASSERT_FALSE(store().Commit({site.Next(), NewRun(1)}));
  EXPECT_THAT(Get(store().SiteEntries()), IsEmpty());
  site = before;
  EXPECT_EQ(Get(store().Commit({site.Next()})), Position{2});
}

TEST_P(SiteLog, TakesSeveralEntriesInOneBatch) {
  TestSite site;
  std::vector<ports::Change> batch;
  for (int i = 0; i < 5; ++i) batch.push_back(site.Next());
  ASSERT_TRUE(store().Commit(batch));
  EXPECT_EQ(Get(store().SiteEntries()).size(), 5u);
}

TEST_P(SiteLog, IsStillThereAfterARestart) {
  TestSite site;
  ASSERT_TRUE(store().Commit({site.Next("[1]"), NewRun(1)}));
  Restart();
  ASSERT_TRUE(store().Commit({site.Next("[2]")}));
  const auto entries = Get(store().SiteEntries());
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[1].hash, codec::EntryHash(entries[0].hash, core::kSite, Sequence{2},
                                              entries[1].at, "carol", "[2]"));
}

}  // namespace
}  // namespace gatewright::storage
