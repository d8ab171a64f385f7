// tests/explain/waits_test.cpp: everything a run can wait for, and until when.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/support/build.h"
#include "tests/explain/scene.h"

namespace gatewright::core::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

// One gate, then an action behind a lock and a calendar.
Workflow Guarded() {
  Workflow workflow = WorkflowOf({Acts("Deploy", RetriedAction(2), Gate({Leaf("qa")}))});
  workflow.lock = LockSpec{};
  workflow.lock->keys = {"env/prod"};
  workflow.calendar = CalendarUse{"office", Duration{0}};
  workflow.overriding = OverrideSpec{};
  workflow.overriding->needs_second = true;
  return workflow;
}

class ExplainWaits : public testing::Test {
 protected:
  ExplainWaits() : scene_(Guarded()) {
    scene_.subject.lock_keys = {"env/prod"};
    Close();
  }

  void Close() {
    opens_ = scene_.now + std::chrono::hours{8};
    scene_.calendars["office"] = std::make_shared<OneChange>(false, opens_);
  }
  void Open() {
    scene_.calendars["office"] =
        std::make_shared<OneChange>(true, scene_.now + std::chrono::hours{8});
  }
  void Approve() { scene_.Vote("alice", Choice::kApprove, {"qa"}); }

  Scene scene_;
  Time opens_;
};

TEST_F(ExplainWaits, ACalendarSaysWhenItOpens) {
  scene_.Create();
  Approve();
  const Explanation why = scene_.Why();
  EXPECT_THAT(Kinds(why.waits_for), ElementsAre("calendar"));
  EXPECT_EQ(why.waits_for.at(0).until, opens_);
  EXPECT_EQ(why.waits_for.at(0).then, "the calendar lets actions start");
  EXPECT_THAT(why.summary, StartsWith("Stage 'Deploy' is held up: calendar 'office' is closed"));
  EXPECT_FALSE(why.calendar->opening.is_open);
  EXPECT_EQ(why.calendar->next_start, opens_);
}

TEST_F(ExplainWaits, ALockSaysWhoHoldsItAndWhichPlaceInLineThisRunHas) {
  Open();
  scene_.Others(RunId{7}, {"env/prod"}, true);
  scene_.Others(RunId{8}, {"env/prod"}, false);
  scene_.Create();
  Approve();
  const Explanation why = scene_.Why();
  EXPECT_THAT(Kinds(why.waits_for), ElementsAre("lock"));
  EXPECT_EQ(why.waits_for.at(0).lock, (LockObstacle{"env/prod", RunId{7}, 2, 2}));
  EXPECT_EQ(why.waits_for.at(0).detail,
            "lock 'env/prod' is held by run 7; this run is number 2 of 2 in line");
}

TEST_F(ExplainWaits, WhatWillKeepTheActionIsToldWhilePeopleDecide) {
  scene_.Others(RunId{7}, {"env/prod"}, true);
  scene_.Create();
  const Explanation why = scene_.Why();
  EXPECT_THAT(Kinds(why.waits_for), ElementsAre("votes"));
  EXPECT_THAT(Kinds(why.ahead), ElementsAre("calendar", "lock"));
}

TEST_F(ExplainWaits, AStopIsToldBesidesTheCalendar) {
  scene_.site.stops.push_back({1, {}, "incident 42", PrincipalId{"olga"}, scene_.now, {}});
  scene_.Create();
  Approve();
  const Explanation why = scene_.Why();
  EXPECT_THAT(Kinds(why.waits_for), ElementsAre("stop", "calendar"));
  EXPECT_EQ(why.waits_for.at(0).detail, "stop 1 of every run by olga: incident 42");
}

TEST_F(ExplainWaits, AnOverrideWaitsForASecondPerson) {
  scene_.Create();
  Approve();
  scene_.Do(OverrideRule{Person("olga"), OverrideKind::kCalendar, "outage", true, "", {}});
  const Explanation why = scene_.Why();
  EXPECT_THAT(Kinds(why.waits_for), ElementsAre("calendar", "second_person"));
  EXPECT_EQ(why.waits_for.at(1).until, scene_.now + std::chrono::hours{1});
}

TEST_F(ExplainWaits, AnAttemptSaysSinceWhenAndHowLong) {
  Open();
  scene_.Create();
  Approve();
  Explanation why = scene_.Why();
  EXPECT_THAT(Kinds(why.waits_for), ElementsAre("attempt"));
  EXPECT_EQ(why.waits_for.at(0).since, scene_.now);
  EXPECT_EQ(why.waits_for.at(0).until, scene_.now + std::chrono::minutes{15});

  FinishAttempt failed;
  failed.fencing_token = scene_.run.attempts.at(0).fencing_token;
  failed.end = AttemptEnd::kFailed;
  failed.failure = FailureClass::kTransient;
  scene_.Do(failed);
  why = scene_.Why();
  EXPECT_THAT(Kinds(why.waits_for), ElementsAre("retry"));
  EXPECT_EQ(why.waits_for.at(0).until, scene_.now + std::chrono::seconds{10});
}

TEST_F(ExplainWaits, AnIncidentIsForAnOperator) {
  Open();
  scene_.Create();
  Approve();
  scene_.Do(RaiseIncident{"plugin_missing", "no plugin offers 'command'"});
  const Explanation why = scene_.Why();
  EXPECT_THAT(Kinds(why.waits_for), ElementsAre("incident"));
  EXPECT_EQ(why.summary, "Somebody has to look after stage 'Deploy': no plugin offers 'command'");
}

TEST_F(ExplainWaits, AScheduleAndAWaitAreTold) {
  Open();
  scene_.workflow.stages.at(0).wait = std::chrono::minutes{30};
  CreateRun create;
  create.actor = Person("requester");
  create.subject_digest = "d1";
  create.not_before = scene_.now + std::chrono::hours{2};
  scene_.Do(create);
  Approve();
  const Explanation why = scene_.Why();
  EXPECT_THAT(Kinds(why.waits_for), ElementsAre("schedule", "wait"));
  EXPECT_EQ(why.waits_for.at(1).until, scene_.now + std::chrono::minutes{30});
}

TEST_F(ExplainWaits, VotesThatGrowOldSayUntilWhenTheyHold) {
  scene_.workflow.stages.at(0).gate->votes.ttl = std::chrono::hours{1};
  scene_.Create();
  Approve();
  EXPECT_EQ(scene_.Why().votes_hold_until, scene_.now + std::chrono::hours{1});
}

TEST_F(ExplainWaits, LocksHeldWhilePeopleDecideSayUntilWhen) {
  scene_.workflow.lock->acquire = LockAcquire::kBeforeGate;
  scene_.workflow.lock->ttl = std::chrono::hours{2};
  scene_.Create();
  EXPECT_EQ(scene_.Why().locks_held_until, scene_.now + std::chrono::hours{2});
}

TEST_F(ExplainWaits, ARunBeforeItsGateWaitsForItsLock) {
  scene_.workflow.lock->acquire = LockAcquire::kBeforeGate;
  scene_.Others(RunId{7}, {"env/prod"}, true);
  scene_.Create();
  EXPECT_THAT(Kinds(scene_.Why().waits_for), ElementsAre("lock"));
}

TEST_F(ExplainWaits, AReviewIsTold) {
  Open();
  scene_.workflow.overriding->needs_second = false;
  scene_.workflow.review = Asks(std::string(kReviewStage), Gate({Leaf("boss")}));
  scene_.Create();
  scene_.Do(OverrideRule{Person("olga"), OverrideKind::kGate, "outage", true, "", {}});
  FinishAttempt done;
  done.fencing_token = scene_.run.attempts.at(0).fencing_token;
  done.end = AttemptEnd::kSucceeded;
  scene_.Do(done);
  const Explanation why = scene_.Why();
  EXPECT_THAT(Kinds(why.waits_for), ElementsAre("review", "votes"));
}

TEST_F(ExplainWaits, ARejectedRunShowsTheGateThatEndedIt) {
  scene_.Create();
  scene_.Vote("carol", Choice::kReject, {"qa"});
  const Explanation why = scene_.Why();
  EXPECT_THAT(why.waits_for, IsEmpty());
  EXPECT_EQ(why.summary, "The run was rejected at 2026-03-02T09:00:00.000Z");
  EXPECT_EQ(why.gate->outcome, GateOutcome::kRejected);
  EXPECT_THAT(why.gate->rejected_by, ElementsAre(PrincipalId{"carol"}));
}

}  // namespace
}  // namespace gatewright::core::test
