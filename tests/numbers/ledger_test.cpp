// The ledger of numbers against cases that were counted by hand.
#include "engine/numbers/ledger.h"

#include <gtest/gtest.h>

namespace gatewright::numbers {
namespace {

using namespace core;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

const Time kMonday = *ParseTime("2026-03-02T00:00:00Z");

// Tells runs by the minute.
class LedgerTest : public testing::Test {
 protected:
  using Events = std::vector<Event>;

  void At(Duration since_monday, std::int64_t run, const Events& events) {
    ledger.Take(RunId{run}, kMonday + since_monday, events);
  }
  static RunCreated Created(const char* lock = nullptr, const char* workflow = "deployment") {
    RunCreated created;
    created.workflow = WorkflowName(workflow);
    if (lock != nullptr) created.facts.lock_keys = {lock};
    return created;
  }
  static GateOpened Opened(const char* stage) {
    GateOpened opened;
    opened.stage = StageName(stage);
    return opened;
  }
  static VoteCast Vote(const char* stage, PrincipalKind kind = PrincipalKind::kPerson,
                       Choice choice = Choice::kApprove) {
    VoteCast vote;
    vote.stage = StageName(stage);
    vote.kind = kind;
    vote.choice = choice;
    return vote;
  }
  static GateSatisfied Satisfied(const char* stage) { return {StageName(stage), Epoch{1}}; }
  static AttemptStarted Started(const char* stage) {
    AttemptStarted started;
    started.stage = StageName(stage);
    return started;
  }
  static AttemptEnded Over(const char* stage, AttemptEnd end = AttemptEnd::kSucceeded) {
    AttemptEnded ended;
    ended.stage = StageName(stage);
    ended.end = end;
    return ended;
  }
  static StageDone Done(const char* stage) { return {StageName(stage), "done"}; }
  static RunFinished Finished(RunOutcome outcome = RunOutcome::kSucceeded) {
    return {outcome, "over", ""};
  }
  // A run that asks nobody, acts for ten minutes, and ends.
  void Deploy(Duration from, std::int64_t run, RunOutcome outcome, const char* lock = "prod") {
    At(from, run, {Created(lock), Started("Go")});
    const bool is_good = outcome == RunOutcome::kSucceeded;
    At(from + minutes{10}, run,
       {Over("Go", is_good ? AttemptEnd::kSucceeded : AttemptEnd::kFailed), Finished(outcome)});
  }

  Numbers Week(const std::string& workflow = "") const {
    return ledger.Count({workflow, kMonday, kMonday + days{7}});
  }

  Ledger ledger{100};
};

TEST_F(LedgerTest, NothingIsNothing) {
  const Numbers none = Week();
  EXPECT_EQ(none.ended, 0);
  EXPECT_EQ(none.lead_time, Spread{});
  EXPECT_EQ(none.series.size(), 7U);
  EXPECT_FALSE(none.known_since);
}

TEST_F(LedgerTest, ARunsTimeIsSplitAmongPeopleWhatHoldsItBackAndMachines) {
  At(minutes{0}, 1, {Created(), Opened("QA")});
  At(minutes{30}, 1, {Vote("QA"), Satisfied("QA"), Done("QA"), Opened("Deploy")});
  At(minutes{50}, 1, {Vote("Deploy"), Satisfied("Deploy")});         // 20 for people
  At(minutes{55}, 1, {Started("Deploy")});                           // 5 behind a lock
  At(minutes{62}, 1, {Over("Deploy", AttemptEnd::kFailed)});         // 7 at work
  At(minutes{65}, 1, {Started("Deploy")});                           // 3 until it is tried again
  At(minutes{75}, 1, {Over("Deploy"), Done("Deploy"), Finished()});  // 10 at work
  const Numbers week = Week();
  ASSERT_EQ(week.stages.size(), 2U);
  EXPECT_EQ(week.stages[0].stage, "QA");
  EXPECT_EQ(week.stages[0].people.median, minutes{30});
  EXPECT_EQ(week.stages[0].machine.median, minutes{0});
  EXPECT_EQ(week.stages[1].people.median, minutes{20});
  EXPECT_EQ(week.stages[1].held.median, minutes{8});
  EXPECT_EQ(week.stages[1].machine.median, minutes{17});
  EXPECT_EQ(week.lead_time.median, minutes{75});
}

TEST_F(LedgerTest, AGateThatOnlyAPolicyVotedOnHasWaitedForNobody) {
  At(minutes{0}, 1, {Created(), Opened("QA")});
  At(minutes{2}, 1, {Vote("QA", PrincipalKind::kPolicy), Satisfied("QA"), Done("QA"), Finished()});
  At(minutes{0}, 2, {Created(), Opened("QA")});
  At(minutes{4}, 2, {Vote("QA", PrincipalKind::kPolicy)});
  At(minutes{9}, 2, {Vote("QA"), Satisfied("QA"), Done("QA"), Finished()});
  const Numbers week = Week();
  EXPECT_EQ(week.gates.approved, 2);
  EXPECT_EQ(week.gates.approved_by_policy, 1);
  EXPECT_EQ(week.stages[0].machine.p90, minutes{2});
  EXPECT_EQ(week.stages[0].people.p90, minutes{9});
}

TEST_F(LedgerTest, AStageThatAsksNobodyHasNoGate) {
  At(minutes{0}, 1, {Created(), Opened("Go"), Satisfied("Go"), Started("Go")});
  At(minutes{1}, 1, {Over("Go"), Done("Go"), Finished()});
  EXPECT_EQ(Week().gates, GateNumbers{});
}

TEST_F(LedgerTest, GatesThatWereRejectedExpiredOrOverriddenAreCountedAsThat) {
  At(minutes{0}, 1, {Created(), Opened("QA")});
  At(minutes{1}, 1,
     {Vote("QA", PrincipalKind::kPerson, Choice::kReject), GateRejected{StageName("QA"), Epoch{1}},
      Finished(RunOutcome::kRejected)});
  At(minutes{0}, 2, {Created(), Opened("QA")});
  At(minutes{1}, 2, {GateExpired{StageName("QA"), Epoch{1}}, Finished(RunOutcome::kExpired)});
  At(minutes{0}, 3, {Created(), Opened("QA")});
  OverrideGranted granted;
  granted.kind = OverrideKind::kGate;
  granted.stage = StageName("QA");
  At(minutes{1}, 3, {granted, Satisfied("QA"), Done("QA"), Finished()});
  const Numbers week = Week();
  EXPECT_EQ(week.gates, (GateNumbers{.approved = 1, .overridden = 1, .rejected = 1, .expired = 1}));
  EXPECT_EQ(week.outcomes[static_cast<std::size_t>(RunOutcome::kRejected) - 1], 1);
}

TEST_F(LedgerTest, VotesThatAreCarriedOverAreStillThosePeoples) {
  At(minutes{0}, 1, {Created(), Opened("QA")});
  At(minutes{1}, 1, {Vote("QA")});
  VotesCarried carried;
  carried.stage = StageName("QA");
  At(minutes{2}, 1, {Opened("QA"), carried, Satisfied("QA"), Done("QA"), Finished()});
  EXPECT_EQ(Week().gates.approved_by_policy, 0);
  EXPECT_EQ(Week().stages[0].people.median, minutes{2});
}

TEST_F(LedgerTest, ADraftBeginsWhenItIsSubmitted) {
  RunDrafted drafted;
  drafted.workflow = WorkflowName("deployment");
  At(hours{0}, 1, {drafted});
  EXPECT_EQ(Week().submitted, 0);
  At(hours{5}, 1, {RunSubmitted(), Opened("QA")});
  At(hours{6}, 1, {Vote("QA"), Satisfied("QA"), Done("QA"), Finished()});
  EXPECT_EQ(Week().submitted, 1);
  EXPECT_EQ(Week().lead_time.median, hours{1});
}

TEST_F(LedgerTest, TheFourFiguresOfDora) {
  Deploy(hours{0}, 1, RunOutcome::kSucceeded);
  Deploy(hours{1}, 2, RunOutcome::kFailed);                // failed at 1:10
  Deploy(hours{2}, 3, RunOutcome::kSucceeded, "staging");  // of something else
  Deploy(hours{4}, 4, RunOutcome::kSucceeded);             // restored at 4:10
  Deploy(hours{5}, 5, RunOutcome::kFailed);                // and nothing since
  At(hours{6}, 6, {Created(), Opened("QA")});              // never came to act
  At(hours{7}, 6, {Vote("QA"), Satisfied("QA"), Done("QA"), Finished()});
  const DoraNumbers dora = Week().dora;
  EXPECT_EQ(dora.deployments, 3);
  EXPECT_EQ(dora.lead_time.median, minutes{10});
  EXPECT_EQ(dora.ended, 5);
  EXPECT_EQ(dora.failed, 2);
  EXPECT_EQ(dora.time_to_restore.count, 1);
  EXPECT_EQ(dora.time_to_restore.median, hours{3});
  EXPECT_EQ(dora.not_restored, 1);
}

TEST_F(LedgerTest, ADeploymentThatFailedAndWasRetriedIsOneThatFailed) {
  Deploy(hours{1}, 1, RunOutcome::kFailed);
  At(hours{2}, 1, {RunRetried{StageName("Go"), "again"}, Started("Go")});
  EXPECT_EQ(Week().ended, 0);
  At(hours{3}, 1, {Over("Go"), Done("Go"), Finished()});
  const Numbers week = Week();
  EXPECT_EQ(week.ended, 1);
  EXPECT_EQ(week.dora.deployments, 1);
  EXPECT_EQ(week.dora.failed, 1);
  EXPECT_EQ(week.dora.time_to_restore.median, hours{1} + minutes{50});
  EXPECT_EQ(week.stages[0].machine.median, hours{1} + minutes{10});
}

TEST_F(LedgerTest, WhatHadToBeUndoneFailedAndIsRestoredWhenItIsUndone) {
  Deploy(hours{0}, 1, RunOutcome::kSucceeded);
  At(hours{1}, 1, {RollbackStarted{{StageName("Go")}, "bad"}, Started("rollback:Go")});
  At(hours{2}, 1, {Over("rollback:Go"), Finished(RunOutcome::kRolledBack)});
  const Numbers week = Week();
  EXPECT_EQ(week.dora.deployments, 0);
  EXPECT_EQ(week.dora.failed, 1);
  EXPECT_EQ(week.dora.time_to_restore.median, hours{1});
}

TEST_F(LedgerTest, AnIncidentIsAFailureOfADeploymentAndItsWaitIsForPeople) {
  At(minutes{0}, 1, {Created("prod"), Started("Go")});
  At(minutes{5}, 1, {Over("Go", AttemptEnd::kUnknown), IncidentRaised{"attempt_unknown", ""}});
  At(minutes{45}, 1, {IncidentResolved{"it was done"}, Done("Go"), Finished()});
  const Numbers week = Week();
  EXPECT_EQ(week.dora.failed, 1);
  EXPECT_EQ(week.dora.time_to_restore.median, minutes{40});
  EXPECT_EQ(week.stages[0].people.median, minutes{40});
}

TEST_F(LedgerTest, AWindowHoldsWhatEndedInItAndOneWorkflowItsOwn) {
  Deploy(-hours{1}, 1, RunOutcome::kSucceeded);  // Sunday
  Deploy(hours{23}, 2, RunOutcome::kSucceeded);
  Deploy(hours{24}, 3, RunOutcome::kRejected);
  At(hours{24}, 4, {Created(nullptr, "other")});
  At(hours{25}, 4, {Finished()});
  const Numbers week = Week();
  EXPECT_EQ(week.ended, 3);
  EXPECT_EQ(week.series[0].ended, 1);
  EXPECT_EQ(week.series[0].lead_time, minutes{10});
  EXPECT_EQ(week.series[1].ended, 2);
  EXPECT_EQ(week.series[1].rejected, 1);
  EXPECT_EQ(Week("other").ended, 1);
  EXPECT_EQ(Week("other").dora.ended, 0);
}

TEST_F(LedgerTest, TheOldestAreForgottenAndThatIsSaid) {
  for (int run = 1; run <= 103; ++run) Deploy(minutes{run}, run, RunOutcome::kSucceeded);
  EXPECT_EQ(ledger.runs(), 100U);
  EXPECT_EQ(Week().ended, 100);
  EXPECT_EQ(Week().known_since, kMonday + minutes{13});
  EXPECT_FALSE(ledger.Count({"", kMonday + days{1}, kMonday + days{2}}).known_since);
}

TEST_F(LedgerTest, FailuresAreForgottenWithoutEnd) {
  for (int run = 1; run <= 1'000; ++run) Deploy(minutes{run}, run, RunOutcome::kFailed);
  EXPECT_LE(Week().dora.not_restored, 200);
  Deploy(hours{20}, 1'001, RunOutcome::kSucceeded);
  EXPECT_EQ(Week().dora.not_restored, 0);
}

TEST(Spread, IsByNearestRank) {
  std::vector<Duration> durations;
  for (int i = 10; i >= 1; --i) durations.push_back(minutes{i});
  const Spread spread = SpreadOf(durations);
  EXPECT_EQ(spread.count, 10);
  EXPECT_EQ(spread.median, minutes{5});
  EXPECT_EQ(spread.p90, minutes{9});
  EXPECT_EQ(spread.mean, std::chrono::seconds{330});
}

}  // namespace
}  // namespace gatewright::numbers
