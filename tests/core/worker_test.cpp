// tests/core/worker_test.cpp: an attempt that has no worker yet, and one that needs none any more
// because its work goes on outside.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/support/build.h"
#include "tests/core/support/story.h"

namespace gatewright::core::test {
namespace {

using std::chrono::seconds;
using ::testing::Contains;
using ::testing::ElementsAre;

constexpr AttemptNumber kFirst{1};

Workflow Deploy() { return WorkflowOf({Acts("Deploy", Action(), Gate({Leaf("release")}))}); }

Story Approved(bool has_free_worker) {
  Story story(Deploy());
  story.installation().has_free_worker = has_free_worker;
  story.Create();
  story.Approve("bob", "Deploy");
  return story;
}

TEST(Worker, WithoutAFreeOneTheAttemptIsPlannedAndQueued) {
  Story story(Deploy());
  story.installation().has_free_worker = false;
  story.Create();

  const Decision decision = story.Approve("bob", "Deploy");

  EXPECT_THAT(Names(decision), ElementsAre("VoteCast", "GateSatisfied", "AttemptPlanned"));
  EXPECT_THAT(EffectsOf(decision), ElementsAre(Effect{QueueAttempt{StageName{"Deploy"}, kFirst}}));
  EXPECT_EQ(story.status(), "executing");
  EXPECT_FALSE(story.run().attempts.front().started_at);
}

TEST(Worker, AFreeOneStartsIt) {
  Story story = Approved(false);
  story.installation().has_free_worker = true;
  story.Advance(seconds{90});

  EXPECT_THAT(Names(story.StartAttempt()), ElementsAre("AttemptStarted"));
  EXPECT_EQ(story.run().attempts.front().started_at, story.now());
}

TEST(Worker, WhoCameTooEarlyIsQueuedAgain) {
  Story story = Approved(false);

  EXPECT_THAT(EffectsOf(story.StartAttempt()),
              Contains(Effect{QueueAttempt{StageName{"Deploy"}, kFirst}}));
  EXPECT_EQ(story.run().attempts.size(), 1u);
}

TEST(Worker, ACancelEndsWhatWasNeverCalled) {
  Story story = Approved(false);

  EXPECT_THAT(Names(story.Cancel()), Contains("RunFinished"));
  EXPECT_EQ(story.status(), "cancelled");
  EXPECT_EQ(CodeOf(story.StartAttempt()), "run_finished");
}

TEST(Outside, AHandedOverAttemptIsStillTheOneThatRuns) {
  Story story = Approved(true);
  const std::int64_t token = story.run().attempts.front().fencing_token;

  EXPECT_THAT(Names(story.Do(HandOver{kFirst, token, "job 7", "queued"})),
              ElementsAre("AttemptHandedOver"));

  const Attempt& attempt = story.run().attempts.front();
  EXPECT_EQ(ToString(attempt.state), "started");
  EXPECT_TRUE(attempt.is_handed_over);
  EXPECT_EQ(attempt.handle, "job 7");
  story.Finish(AttemptEnd::kSucceeded);
  EXPECT_EQ(story.status(), "succeeded");
}

TEST(Outside, AnEmptyHandleLeavesTheOneBefore) {
  Story story = Approved(true);
  const std::int64_t token = story.run().attempts.front().fencing_token;
  story.Do(HandOver{kFirst, token, "job 7", "queued"});
  story.Do(HandOver{kFirst, token, "", "half done"});

  EXPECT_EQ(story.run().attempts.front().handle, "job 7");
  EXPECT_EQ(story.run().attempts.front().summary, "half done");
}

TEST(Outside, OnlyTheAttemptThatRunsCanBeHandedOver) {
  Story story = Approved(true);
  const std::int64_t token = story.run().attempts.front().fencing_token;

  EXPECT_EQ(CodeOf(story.Do(HandOver{kFirst, token - 1, "job 7", ""})), "not_possible");
  story.Finish(AttemptEnd::kSucceeded);
  EXPECT_EQ(CodeOf(story.Do(HandOver{kFirst, token, "job 7", ""})), "run_finished");
}

// The request came when its executor had already returned, and could not be told any more.
TEST(Outside, OneThatWasAskedToStopMeanwhileIsAskedAgain) {
  Story story = Approved(true);
  story.Cancel();
  const std::int64_t token = story.run().attempts.front().fencing_token;

  EXPECT_THAT(EffectsOf(story.Do(HandOver{kFirst, token, "job 7", ""})),
              ElementsAre(Effect{StopExecutor{StageName{"Deploy"}, kFirst}}));
}

}  // namespace
}  // namespace gatewright::core::test
