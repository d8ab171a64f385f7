// tests/core/attempt_retry_test.cpp: which ends of an attempt are tried again, when, how often.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/core/decide_attempt.h"
#include "tests/core/support/build.h"
#include "tests/core/support/story.h"

namespace gatewright::core::test {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;

Story Executing(const ActionSpec& action) {
  Story story(WorkflowOf({Acts("Deploy", action)}));
  story.Create();
  return story;
}

TEST(Retry, ATransientFailureIsTriedAgainAfterABackoff) {
  Story story = Executing(RetriedAction(3));

  const Decision failed = story.Finish(AttemptEnd::kFailed, FailureClass::kTransient);

  EXPECT_THAT(Names(failed), ElementsAre("AttemptEnded", "AttemptPlanned"));
  EXPECT_THAT(EffectsOf(failed),
              ElementsAre(Effect{SetTimer{TimerKind::kStartAttempt, story.now() + seconds{10}}}));
  EXPECT_EQ(story.status(), "executing");

  EXPECT_EQ(CodeOf(story.StartAttempt()), "not_possible");  // too early
  story.Advance(seconds{10});
  const Decision started = story.StartAttempt();
  EXPECT_THAT(Names(started), ElementsAre("AttemptStarted"));
  EXPECT_THAT(EffectsOf(started),
              ElementsAre(Effect{ClearTimer{TimerKind::kStartAttempt}},
                          Effect{CallExecutor{StageName{"Deploy"}, AttemptNumber{2}}}));

  story.Finish(AttemptEnd::kSucceeded);
  EXPECT_EQ(story.status(), "succeeded");
}

TEST(Retry, EndsWithTheLastAttempt) {
  Story story = Executing(RetriedAction(3));
  for (const int pause : {10, 20}) {
    story.Finish(AttemptEnd::kFailed, FailureClass::kTransient);
    EXPECT_EQ(story.run().attempts.back().not_before, story.now() + seconds{pause});
    story.Advance(seconds{pause});
    story.StartAttempt();
  }

  EXPECT_THAT(Names(story.Finish(AttemptEnd::kFailed, FailureClass::kTransient)),
              ElementsAre("AttemptEnded", "RunFinished"));
  EXPECT_EQ(story.status(), "failed");
  EXPECT_EQ(story.run().attempts.size(), 3U);
}

TEST(Retry, APermanentFailureIsNotTriedAgain) {
  Story story = Executing(RetriedAction(3));
  story.Finish(AttemptEnd::kFailed, FailureClass::kPermanent);

  EXPECT_EQ(story.status(), "failed");
}

TEST(Retry, APermanentFailureIsTriedAgainWhereTheWorkflowSaysSo) {
  ActionSpec action = RetriedAction(2);
  action.retry.on = {FailureClass::kPermanent};
  Story story = Executing(action);

  EXPECT_THAT(Names(story.Finish(AttemptEnd::kFailed, FailureClass::kPermanent)),
              ElementsAre("AttemptEnded", "AttemptPlanned"));
}

TEST(Retry, WithoutBackoffStartsAtOnce) {
  ActionSpec action = RetriedAction(2);
  action.retry.backoff = seconds{0};
  Story story = Executing(action);

  EXPECT_THAT(Names(story.Finish(AttemptEnd::kFailed, FailureClass::kTransient)),
              ElementsAre("AttemptEnded", "AttemptStarted"));
}

TEST(Retry, ATimeoutFailsTheRunBecauseNobodyKnowsWhatWasDone) {
  Story story = Executing(RetriedAction(3));
  story.Finish(AttemptEnd::kTimedOut);

  EXPECT_EQ(story.status(), "failed");
  EXPECT_EQ(ToString(story.run().attempts.back().state), "timed_out");
}

TEST(Retry, ATimeoutIsTriedAgainWhereThatIsSafe) {
  ActionSpec action = RetriedAction(2);
  action.is_safe_to_rerun = true;
  Story story = Executing(action);

  EXPECT_THAT(Names(story.Finish(AttemptEnd::kTimedOut)),
              ElementsAre("AttemptEnded", "AttemptPlanned"));
}

TEST(Retry, APlannedAttemptHasNoAnswerYet) {
  Story story = Executing(RetriedAction(3));
  story.Finish(AttemptEnd::kFailed, FailureClass::kTransient);

  EXPECT_THAT(Names(story.Do(story.AnswerOf(AttemptNumber{2}, AttemptEnd::kSucceeded))),
              ElementsAre("LateAnswerRecorded"));
  EXPECT_EQ(ToString(story.run().attempts.back().state), "planned");
}

struct BackoffCase {
  std::uint32_t next;
  seconds wait;
};

TEST(Backoff, GrowsByItsFactorUpToItsMaximum) {
  RetryRule retry;
  retry.backoff = seconds{5};
  retry.factor = 2;
  retry.max = seconds{60};
  retry.has_jitter = false;

  for (const auto& [next, wait] :
       {BackoffCase{2, seconds{5}}, BackoffCase{3, seconds{10}}, BackoffCase{4, seconds{20}},
        BackoffCase{5, seconds{40}}, BackoffCase{6, seconds{60}}, BackoffCase{7, seconds{60}},
        BackoffCase{4'000'000'000U, seconds{60}}}) {
    EXPECT_EQ(BackoffBefore(next, retry, 0.5), wait) << "before attempt " << next;
  }
}

TEST(Backoff, JitterSpreadsItBetweenHalfAndWhole) {
  RetryRule retry;
  retry.backoff = seconds{8};

  EXPECT_EQ(BackoffBefore(2, retry, 0.0), seconds{4});
  EXPECT_EQ(BackoffBefore(2, retry, 0.5), seconds{6});
  EXPECT_LT(BackoffBefore(2, retry, 0.999), seconds{8});
  EXPECT_GT(BackoffBefore(2, retry, 0.999), seconds{7});
}

}  // namespace
}  // namespace gatewright::core::test
