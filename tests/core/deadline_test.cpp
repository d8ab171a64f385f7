// tests/core/deadline_test.cpp: a gate that nobody decides in time; timer against vote.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/support/build.h"
#include "tests/core/support/story.h"

namespace gatewright::core::test {
namespace {

using std::chrono::hours;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Workflow WithDeadline(OnTimeout on_timeout) {
  GateSpec gate = Gate({Leaf("qa")});
  gate.deadline = DeadlineOf(hours{24}, on_timeout);
  return WorkflowOf({Asks("QA", gate), Asks("DevOps", Gate({Leaf("devops")}))});
}

TEST(Deadline, SetsATimerWhenTheGateOpens) {
  Story story(WithDeadline(OnTimeout::kExpire));

  EXPECT_THAT(EffectsOf(story.Create()),
              ElementsAre(Effect{SetTimer{TimerKind::kGateDeadline, story.now() + hours{24}}}));
}

TEST(Deadline, ExpiresTheRun) {
  Story story(WithDeadline(OnTimeout::kExpire));
  story.Create();
  story.Advance(hours{24});

  EXPECT_THAT(Names(story.Expire("QA")), ElementsAre("GateExpired", "RunFinished"));
  EXPECT_EQ(story.status(), "expired");
  EXPECT_EQ(story.run().state, "expired");
  EXPECT_THAT(story.run().finish_reason,
              HasSubstr("nobody decided gate 'QA' before 2026-03-03T09:00:00.000Z"));
}

TEST(Deadline, RejectsTheRunWhereTheGateSaysSo) {
  Story story(WithDeadline(OnTimeout::kReject));
  story.Create();
  story.Advance(hours{24});

  EXPECT_THAT(Names(story.Expire("QA")), ElementsAre("GateRejected", "RunFinished"));
  EXPECT_EQ(story.status(), "rejected");
  EXPECT_EQ(story.run().FindStage(StageName{"QA"})->gate->decided_by, PrincipalId{"timer"});
}

TEST(Deadline, TheVoteFirst) {
  Story story(WithDeadline(OnTimeout::kExpire));
  story.Create();
  story.Advance(hours{24} - Duration{1});

  const Decision vote = story.Approve("bob", "QA");
  story.Advance(Duration{1});
  const Decision timer = story.Expire("QA");

  EXPECT_EQ(CodeOf(vote), "accepted");
  EXPECT_EQ(CodeOf(timer), "gate_not_open");
  EXPECT_EQ(story.run().current_stage, StageName{"DevOps"});
}

TEST(Deadline, TheTimerFirst) {
  Story story(WithDeadline(OnTimeout::kExpire));
  story.Create();
  story.Advance(hours{24});

  const Decision timer = story.Expire("QA");
  const Decision vote = story.Approve("bob", "QA");

  EXPECT_EQ(CodeOf(timer), "accepted");
  EXPECT_EQ(CodeOf(vote), "gate_decided");
  EXPECT_THAT(DetailOf(vote), HasSubstr("timer's command made it expired"));
}

TEST(Deadline, AnEarlyTimerIsRefused) {
  Story story(WithDeadline(OnTimeout::kExpire));
  story.Create();
  story.Advance(hours{24} - Duration{1});

  EXPECT_EQ(CodeOf(story.Expire("QA")), "not_possible");
}

TEST(Deadline, AVoteAfterItIsTooLateEvenIfTheTimerIsLaterStill) {
  Story story(WithDeadline(OnTimeout::kExpire));
  story.Create();
  story.Advance(hours{24});

  const Decision vote = story.Approve("bob", "QA");

  EXPECT_EQ(CodeOf(vote), "deadline_passed");
  EXPECT_THAT(DetailOf(vote), HasSubstr("had to be decided before 2026-03-03T09:00:00.000Z"));
}

TEST(Deadline, IsClearedWhenTheGateIsDecided) {
  Story story(WithDeadline(OnTimeout::kExpire));
  story.Create();

  EXPECT_THAT(EffectsOf(story.Approve("bob", "QA")),
              ElementsAre(Effect{ClearTimer{TimerKind::kGateDeadline}}));
}

TEST(Deadline, IsClearedByRejectAndByCancel) {
  for (const bool is_cancel : {false, true}) {
    Story story(WithDeadline(OnTimeout::kExpire));
    story.Create();

    EXPECT_THAT(EffectsOf(is_cancel ? story.Cancel() : story.Reject("bob", "QA")),
                ElementsAre(Effect{ClearTimer{TimerKind::kGateDeadline}}));
  }
}

TEST(Deadline, AGateWithoutOneNeverExpires) {
  Story story(WithDeadline(OnTimeout::kExpire));
  story.Create();
  story.Approve("bob", "QA");
  story.Advance(hours{24 * 365});

  EXPECT_EQ(CodeOf(story.Expire("DevOps")), "not_possible");
}

TEST(Deadline, OfAnotherEpochIsRefused) {
  Story story(WithDeadline(OnTimeout::kExpire));
  story.Create();
  story.Advance(hours{24});

  EXPECT_EQ(CodeOf(story.Do(GateDue{StageName{"QA"}, Epoch{2}})), "gate_not_open");
}

}  // namespace
}  // namespace gatewright::core::test
