// tests/core/skip_test.cpp: stages whose `when` does not match are skipped, visibly.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/support/build.h"
#include "tests/core/support/story.h"

namespace gatewright::core::test {
namespace {

using ::testing::ElementsAre;

SkippedStage Skip(std::string_view stage) { return {StageName{stage}, "not for staging"}; }

TEST(Skip, TheFirstStage) {
  Story story(ThreeGates());

  EXPECT_THAT(Names(story.Create(Person("alice"), {Skip("QA")})),
              ElementsAre("RunCreated", "StageSkipped", "GateOpened"));
  EXPECT_EQ(story.run().current_stage, StageName{"DevOps"});
  EXPECT_EQ(story.run().state, "requested");
  EXPECT_EQ(story.run().FindStage(StageName{"QA"})->state, StageState::kSkipped);
  EXPECT_EQ(story.run().FindStage(StageName{"QA"})->skip_reason, "not for staging");
}

TEST(Skip, AStageInTheMiddle) {
  Story story(ThreeGates());
  story.Create(Person("alice"), {Skip("DevOps")});

  EXPECT_THAT(Names(story.Approve("bob", "QA")),
              ElementsAre("VoteCast", "GateSatisfied", "StageDone", "StageSkipped", "GateOpened"));
  EXPECT_EQ(story.run().current_stage, StageName{"Execute"});
}

TEST(Skip, TheLastStageLeavesTheStateOfTheOneBefore) {
  Story story(ThreeGates());
  story.Create(Person("alice"), {Skip("Execute")});
  story.Approve("bob", "QA");

  EXPECT_THAT(Names(story.Approve("carol", "DevOps")),
              ElementsAre("VoteCast", "GateSatisfied", "StageDone", "StageSkipped", "RunFinished"));
  EXPECT_EQ(story.run().state, "approved_by_devops");
  EXPECT_EQ(story.status(), "succeeded");
}

TEST(Skip, AllStages) {
  Story story(ThreeGates());

  EXPECT_THAT(
      Names(story.Create(Person("alice"), {Skip("QA"), Skip("DevOps"), Skip("Execute")})),
      ElementsAre("RunCreated", "StageSkipped", "StageSkipped", "StageSkipped", "RunFinished"));
  EXPECT_EQ(story.status(), "succeeded");
  EXPECT_EQ(story.run().state, "requested");
}

TEST(Skip, ASkippedGateCannotBeVotedOn) {
  Story story(ThreeGates());
  story.Create(Person("alice"), {Skip("QA")});

  EXPECT_EQ(CodeOf(story.Approve("bob", "QA")), "gate_not_open");
}

}  // namespace
}  // namespace gatewright::core::test
