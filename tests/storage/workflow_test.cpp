// tests/storage/workflow_test.cpp: revisions of workflows, and those that are retired.
#include <gmock/gmock.h>

#include "tests/storage/store_fixture.h"

namespace gatewright::storage {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Workflows : public StoreTest {
 protected:
  void Publish(const std::string& name, const std::string& version) {
    ports::Change change;
    change.workflow = ports::WorkflowRow{name, 0, version, "stages: []", "alice", At(3), true};
    ASSERT_TRUE(store().Commit({change}));
  }
  void Retire(const std::string& name) {
    ports::Change change;
    change.retire_workflow = name;
    ASSERT_TRUE(store().Commit({change}));
  }

  std::vector<std::string> Current() {
    std::vector<std::string> versions;
    for (const auto& workflow : Get(store().Workflows())) {
      if (workflow.is_current) versions.push_back(workflow.version);
    }
    return versions;
  }
};
INSTANTIATE_STORE_SUITE(Workflows);

TEST_P(Workflows, CountsTheirRevisions) {
  Publish("deployment", "aa");
  Publish("leave", "bb");
  Publish("deployment", "cc");
  const auto workflows = Get(store().Workflows());
  ASSERT_EQ(workflows.size(), 3u);
  EXPECT_EQ(workflows[0].name, "deployment");
  EXPECT_EQ(workflows[0].revision, 1);
  EXPECT_FALSE(workflows[0].is_current);
  EXPECT_EQ(workflows[1].name, "leave");
  EXPECT_EQ(workflows[1].revision, 1);
  EXPECT_TRUE(workflows[1].is_current);
  EXPECT_EQ(workflows[2].revision, 2);
  EXPECT_EQ(workflows[2].version, "cc");
  EXPECT_EQ(workflows[2].source, "stages: []");
  EXPECT_EQ(workflows[2].published_by, "alice");
  EXPECT_EQ(workflows[2].published_at, At(3));
  EXPECT_TRUE(workflows[2].is_current);
}

TEST_P(Workflows, AreKeptButNotCurrentWhenRetired) {
  Publish("deployment", "aa");
  Publish("deployment", "bb");
  Publish("leave", "cc");
  Retire("deployment");
  EXPECT_THAT(Current(), ElementsAre("cc"));
  EXPECT_EQ(Get(store().Workflows()).size(), 3u);  // runs still follow them
  Restart();
  EXPECT_THAT(Current(), ElementsAre("cc"));
}

TEST_P(Workflows, ComeBackWithANewRevision) {
  Publish("deployment", "aa");
  Retire("deployment");
  Publish("deployment", "bb");
  EXPECT_THAT(Current(), ElementsAre("bb"));
  EXPECT_EQ(Get(store().Workflows()).back().revision, 2);
  Retire("deployment");  // and go again
  EXPECT_THAT(Current(), IsEmpty());
}

TEST_P(Workflows, MayBeRetiredTwiceOrWithoutBeingThere) {
  Publish("deployment", "aa");
  Retire("deployment");
  Retire("deployment");
  Retire("unknown");
  Publish("unknown", "bb");
  EXPECT_THAT(Current(), ElementsAre("bb"));
}

TEST_P(Workflows, AreNotRetiredByABatchWithAConflict) {
  Publish("deployment", "aa");
  ASSERT_TRUE(store().Commit({NewRun(1)}));
  ports::Change change;
  change.retire_workflow = "deployment";
  ASSERT_FALSE(store().Commit({change, NewRun(1)}));
  EXPECT_THAT(Current(), ElementsAre("aa"));
}

}  // namespace
}  // namespace gatewright::storage
