// tests/core/cancel_test.cpp: cancelling a run, wherever it is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/support/build.h"
#include "tests/core/support/story.h"

namespace gatewright::core::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Workflow TwoActions(const ActionSpec& first = Action()) {
  return WorkflowOf({Acts("Build", first), Acts("Deploy", Action())});
}

Story Executing(Workflow workflow) {
  Story story(std::move(workflow));
  story.Create();
  return story;
}

ActionSpec SafeAction() {
  ActionSpec action = Action();
  action.is_safe_to_rerun = true;
  return action;
}

TEST(Cancel, AWaitingRun) {
  Story story(ThreeGates());
  story.Create();

  EXPECT_THAT(Names(story.Cancel()), ElementsAre("RunFinished"));
  EXPECT_EQ(story.status(), "cancelled");
  EXPECT_EQ(story.run().state, "cancelled");
  EXPECT_EQ(story.run().finish_reason, "not needed any more");
}

TEST(Cancel, APlannedAttemptNeverStarts) {
  Story story = Executing(TwoActions(RetriedAction(3)));
  story.Finish(AttemptEnd::kFailed, FailureClass::kTransient);

  const Decision decision = story.Cancel();

  EXPECT_THAT(Names(decision), ElementsAre("AttemptEnded", "RunFinished"));
  EXPECT_THAT(EffectsOf(decision), ElementsAre(Effect{ClearTimer{TimerKind::kStartAttempt}}));
  EXPECT_EQ(ToString(story.run().attempts.back().state), "cancelled");
  EXPECT_EQ(CodeOf(story.StartAttempt()), "run_finished");
}

TEST(Cancel, AStartedAttemptIsAskedToStopAndTheRunEndsWithIt) {
  Story story = Executing(TwoActions());

  const Decision decision = story.Cancel();

  EXPECT_THAT(Names(decision), ElementsAre("CancelRequested"));
  EXPECT_THAT(EffectsOf(decision),
              ElementsAre(Effect{StopExecutor{StageName{"Build"}, AttemptNumber{1}}}));
  EXPECT_EQ(story.status(), "executing");

  EXPECT_THAT(Names(story.Finish(AttemptEnd::kCancelled)),
              ElementsAre("AttemptEnded", "RunFinished"));
  EXPECT_EQ(story.status(), "cancelled");
}

TEST(Cancel, TwiceAsksOnce) {
  Story story = Executing(TwoActions());
  story.Cancel();

  const Decision again = story.Cancel();

  EXPECT_EQ(CodeOf(again), "accepted");
  EXPECT_THAT(Names(again), IsEmpty());
  EXPECT_THAT(EffectsOf(again), IsEmpty());
}

TEST(Cancel, AnActionThatFailsMeanwhileIsNotTriedAgain) {
  for (const AttemptEnd end : {AttemptEnd::kFailed, AttemptEnd::kTimedOut}) {
    Story story = Executing(TwoActions(RetriedAction(3)));
    story.Cancel();
    story.Finish(end, FailureClass::kTransient);

    EXPECT_EQ(story.status(), "cancelled");
  }
}

TEST(Cancel, ALateSuccessIsKeptAndTheRunGoesNoFurther) {
  Story story = Executing(TwoActions());
  story.Cancel();

  EXPECT_THAT(Names(story.Finish(AttemptEnd::kSucceeded)),
              ElementsAre("AttemptEnded", "StageDone", "RunFinished"));
  EXPECT_EQ(story.status(), "cancelled");
  EXPECT_EQ(ToString(story.run().attempts.front().state), "succeeded");
}

TEST(Cancel, ALateSuccessOfTheLastStageIsASuccess) {
  Story story = Executing(WorkflowOf({Acts("Deploy", Action())}));
  story.Cancel();
  story.Finish(AttemptEnd::kSucceeded);

  EXPECT_EQ(story.status(), "succeeded");
}

// Nobody wants it any more: a safe rerun would start what was asked to stop.
TEST(Cancel, AnActionWhoseEngineDiedMeanwhileIsNotRerun) {
  Story story = Executing(TwoActions(SafeAction()));
  story.Cancel();

  EXPECT_THAT(Names(story.Finish(AttemptEnd::kUnknown)),
              ElementsAre("AttemptEnded", "IncidentRaised"));
  EXPECT_EQ(story.status(), "needs_attention");
}

TEST(Cancel, AnOperatorWhoSaysItSucceededStillEndsTheRun) {
  Story story = Executing(TwoActions());
  story.Cancel();
  story.Finish(AttemptEnd::kUnknown);

  EXPECT_THAT(Names(story.Resolve(Resolution::kSucceeded)),
              ElementsAre("IncidentResolved", "StageDone", "RunFinished"));
  EXPECT_EQ(story.status(), "cancelled");
}

TEST(Cancel, AnOperatorWhoRetriesWantsTheRunToGoOn) {
  Story story = Executing(TwoActions());
  story.Cancel();
  story.Finish(AttemptEnd::kUnknown);
  story.Resolve(Resolution::kRetry);

  EXPECT_FALSE(story.run().is_cancel_requested);
  EXPECT_THAT(Names(story.Cancel()), ElementsAre("CancelRequested"));  // and may change their mind
}

TEST(Cancel, ARunThatNeedsAttention) {
  Story story = Executing(TwoActions());
  story.Finish(AttemptEnd::kUnknown);

  EXPECT_THAT(Names(story.Cancel()), ElementsAre("RunFinished"));
  EXPECT_EQ(story.status(), "cancelled");
  EXPECT_FALSE(story.run().incident.has_value());
}

}  // namespace
}  // namespace gatewright::core::test
