// tests/core/incident_test.cpp: an attempt that nobody knows the end of, and what an operator may
// say about it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "engine/core/decide_attempt.h"
#include "tests/core/support/build.h"
#include "tests/core/support/story.h"

namespace gatewright::core::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Story Executing(const ActionSpec& action) {
  Story story(WorkflowOf({Acts("Deploy", action), Asks("Verify", Gate({Leaf("qa")}))}));
  story.Create();
  return story;
}

ActionSpec SafeAction() {
  ActionSpec action = Action();
  action.is_safe_to_rerun = true;
  return action;
}

Story Stuck() {
  Story story = Executing(Action());
  story.Finish(AttemptEnd::kUnknown);
  return story;
}

TEST(Incident, AnUnknownEndNeedsAttention) {
  Story story = Executing(Action());

  EXPECT_THAT(Names(story.Finish(AttemptEnd::kUnknown)),
              ElementsAre("AttemptEnded", "IncidentRaised"));
  EXPECT_EQ(story.status(), "needs_attention");
  EXPECT_EQ(story.run().incident->code, "attempt_unknown");
  EXPECT_THAT(story.run().incident->message,
              HasSubstr("nobody knows how attempt 1 of stage 'Deploy' ended"));
}

TEST(Incident, ASafeActionIsRunAgainInstead) {
  Story story = Executing(SafeAction());

  const Decision decision = story.Finish(AttemptEnd::kUnknown);

  EXPECT_THAT(Names(decision), ElementsAre("AttemptEnded", "AttemptStarted"));
  EXPECT_THAT(EffectsOf(decision),
              ElementsAre(Effect{CallExecutor{StageName{"Deploy"}, AttemptNumber{2}}}));
}

TEST(Incident, ASafeActionThatKeepsKillingTheEngineIsGivenUp) {
  Story story = Executing(SafeAction());
  std::uint32_t reruns = 0;
  while (story.status() == "executing") {
    story.Finish(AttemptEnd::kUnknown);
    ++reruns;
    ASSERT_LE(reruns, kMaxCrashReruns + 1);
  }

  EXPECT_EQ(story.status(), "needs_attention");
  EXPECT_EQ(story.run().attempts.size(), 1 + kMaxCrashReruns);
}

TEST(Incident, ResolvedAsRetryStartsANewAttempt) {
  Story story = Stuck();

  EXPECT_THAT(Names(story.Resolve(Resolution::kRetry)),
              ElementsAre("IncidentResolved", "AttemptStarted"));
  EXPECT_EQ(story.status(), "executing");
  EXPECT_FALSE(story.run().incident.has_value());
  EXPECT_GT(story.run().attempts[1].fencing_token, story.run().attempts[0].fencing_token);
}

TEST(Incident, ResolvedAsSucceededGoesOn) {
  Story story = Stuck();

  EXPECT_THAT(Names(story.Resolve(Resolution::kSucceeded)),
              ElementsAre("IncidentResolved", "StageDone", "GateOpened"));
  EXPECT_EQ(story.status(), "waiting");
  EXPECT_EQ(story.run().state, "Deploy done");
}

TEST(Incident, ResolvedAsFailedFailsWithTheOperatorsReason) {
  Story story = Stuck();

  EXPECT_THAT(Names(story.Resolve(Resolution::kFailed)),
              ElementsAre("IncidentResolved", "RunFinished"));
  EXPECT_EQ(story.status(), "failed");
  EXPECT_EQ(story.run().finish_reason, "looked at the servers");
}

TEST(Incident, ResolvedTwiceIsRefusedTheSecondTime) {
  Story story = Stuck();
  story.Resolve(Resolution::kRetry);

  EXPECT_EQ(CodeOf(story.Resolve(Resolution::kSucceeded)), "not_possible");
}

TEST(Incident, AnAnswerThatComesAfterItIsWrittenDownForTheOperator) {
  Story story = Stuck();

  EXPECT_THAT(Names(story.Finish(AttemptEnd::kSucceeded)), ElementsAre("LateAnswerRecorded"));
  EXPECT_EQ(story.status(), "needs_attention");
}

TEST(Incident, AnAnswerOfTheUnknownAttemptDoesNotEndItsSuccessor) {
  Story story = Stuck();
  story.Resolve(Resolution::kRetry);

  EXPECT_THAT(Names(story.Do(story.AnswerOf(AttemptNumber{1}, AttemptEnd::kSucceeded))),
              ElementsAre("LateAnswerRecorded"));
  EXPECT_EQ(story.status(), "executing");
}

// A run that needs attention has no attempt of its own any more, or a retry would make two.
TEST(Incident, RaisedByTheEngineEndsTheStartedAttemptAsUnknown) {
  Story story = Executing(Action());

  EXPECT_THAT(Names(story.Do(RaiseIncident{"plugin_missing", "no plugin offers 'command'"})),
              ElementsAre("AttemptEnded", "IncidentRaised"));
  EXPECT_EQ(ToString(story.run().attempts.front().state), "unknown");
  EXPECT_EQ(story.run().incident->message, "no plugin offers 'command'");

  EXPECT_THAT(Names(story.Finish(AttemptEnd::kSucceeded)), ElementsAre("LateAnswerRecorded"));
  EXPECT_THAT(Names(story.Resolve(Resolution::kRetry)), Contains("AttemptStarted"));
}

TEST(Incident, RaisedByTheEngineDropsThePlannedAttempt) {
  Story story = Executing(RetriedAction(2));
  story.Finish(AttemptEnd::kFailed, FailureClass::kTransient);

  const Decision decision = story.Do(RaiseIncident{"plugin_missing", "no plugin"});

  EXPECT_THAT(Names(decision), ElementsAre("AttemptEnded", "IncidentRaised"));
  EXPECT_THAT(EffectsOf(decision), ElementsAre(Effect{ClearTimer{TimerKind::kStartAttempt}}));
  EXPECT_EQ(ToString(story.run().attempts.back().state), "cancelled");
}

TEST(Incident, IsRaisedOnlyOnce) {
  Story story = Stuck();

  EXPECT_EQ(CodeOf(story.Do(RaiseIncident{"again", ""})), "not_possible");
}

}  // namespace
}  // namespace gatewright::core::test
