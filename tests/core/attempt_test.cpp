// tests/core/attempt_test.cpp: one try of an action, from its intent to its end; fencing and late
// answers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/support/build.h"
#include "tests/core/support/story.h"

namespace gatewright::core::test {
namespace {

using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Workflow DeployThenVerify() {
  return WorkflowOf(
      {Acts("Deploy", Action(), Gate({Leaf("release")})), Asks("Verify", Gate({Leaf("qa")}))});
}

Story Executing(Workflow workflow = DeployThenVerify()) {
  Story story(std::move(workflow));
  story.Create();
  if (story.status() == "waiting") story.Approve("bob", story.run().current_stage.value);
  return story;
}

TEST(Attempt, StartsWithTheVoteThatSatisfiesTheGate) {
  Story story(DeployThenVerify());
  story.Create();

  const Decision decision = story.Approve("bob", "Deploy");

  EXPECT_THAT(EffectsOf(decision),
              ElementsAre(Effect{CallExecutor{StageName{"Deploy"}, AttemptNumber{1}}}));
  const Attempt& attempt = story.run().attempts.front();
  EXPECT_EQ(ToString(attempt.state), "started");
  EXPECT_EQ(attempt.started_at, story.now());
  EXPECT_EQ(attempt.deadline, story.now() + minutes{15});
  EXPECT_EQ(attempt.fencing_token, 2);
}

TEST(Attempt, SucceededOpensTheNextGate) {
  Story story = Executing();
  auto answer = story.AnswerOf(AttemptNumber{1}, AttemptEnd::kSucceeded);
  answer.outputs_json = R"({"url":"https://example.org"})";

  EXPECT_THAT(Names(story.Do(answer)), ElementsAre("AttemptEnded", "StageDone", "GateOpened"));
  EXPECT_EQ(story.status(), "waiting");
  EXPECT_EQ(story.run().state, "Deploy done");
  EXPECT_EQ(story.run().attempts.front().outputs_json, answer.outputs_json);
  EXPECT_EQ(story.run().attempts.front().summary, "the executor's words");
}

TEST(Attempt, SucceededStartsTheNextAction) {
  Story story = Executing(WorkflowOf({Acts("Build", Action()), Acts("Deploy", Action())}));

  const Decision decision = story.Finish(AttemptEnd::kSucceeded);

  EXPECT_THAT(Names(decision), ElementsAre("AttemptEnded", "StageDone", "GateOpened",
                                           "GateSatisfied", "AttemptStarted"));
  EXPECT_THAT(EffectsOf(decision),
              ElementsAre(Effect{CallExecutor{StageName{"Deploy"}, AttemptNumber{2}}}));
}

TEST(Attempt, FailedForGoodFailsTheRun) {
  Story story = Executing();

  EXPECT_THAT(Names(story.Finish(AttemptEnd::kFailed)), ElementsAre("AttemptEnded", "RunFinished"));
  EXPECT_EQ(story.status(), "failed");
  EXPECT_EQ(story.run().state, "failed");
  EXPECT_EQ(story.run().finish_reason, "the executor's words");
}

TEST(Attempt, AVoteOnTheGateOfARunningActionIsTooLate) {
  Story story = Executing();

  EXPECT_EQ(CodeOf(story.Reject("carol", "Deploy")), "gate_decided");
  EXPECT_EQ(story.status(), "executing");
}

TEST(Attempt, ALateAnswerIsWrittenDownAndNothingElse) {
  Story story = Executing();
  const auto answer = story.AnswerOf(AttemptNumber{1}, AttemptEnd::kSucceeded);
  story.Finish(AttemptEnd::kFailed);

  EXPECT_THAT(Names(story.Do(answer)), ElementsAre("LateAnswerRecorded"));
  EXPECT_EQ(story.status(), "failed");
  EXPECT_EQ(ToString(story.run().attempts.front().state), "failed");
}

TEST(Attempt, ALateAnswerSaysWhatItWas) {
  Story story = Executing();
  story.Finish(AttemptEnd::kSucceeded);

  const Decision decision = story.Do(story.AnswerOf(AttemptNumber{1}, AttemptEnd::kTimedOut));

  const auto& event = std::get<LateAnswerRecorded>(std::get<Accepted>(decision).events.front());
  EXPECT_EQ(event.summary, "timed_out: the executor's words");
  EXPECT_EQ(story.status(), "waiting");
}

TEST(Attempt, AnAnswerWithAnotherFencingTokenIsLate) {
  Story story = Executing();
  auto answer = story.AnswerOf(AttemptNumber{1}, AttemptEnd::kSucceeded);
  answer.fencing_token = 1;

  EXPECT_THAT(Names(story.Do(answer)), ElementsAre("LateAnswerRecorded"));
  EXPECT_EQ(story.status(), "executing");
}

TEST(Attempt, AStartedAttemptIsNotStartedAgain) {
  Story story = Executing();

  const Decision decision = story.StartAttempt();

  EXPECT_EQ(CodeOf(decision), "not_possible");
  EXPECT_THAT(EffectsOf(decision), IsEmpty());
}

TEST(Attempt, OfTheNextStageStartsOnlyAfterItsGate) {
  Story story = Executing(
      WorkflowOf({Acts("Build", Action()), Acts("Deploy", Action(), Gate({Leaf("release", 2)}))}));
  story.Finish(AttemptEnd::kSucceeded);
  story.Approve("bob", "Deploy");
  EXPECT_EQ(story.run().attempts.size(), 1U);

  story.Approve("carol", "Deploy");
  EXPECT_EQ(story.run().attempts.size(), 2U);
  EXPECT_GT(story.run().attempts[1].fencing_token, story.run().attempts[0].fencing_token);
}

}  // namespace
}  // namespace gatewright::core::test
