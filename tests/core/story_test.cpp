// tests/core/story_test.cpp: the shortest true stories of a run. Start reading here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/support/build.h"
#include "tests/core/support/story.h"

namespace gatewright::core::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Story, CreateThenThreeApprovesThenSucceeded) {
  Story story(ThreeGates());

  story.Create("alice");
  EXPECT_EQ(story.run().state, "requested");

  story.Approve("bob", "QA");
  EXPECT_EQ(story.run().state, "approved_by_QA");

  story.Approve("carol", "DevOps");
  EXPECT_EQ(story.run().state, "approved_by_devops");

  story.Approve("dave", "Execute");
  EXPECT_EQ(story.run().state, "executed");
  EXPECT_EQ(story.status(), "succeeded");
}

TEST(Story, EachStepSaysWhatHappenedAsEvents) {
  Story story(Deployment());

  EXPECT_THAT(Names(story.Create()), ElementsAre("RunCreated", "GateOpened"));
  EXPECT_THAT(Names(story.Approve("bob", "QA")),
              ElementsAre("VoteCast", "GateSatisfied", "StageDone", "GateOpened"));
  story.Approve("carol", "DevOps");
  EXPECT_THAT(Names(story.Approve("dave", "Execute")),
              ElementsAre("VoteCast", "GateSatisfied", "AttemptStarted"));
  EXPECT_EQ(story.run().state, "executing");
  EXPECT_EQ(story.status(), "executing");
  EXPECT_THAT(Names(story.Finish(AttemptEnd::kSucceeded)),
              ElementsAre("AttemptEnded", "StageDone", "RunFinished"));
  EXPECT_EQ(story.run().state, "executed");
}

TEST(Story, RejectEndsARunAtEveryStage) {
  for (const int stages_before : {0, 1, 2}) {
    Story story(Deployment());
    story.Create();
    for (int i = 0; i < stages_before; ++i) {
      story.Approve("bob", story.run().current_stage.value);
    }

    const auto stage = story.run().current_stage.value;
    EXPECT_THAT(Names(story.Reject("bob", stage)),
                ElementsAre("VoteCast", "GateRejected", "RunFinished"));
    EXPECT_EQ(story.status(), "rejected");
    EXPECT_EQ(story.run().state, "rejected");
    EXPECT_TRUE(story.run().current_stage.empty());
  }
}

TEST(Story, AStageWithoutGateActsAtOnce) {
  Story story(WorkflowOf({Acts("Build", Action())}));

  const Decision created = story.Create();

  EXPECT_THAT(Names(created),
              ElementsAre("RunCreated", "GateOpened", "GateSatisfied", "AttemptStarted"));
  EXPECT_THAT(EffectsOf(created),
              ElementsAre(Effect{CallExecutor{StageName{"Build"}, AttemptNumber{1}}}));
}

TEST(Story, AStageWithNeitherGateNorActionIsDoneWhenReached) {
  StageSpec note;
  note.name = StageName{"Note"};
  note.done_state = "noted";
  Story story(WorkflowOf({note}));

  EXPECT_THAT(Names(story.Create()),
              ElementsAre("RunCreated", "GateOpened", "GateSatisfied", "StageDone", "RunFinished"));
  EXPECT_EQ(story.run().state, "noted");
}

TEST(Story, TheRunRemembersWhenAndByWhomAGateWasDecided) {
  Story story(ThreeGates());
  story.Create();
  story.Advance(std::chrono::minutes{2});

  story.Approve("bob", "QA");

  const auto& gate = *story.run().FindStage(StageName{"QA"})->gate;
  EXPECT_EQ(gate.decided_by, PrincipalId{"bob"});
  EXPECT_EQ(gate.decided_at, story.now());
  EXPECT_EQ(gate.opened_at, story.now() - std::chrono::minutes{2});
}

TEST(Story, EveryAcceptedCommandRaisesTheVersionByOneHoweverManyEventsItHas) {
  Story story(Deployment());
  story.Create();
  EXPECT_EQ(story.run().version, Sequence{1});
  story.Approve("bob", "QA");
  EXPECT_EQ(story.run().version, Sequence{2});
  EXPECT_THAT(Names(story.Approve("bob", "QA")), IsEmpty());
  EXPECT_EQ(story.run().version, Sequence{2});
}

}  // namespace
}  // namespace gatewright::core::test
