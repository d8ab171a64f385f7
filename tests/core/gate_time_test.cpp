// tests/core/gate_time_test.cpp: the moments of a gate: reminders, escalation levels, every kind of
// onTimeout, extensions; and catching up after a long sleep, late but once, in order.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/support/build.h"
#include "tests/core/support/story.h"

namespace gatewright::core::test {
namespace {

using std::chrono::hours;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

Workflow WithDeadline(Deadline deadline) {
  GateSpec gate = Gate({Leaf("qa")});
  gate.deadline = std::move(deadline);
  return WorkflowOf({Asks("QA", gate), Asks("DevOps", Gate({Leaf("devops")}))});
}

// 48 h, reminders 24 h, 8 h and 1 h before; level 1 after 12 h, level 2 after 36 h.
Deadline Full(OnTimeout on_timeout) {
  Deadline deadline = DeadlineOf(hours{48}, on_timeout);
  deadline.reminders = {hours{24}, hours{8}, hours{1}};
  deadline.levels = {{hours{12}, {"role", R"({"role":"lead"})"}, {}},
                     {hours{36}, {"role", R"({"role":"director"})"}, {}}};
  return deadline;
}

Story Waiting(Deadline deadline) {
  Story story(WithDeadline(std::move(deadline)));
  story.Create();
  return story;
}

TEST(Moments, ComeOneByOne) {
  Story story = Waiting(Full(OnTimeout::kExpire));
  const Time opened = story.now();
  const std::vector<std::pair<int, std::string>> moments = {
      {12, "GateEscalated"}, {24, "ReminderDue"}, {36, "GateEscalated"},
      {40, "ReminderDue"},   {47, "ReminderDue"}, {48, "GateExpired"}};

  for (const auto& [hour, event] : moments) {
    story.installation().now = opened + hours{hour} - Duration{1};
    EXPECT_EQ(CodeOf(story.Expire("QA")), "not_possible") << "too early for hour " << hour;
    story.Advance(Duration{1});
    EXPECT_EQ(Names(story.Expire("QA")).front(), event) << "at hour " << hour;
  }
  EXPECT_EQ(story.status(), "expired");
}

TEST(Moments, EachSetsTheTimerOfTheNext) {
  Story story = Waiting(Full(OnTimeout::kExpire));
  const Time opened = story.now();
  story.Advance(hours{12});

  EXPECT_THAT(EffectsOf(story.Expire("QA")),
              Contains(Effect{SetTimer{TimerKind::kGateDeadline, opened + hours{24}}}));
}

TEST(Moments, AfterALongSleepLevelsComeInOrderAndOneReminderStandsForAll) {
  Story story = Waiting(Full(OnTimeout::kExpire));
  story.Advance(hours{47} + std::chrono::minutes{30});

  const Decision decision = story.Expire("QA");
  EXPECT_THAT(Names(decision), ElementsAre("GateEscalated", "GateEscalated", "ReminderDue"));
  const auto& events = std::get<Accepted>(decision).events;
  EXPECT_EQ(std::get<GateEscalated>(events[0]).level, 1);
  EXPECT_EQ(std::get<GateEscalated>(events[1]).level, 2);
  EXPECT_EQ(std::get<ReminderDue>(events[2]).number, 3) << "the newest only";
  EXPECT_EQ(CodeOf(story.Expire("QA")), "not_possible") << "once";
}

TEST(Moments, AfterItsDeadlineNobodyIsRemindedAnyMore) {
  Story story = Waiting(Full(OnTimeout::kReject));
  story.Advance(hours{24 * 30});

  EXPECT_THAT(Names(story.Expire("QA")),
              ElementsAre("GateEscalated", "GateEscalated", "GateRejected", "RunFinished"));
}

TEST(Moments, FiftyRemindersAreOne) {
  Deadline deadline = DeadlineOf(hours{100});
  for (int hour = 50; hour > 0; --hour) deadline.reminders.emplace_back(hours{hour});
  Story story = Waiting(deadline);
  story.Advance(hours{99} + std::chrono::minutes{30});

  EXPECT_THAT(Names(story.Expire("QA")), ElementsAre("ReminderDue"));
}

struct Ending {
  std::string_view name;
  OnTimeout on_timeout;
  Choice standing;
  std::string_view status;
  std::vector<std::string> events;
};

class Timeout : public ::testing::TestWithParam<Ending> {};

TEST_P(Timeout, EndsTheGate) {
  Workflow workflow = WithDeadline(DeadlineOf(hours{24}, GetParam().on_timeout));
  workflow.stages[0].gate->rules = All({Leaf("qa", 3)});
  workflow.stages[0].gate->reject = {RejectKind::kThreshold, 3};
  Story story(workflow);
  story.Create();
  story.Do(story.VoteBy(Person("bob"), "QA", GetParam().standing));
  story.Advance(hours{24});

  EXPECT_EQ(Names(story.Expire("QA")), GetParam().events);
  EXPECT_EQ(story.status(), GetParam().status);
}

INSTANTIATE_TEST_SUITE_P(Kinds, Timeout,
                         ::testing::Values(Ending{"Expire",
                                                  OnTimeout::kExpire,
                                                  Choice::kApprove,
                                                  "expired",
                                                  {"GateExpired", "RunFinished"}},
                                           Ending{"Reject",
                                                  OnTimeout::kReject,
                                                  Choice::kApprove,
                                                  "rejected",
                                                  {"GateRejected", "RunFinished"}},
                                           Ending{"Approve",
                                                  OnTimeout::kApprove,
                                                  Choice::kApprove,
                                                  "waiting",
                                                  {"GateSatisfied", "StageDone", "GateOpened"}},
                                           // Time never beats a person who said no.
                                           Ending{"ApproveAgainstAReject",
                                                  OnTimeout::kApprove,
                                                  Choice::kReject,
                                                  "expired",
                                                  {"GateExpired", "RunFinished"}}),
                         [](const auto& param) { return std::string(param.param.name); });

TEST(OnTimeout, EscalateEndsNothing) {
  Story story = Waiting(Full(OnTimeout::kEscalate));
  story.Advance(hours{24 * 30});

  EXPECT_THAT(Names(story.Expire("QA")),
              ElementsAre("GateEscalated", "GateEscalated", "ReminderDue"));
  EXPECT_EQ(CodeOf(story.Approve("bob", "QA")), "accepted") << "long after its deadline";
}

TEST(OnTimeout, ApproveBeatenByARejectOfAShadowIsNot) {
  Workflow workflow = WithDeadline(DeadlineOf(hours{24}, OnTimeout::kApprove));
  workflow.stages[0].gate->auto_voters = {{"watcher", {"expr", "{}"}, {}, true}};
  Story story(workflow);
  story.Create();
  story.Say("watcher", "QA", Choice::kReject);
  story.Advance(hours{24});

  EXPECT_THAT(Names(story.Expire("QA")), Contains("GateSatisfied"));
}

TEST(Escalation, VotesStayAndMoreMayVote) {
  Workflow workflow = WithDeadline(Full(OnTimeout::kEscalate));
  workflow.stages[0].gate->rules = All({Leaf("qa", 2)});
  Story story(workflow);
  story.Create();
  auto early = story.VoteBy(Person("lead"), "QA", Choice::kApprove);
  story.Approve("bob", "QA");
  story.Advance(hours{12});
  story.Expire("QA");

  EXPECT_EQ(CodeOf(story.Do(early)), "prepare_again") << "its facts are of the level before";
  EXPECT_EQ(CodeOf(story.Approve("lead", "QA")), "accepted");
  EXPECT_EQ(story.run().current_stage, StageName{"DevOps"});
}

TEST(Escalation, AsksForTheNewList) {
  Story story = Waiting(Full(OnTimeout::kEscalate));
  story.installation().has_directory = true;
  story.Advance(hours{12});

  EXPECT_THAT(EffectsOf(story.Expire("QA")),
              Contains(Effect{ListEligible{StageName{"QA"}, Epoch{1}}}));
}

TEST(PolicyVote, AfterTheDeadlineIsTooLateLikeAnybodys) {
  Workflow workflow = WithDeadline(DeadlineOf(hours{24}));
  workflow.stages[0].gate->auto_voters = {{"ok", {"expr", "{}"}, {RuleId{"qa"}}, false}};
  Story story(workflow);
  story.Create();
  story.Advance(hours{24});

  EXPECT_EQ(CodeOf(story.Say("ok", "QA", Choice::kApprove)), "deadline_passed");
  EXPECT_THAT(Names(story.Expire("QA")), Contains("GateExpired"));
}

ExtendDeadline By(const Story& story, Duration duration) {
  ExtendDeadline extend;
  extend.actor = Person("boss");
  extend.stage = StageName{"QA"};
  extend.deadline = story.now() + duration;
  extend.reason = "holidays";
  return extend;
}

TEST(Extend, MovesTheDeadlineAndItsTimer) {
  Story story = Waiting(DeadlineOf(hours{24}));
  const Time later = story.now() + hours{72};

  const Decision decision = story.Do(By(story, hours{72}));
  EXPECT_THAT(Names(decision), ElementsAre("DeadlineExtended"));
  EXPECT_THAT(EffectsOf(decision), ElementsAre(Effect{SetTimer{TimerKind::kGateDeadline, later}}));
  story.Advance(hours{24});
  EXPECT_EQ(CodeOf(story.Expire("QA")), "not_possible");
  EXPECT_EQ(CodeOf(story.Approve("bob", "QA")), "accepted");
}

TEST(Extend, OnlyLaterAndOnlyWhatIsOpen) {
  Story story = Waiting(DeadlineOf(hours{24}));
  EXPECT_EQ(CodeOf(story.Do(By(story, hours{23}))), "not_possible");
  ExtendDeadline other = By(story, hours{48});
  other.epoch = Epoch{2};
  EXPECT_EQ(CodeOf(story.Do(other)), "gate_not_open");
  other = By(story, hours{48});
  other.stage = StageName{"DevOps"};
  EXPECT_EQ(CodeOf(story.Do(other)), "gate_not_open");
  story.Approve("bob", "QA");
  EXPECT_EQ(CodeOf(story.Do(By(story, hours{48}))), "gate_not_open");
  EXPECT_EQ(CodeOf(story.Do(other)), "not_possible") << "it has no deadline";
}

TEST(Extend, SavesAGateWhoseTimerIsLate) {
  Story story = Waiting(DeadlineOf(hours{24}));
  story.Advance(hours{25});

  EXPECT_EQ(CodeOf(story.Do(By(story, hours{1}))), "accepted");
  EXPECT_EQ(CodeOf(story.Expire("QA")), "not_possible");
}

ClaimGate ClaimBy(std::string_view by) {
  ClaimGate claim;
  claim.actor = Person(std::string(by));
  claim.stage = StageName{"QA"};
  claim.facts.stage = claim.stage;
  claim.facts.rules = {RuleId{"qa"}};
  return claim;
}

ReleaseGate ReleaseBy(std::string_view by) {
  ReleaseGate release;
  release.actor = Person(std::string(by));
  release.stage = StageName{"QA"};
  return release;
}

TEST(Claim, OneAtATime) {
  Story story = Waiting(DeadlineOf(hours{24}));

  EXPECT_THAT(Names(story.Do(ClaimBy("bob"))), ElementsAre("GateClaimed"));
  EXPECT_THAT(Names(story.Do(ClaimBy("bob"))), IsEmpty()) << "the same again";
  EXPECT_EQ(CodeOf(story.Do(ClaimBy("carol"))), "already_claimed");
  EXPECT_EQ(CodeOf(story.Do(ReleaseBy("carol"))), "not_allowed");
  EXPECT_THAT(Names(story.Do(ReleaseBy("bob"))), ElementsAre("GateReleased"));
  EXPECT_THAT(Names(story.Do(ReleaseBy("bob"))), IsEmpty());
  EXPECT_THAT(Names(story.Do(ClaimBy("carol"))), ElementsAre("GateClaimed"));
}

TEST(Claim, IsNoVoteAndKeepsNobodyFromVoting) {
  Story story = Waiting(DeadlineOf(hours{24}));
  story.Do(ClaimBy("bob"));

  EXPECT_THAT(Names(story.Approve("carol", "QA")), Contains("GateSatisfied"));
}

TEST(Claim, OnlyByWhoMayVoteAndOnlyWhatIsOpen) {
  Story story = Waiting(DeadlineOf(hours{24}));
  ClaimGate claim = ClaimBy("eve");
  claim.facts.rules.clear();
  claim.facts.why_not = "eve has none of the roles";
  EXPECT_EQ(CodeOf(story.Do(claim)), "not_eligible");
  story.Approve("bob", "QA");
  EXPECT_EQ(CodeOf(story.Do(ClaimBy("bob"))), "gate_not_open");
}

TEST(Claim, EndsWhenTheGateIsAskedAgain) {
  Story story = Waiting(DeadlineOf(hours{24}));
  story.Do(ClaimBy("bob"));
  story.ChangeSubject("d2");

  EXPECT_THAT(Names(story.Do(ClaimBy("carol"))), ElementsAre("GateClaimed"));
}

}  // namespace
}  // namespace gatewright::core::test
