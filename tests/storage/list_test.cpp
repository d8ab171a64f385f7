// tests/storage/list_test.cpp: lists of runs: filters, cursors and bounded work.
#include <gmock/gmock.h>

#include <limits>

#include "tests/storage/store_fixture.h"

namespace gatewright::storage {
namespace {

using core::RunStatus;
using testing::ElementsAre;
using testing::IsEmpty;

class List : public StoreTest {
 protected:
  std::vector<std::int64_t> Ids(const ports::RunQuery& query) {
    std::vector<std::int64_t> ids;
    for (const auto& row : Get(store().ListRuns(query)).rows) ids.push_back(row.id.value);
    return ids;
  }

  // Follows the cursor to the end.
  std::vector<std::int64_t> AllIds(ports::RunQuery query, int* pages = nullptr) {
    std::vector<std::int64_t> ids;
    for (int count = 1;; ++count) {
      const auto page = Get(store().ListRuns(query));
      for (const auto& row : page.rows) ids.push_back(row.id.value);
      if (pages != nullptr) *pages = count;
      if (page.next_before.value == 0) return ids;
      (query.is_oldest_first ? query.after : query.before) = page.next_before;
    }
  }

  void Add(std::int64_t id, const std::string& state, RunStatus status,
           const std::string& name = "release") {
    TestRun run(id, name);
    run.row.state = state;
    run.row.status = status;
    run.row.stage = status == RunStatus::kWaiting ? "QA" : "";
    ASSERT_TRUE(store().Commit({run.Next()}));
  }
};
INSTANTIATE_STORE_SUITE(List);

TEST_P(List, ShowsTheNewestFirst) {
  for (int id = 1; id <= 5; ++id) ASSERT_TRUE(store().Commit({NewRun(id)}));
  ports::RunQuery query;
  query.limit = 2;
  const auto first = Get(store().ListRuns(query));
  EXPECT_EQ(first.rows[0].id, RunId{5});
  EXPECT_EQ(first.rows[1].id, RunId{4});
  EXPECT_EQ(first.next_before, RunId{4});
  EXPECT_THAT(AllIds(query), ElementsAre(5, 4, 3, 2, 1));
}

TEST_P(List, ShowsTheOldestFirst) {
  for (int id = 1; id <= 5; ++id) ASSERT_TRUE(store().Commit({NewRun(id)}));
  ports::RunQuery query;
  query.is_oldest_first = true;
  query.limit = 2;
  const auto first = Get(store().ListRuns(query));
  EXPECT_EQ(first.rows[0].id, RunId{1});
  EXPECT_EQ(first.rows[1].id, RunId{2});
  EXPECT_EQ(first.next_before, RunId{2});
  EXPECT_THAT(AllIds(query), ElementsAre(1, 2, 3, 4, 5));
  query.after = RunId{3};
  EXPECT_THAT(AllIds(query), ElementsAre(4, 5));
  query.limit = 5;
  query.after = RunId{0};
  EXPECT_EQ(Get(store().ListRuns(query)).next_before, RunId{0});  // exactly a full page
  for (const std::int64_t after : {std::int64_t{5}, std::numeric_limits<std::int64_t>::max()}) {
    query.after = RunId{after};
    query.text = "release";
    EXPECT_THAT(AllIds(query), IsEmpty());
  }
}

TEST_P(List, EndsExactlyAtAFullPage) {
  for (int id = 1; id <= 4; ++id) ASSERT_TRUE(store().Commit({NewRun(id)}));
  ports::RunQuery query;
  query.limit = 4;
  EXPECT_EQ(Get(store().ListRuns(query)).next_before, RunId{0});
}

TEST_P(List, DoesNotRepeatOrLoseRunsWhenNewOnesCome) {
  for (int id = 1; id <= 4; ++id) ASSERT_TRUE(store().Commit({NewRun(id)}));
  ports::RunQuery query;
  query.limit = 2;
  query.before = Get(store().ListRuns(query)).next_before;
  ASSERT_TRUE(store().Commit({NewRun(5), NewRun(6)}));
  EXPECT_THAT(Ids(query), ElementsAre(2, 1));
}

TEST_P(List, FiltersByEveryColumn) {
  Add(1, "requested", RunStatus::kWaiting, "Shop 1.0");
  Add(2, "approved_by_QA", RunStatus::kExecuting, "shop 1.1");
  Add(3, "requested", RunStatus::kWaiting, "billing 7");
  Add(4, "executed", RunStatus::kSucceeded, "SHOP 2.0");
  TestRun other(5, "holidays");
  other.row.workflow = "leave";
  other.row.workflow_version = "decaf";
  other.row.requester = "carol";
  ASSERT_TRUE(store().Commit({other.Next()}));

  ports::RunQuery by_state;
  by_state.state = "requested";
  EXPECT_THAT(Ids(by_state), ElementsAre(5, 3, 1));
  by_state.workflow = "deployment";
  EXPECT_THAT(Ids(by_state), ElementsAre(3, 1));

  ports::RunQuery open;
  open.statuses = {RunStatus::kWaiting, RunStatus::kExecuting, RunStatus::kNeedsAttention};
  EXPECT_THAT(Ids(open), ElementsAre(5, 3, 2, 1));
  open.statuses = {RunStatus::kExecuting};
  EXPECT_THAT(Ids(open), ElementsAre(2));
  open.statuses = {RunStatus::kExecuting, RunStatus::kSucceeded};
  EXPECT_THAT(Ids(open), ElementsAre(4, 2));

  open.statuses = {};
  open.state = "requested";
  open.is_oldest_first = true;
  EXPECT_THAT(Ids(open), ElementsAre(1, 3, 5));

  ports::RunQuery by_text;
  by_text.text = "shOp";
  EXPECT_THAT(Ids(by_text), ElementsAre(4, 2, 1));
  by_text.text = "%";  // a letter like any other
  EXPECT_THAT(Ids(by_text), IsEmpty());

  ports::RunQuery by_requester;
  by_requester.requester = "carol";
  EXPECT_THAT(Ids(by_requester), ElementsAre(5));
  ports::RunQuery by_workflow;
  by_workflow.workflow = "leave";
  EXPECT_THAT(Ids(by_workflow), ElementsAre(5));
  ports::RunQuery by_version;
  by_version.workflow_version = "decaf";
  EXPECT_THAT(Ids(by_version), ElementsAre(5));
  by_version.workflow_version = "c0ffee";
  by_version.is_oldest_first = true;
  EXPECT_THAT(Ids(by_version), ElementsAre(1, 2, 3, 4));
  by_version.state = "requested";
  EXPECT_THAT(Ids(by_version), ElementsAre(1, 3));
  ports::RunQuery by_stage;
  by_stage.stage = "QA";
  EXPECT_THAT(Ids(by_stage), ElementsAre(5, 3, 1));

  ports::RunQuery all_at_once;
  all_at_once.workflow = "deployment";
  all_at_once.state = "requested";
  all_at_once.statuses = {RunStatus::kWaiting};
  all_at_once.stage = "QA";
  all_at_once.requester = "alice";
  all_at_once.text = "bill";
  EXPECT_THAT(Ids(all_at_once), ElementsAre(3));
}

TEST_P(List, FollowsARunFromStateToState) {
  TestRun run(1);
  ASSERT_TRUE(store().Commit({run.Next()}));
  run.row.state = "approved_by_QA";
  ASSERT_TRUE(store().Commit({run.Next()}));
  run.row.state = "executed";
  run.row.status = RunStatus::kSucceeded;
  run.row.stage = "";
  ASSERT_TRUE(store().Commit({run.Next()}));

  ports::RunQuery query;
  query.state = "requested";
  EXPECT_THAT(Ids(query), IsEmpty());
  query.state = "executed";
  EXPECT_THAT(Ids(query), ElementsAre(1));
  ports::RunQuery open;
  open.statuses = {RunStatus::kWaiting};
  EXPECT_THAT(Ids(open), IsEmpty());
}

// Open are those that wait for something, whatever it is; every other status is an end.
TEST_P(List, KnowsEveryStatus) {
  for (std::size_t i = 1; i <= core::kRunStatuses; ++i) {
    Add(static_cast<std::int64_t>(i), "any", static_cast<RunStatus>(i));
  }
  ports::RunQuery query;
  query.statuses = {RunStatus::kWaiting, RunStatus::kExecuting, RunStatus::kNeedsAttention,
                    RunStatus::kBlocked};
  EXPECT_THAT(Ids(query), ElementsAre(9, 3, 2, 1));
  query.is_oldest_first = true;
  EXPECT_THAT(Ids(query), ElementsAre(1, 2, 3, 9));
  for (std::size_t i = 1; i <= core::kRunStatuses; ++i) {
    query.statuses = {static_cast<RunStatus>(i)};
    EXPECT_THAT(Ids(query), ElementsAre(static_cast<std::int64_t>(i)));
  }
}

TEST_P(List, RefusesANonsensicalLimit) {
  ports::RunQuery query;
  query.limit = 0;
  const auto refused = store().ListRuns(query);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalid);
}

// A filter that hardly matches gives short pages that name where to go on, and loses nothing.
TEST_P(List, LooksAtABoundedNumberOfRuns) {
  std::vector<ports::Change> batch;
  for (int id = 1; id <= 1'000; ++id) {
    TestRun run(id, id % 300 == 0 ? "needle" : "hay");
    run.row.state = id % 2 == 0 ? "even" : "odd";
    run.row.status = id % 5 == 0 ? RunStatus::kSucceeded : RunStatus::kWaiting;
    batch.push_back(run.Next());
  }
  ASSERT_TRUE(store().Commit(batch));
  StoreOptions options;
  options.scan_limit = 100;
  Restart(options);

  int pages = 0;
  ports::RunQuery query;
  query.text = "needle";
  EXPECT_TRUE(Get(store().ListRuns(query)).next_before.value > 0);
  EXPECT_THAT(AllIds(query, &pages), ElementsAre(900, 600, 300));
  EXPECT_EQ(pages, 10);
  query.state = "even";
  EXPECT_THAT(AllIds(query, &pages), ElementsAre(900, 600, 300));
  EXPECT_EQ(pages, 5);
  query.state = "";
  query.statuses = {RunStatus::kWaiting};
  EXPECT_THAT(AllIds(query, &pages), IsEmpty());
  EXPECT_EQ(pages, 8);
  query.statuses = {RunStatus::kSucceeded};
  EXPECT_THAT(AllIds(query), ElementsAre(900, 600, 300));

  query = {};
  query.is_oldest_first = true;
  query.text = "needle";
  const auto first = Get(store().ListRuns(query));
  EXPECT_THAT(first.rows, IsEmpty());
  EXPECT_EQ(first.next_before, RunId{100});
  EXPECT_THAT(AllIds(query, &pages), ElementsAre(300, 600, 900));
  EXPECT_EQ(pages, 10);
  query.state = "even";
  EXPECT_THAT(AllIds(query, &pages), ElementsAre(300, 600, 900));
  EXPECT_EQ(pages, 5);
  query.state = "";
  query.statuses = {RunStatus::kWaiting};
  EXPECT_THAT(AllIds(query, &pages), IsEmpty());
  EXPECT_EQ(pages, 8);
}

TEST_P(List, CrossesWideGapsBetweenIdsInOneStep) {
  ASSERT_TRUE(store().Commit({NewRun(1), NewRun(2), NewRun(9'000'000'000)}));
  int pages = 0;
  ports::RunQuery query;
  query.workflow = "deployment";
  EXPECT_THAT(AllIds(query, &pages), ElementsAre(9'000'000'000, 2, 1));
  EXPECT_EQ(pages, 2);
  query.is_oldest_first = true;
  query.before = RunId{0};
  EXPECT_THAT(AllIds(query, &pages), ElementsAre(1, 2, 9'000'000'000));
  EXPECT_EQ(pages, 2);
}

TEST_P(List, HoldsTenThousandRuns) {
  for (int batch = 0; batch < 100; ++batch) {
    std::vector<ports::Change> changes;
    for (int i = 1; i <= 100; ++i) changes.push_back(NewRun(batch * 100 + i));
    ASSERT_TRUE(store().Commit(changes));
  }
  ports::RunQuery query;
  query.limit = 1'000;
  const auto ids = AllIds(query);
  ASSERT_EQ(ids.size(), 10'000u);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    ASSERT_EQ(ids[i], 10'000 - static_cast<std::int64_t>(i));
  }
  EXPECT_EQ(Get(store().LastRunId()), RunId{10'000});
}

}  // namespace
}  // namespace gatewright::storage
