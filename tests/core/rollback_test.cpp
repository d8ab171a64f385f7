// tests/core/rollback_test.cpp: what a run has done is undone, from the last stage to the first,
// each by an attempt behind a gate; and what becomes of a rollback that does not come to its end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/core/rollback.h"
#include "engine/core/transitions.h"
#include "tests/core/support/build.h"
#include "tests/core/support/story.h"

namespace gatewright::core::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

StageSpec Undoes(std::string stage, std::optional<GateSpec> gate = std::nullopt) {
  StageSpec rollback = Acts("", Action(), std::move(gate));
  rollback.undoes = StageName{std::move(stage)};
  rollback.name = RollbackOf(rollback.undoes);
  return rollback;
}

// Migrate, then Deploy; each can be undone, Deploy only when somebody agrees.
Workflow Undoable() {
  Workflow workflow = WorkflowOf({Acts("Migrate", Action()), Acts("Deploy", Action())});
  workflow.rollbacks = {Undoes("Deploy", Gate({Leaf("release")})), Undoes("Migrate")};
  return workflow;
}

Story Created(Workflow workflow) {
  Story story(std::move(workflow));
  story.Create();
  return story;
}

Story Executed(Workflow workflow = Undoable()) {
  Story story = Created(std::move(workflow));
  while (!story.run().is_finished()) story.Finish(AttemptEnd::kSucceeded);
  return story;
}

std::string StateOf(const Story& story, std::string_view stage) {
  return std::string(ToString(story.run().FindStage(StageName{stage})->state));
}

TEST(Rollback, UndoesTheLastStageFirst) {
  Story story = Executed();

  EXPECT_THAT(Names(story.RollBack()), ElementsAre("RollbackStarted", "GateOpened"));
  EXPECT_EQ(story.run().current_stage, StageName{"rollback:Deploy"});
  EXPECT_THAT(Names(story.Approve("bob", "rollback:Deploy")),
              ElementsAre("VoteCast", "GateSatisfied", "AttemptStarted"));
  EXPECT_THAT(
      Names(story.Finish(AttemptEnd::kSucceeded)),
      ElementsAre("AttemptEnded", "StageDone", "GateOpened", "GateSatisfied", "AttemptStarted"));
  EXPECT_EQ(StateOf(story, "Deploy"), "rolled_back");
  EXPECT_EQ(StateOf(story, "Migrate"), "done");
  EXPECT_THAT(Names(story.Finish(AttemptEnd::kSucceeded)),
              ElementsAre("AttemptEnded", "StageDone", "RunFinished"));
  EXPECT_EQ(story.status(), "rolled_back");
  EXPECT_EQ(story.run().state, "rolled_back");
  EXPECT_EQ(story.run().finish_reason, "it is broken");
}

TEST(Rollback, TheStateGoesBackStageByStage) {
  Story story = Executed();
  story.RollBack();
  story.Approve("bob", "rollback:Deploy");

  const Decision decision = story.Finish(AttemptEnd::kSucceeded);
  const auto& events = std::get<Accepted>(decision).events;
  EXPECT_EQ(std::get<StageDone>(events[1]).state, story.workflow().stages.front().done_state);
}

TEST(Rollback, UndoesWhatFailedAndNotWhatNeverStarted) {
  Workflow workflow = Undoable();
  workflow.stages.push_back(Acts("Announce", Action()));
  workflow.rollbacks.insert(workflow.rollbacks.begin(), Undoes("Announce"));
  Story story = Created(workflow);
  story.Finish(AttemptEnd::kSucceeded);
  story.Finish(AttemptEnd::kFailed);
  ASSERT_EQ(story.status(), "failed");

  story.RollBack();
  EXPECT_THAT(story.run().rollback->left, ElementsAre(StageName{"Deploy"}, StageName{"Migrate"}));
}

TEST(Rollback, IsRefusedWhereNothingCanBeUndone) {
  Story none = Executed(WorkflowOf({Acts("Deploy", Action())}));
  EXPECT_EQ(CodeOf(none.RollBack()), "not_possible");
  EXPECT_THAT(DetailOf(none.RollBack()), HasSubstr("says of no action how it is undone"));

  Workflow asking = Undoable();
  asking.stages.insert(asking.stages.begin(), Asks("QA", Gate({Leaf("qa")})));
  Story rejected = Created(asking);
  rejected.Reject("bob", "QA");
  EXPECT_THAT(DetailOf(rejected.RollBack()), HasSubstr("has done nothing that can be undone"));

  Story running = Created(Undoable());
  EXPECT_EQ(CodeOf(running.RollBack()), "not_possible") << "it goes on: cancel it first";
}

TEST(Rollback, IsNotDoneTwice) {
  Workflow workflow = Undoable();
  workflow.rollbacks.front().gate.reset();
  Story story = Executed(workflow);
  story.RollBack();
  story.Finish(AttemptEnd::kSucceeded);
  story.Finish(AttemptEnd::kSucceeded);
  ASSERT_EQ(story.status(), "rolled_back");

  EXPECT_EQ(CodeOf(story.RollBack()), "run_finished");
  EXPECT_EQ(CodeOf(story.Retry()), "run_finished");
}

TEST(Rollback, OldApprovalsDoNotCountForIt) {
  Story story = Executed();
  story.RollBack();
  story.Reject("bob", "rollback:Deploy");

  story.RollBack();
  EXPECT_THAT(story.votes("rollback:Deploy"), IsEmpty()) << "asked anew each time";
  EXPECT_EQ(story.run().FindStage(StageName{"rollback:Deploy"})->gate->epoch.value, 2);
}

TEST(Rollback, WhoeverApprovedTheActionMayApproveThatItIsUndone) {
  GateSpec gate = Gate({Leaf("release")});
  gate.separation.excludes_previous_voters = true;
  Workflow workflow = WorkflowOf({Acts("Deploy", Action(), gate)});
  workflow.rollbacks = {Undoes("Deploy", gate)};
  Story story = Created(workflow);
  story.Approve("bob", "Deploy");
  story.Finish(AttemptEnd::kSucceeded);
  story.RollBack();

  EXPECT_EQ(CodeOf(story.Approve("bob", "rollback:Deploy")), "accepted");
}

TEST(Rollback, WhoAskedForItIsItsRequester) {
  GateSpec gate = Gate({Leaf("release")});
  gate.separation.excludes_requester = true;
  Workflow workflow = WorkflowOf({Acts("Deploy", Action())});
  workflow.rollbacks = {Undoes("Deploy", gate)};
  Story story = Executed(workflow);
  story.RollBack();

  const Decision refused = story.Approve("operator", "rollback:Deploy");
  EXPECT_EQ(CodeOf(refused), "self_approval");
  EXPECT_THAT(DetailOf(refused), HasSubstr("operator asked for the rollback"));
}

TEST(Rollback, StopsAndLocksHoldForItToo) {
  Workflow workflow = Undoable();
  workflow.lock = LockSpec{{"prod"}, LockAcquire::kAfterGate, LockMode::kFifo, 1, {}};
  Story story(workflow);
  story.CreateWith({{"prod"}, {}});
  story.Finish(AttemptEnd::kSucceeded);
  story.Finish(AttemptEnd::kSucceeded);
  const auto stop = story.installation().StopAll();
  story.RollBack();

  EXPECT_THAT(Names(story.Approve("bob", "rollback:Deploy")), Contains("ActionBlocked"));
  story.installation().Lift(stop);
  EXPECT_THAT(Names(story.TryStart()), ElementsAre("LocksTaken", "AttemptStarted"));
  EXPECT_EQ(CodeOf(story.Do(SupersedeRun{RunId{9}})), "not_possible");
}

TEST(Rollback, VotesOnItGrowOld) {
  Workflow workflow = Undoable();
  workflow.rollbacks.front().gate->votes.ttl = hours{1};
  Story story = Executed(workflow);
  const auto stop = story.installation().StopAll();
  story.RollBack();
  story.Approve("bob", "rollback:Deploy");
  story.Advance(hours{2});
  story.installation().Lift(stop);

  EXPECT_THAT(Names(story.TryStart()), ElementsAre("VotesOutdated", "GateOpened"));
  EXPECT_EQ(story.run().current_stage, StageName{"rollback:Deploy"});
}

TEST(Rollback, IsRetriedLikeAnyAction) {
  Workflow workflow = Undoable();
  workflow.rollbacks.front().gate.reset();
  workflow.rollbacks.front().action = RetriedAction(2);
  Story story = Executed(workflow);
  story.RollBack();

  EXPECT_THAT(Names(story.Finish(AttemptEnd::kFailed, FailureClass::kTransient)),
              ElementsAre("AttemptEnded", "AttemptPlanned"));
}

class HalfUndone : public ::testing::Test {
 protected:
  HalfUndone() : story_(Executed()) {
    story_.RollBack();
    story_.Approve("bob", "rollback:Deploy");
    story_.Finish(AttemptEnd::kFailed);
  }
  Story story_;
};

TEST_F(HalfUndone, NeedsAnOperator) {
  EXPECT_EQ(story_.status(), "needs_attention");
  EXPECT_EQ(story_.run().incident->code, "rollback_failed");
}

TEST_F(HalfUndone, IsTriedAgain) {
  EXPECT_THAT(Names(story_.Resolve(Resolution::kRetry)),
              ElementsAre("IncidentResolved", "AttemptStarted"));
}

TEST_F(HalfUndone, WasUndoneByHand) {
  story_.Resolve(Resolution::kSucceeded);
  EXPECT_EQ(StateOf(story_, "Deploy"), "rolled_back");
  EXPECT_EQ(story_.run().current_stage, StageName{"rollback:Migrate"});
}

TEST_F(HalfUndone, StaysBroken) {
  story_.Resolve(Resolution::kFailed);
  EXPECT_EQ(story_.status(), "failed");
  EXPECT_EQ(story_.run().state, "rollback_failed");
  EXPECT_EQ(CodeOf(story_.Retry()), "not_possible") << "neither done nor undone";
  EXPECT_EQ(CodeOf(story_.RollBack()), "accepted") << "the rest may be undone later";
}

TEST_F(HalfUndone, IsCancelled) {
  story_.Cancel();
  EXPECT_EQ(story_.status(), "failed");
  EXPECT_EQ(story_.run().state, "rollback_failed");
}

TEST(RollbackGivenUp, BeforeItBeganLeavesTheRunAsItWas) {
  const auto give_up = {+[](Story& story) { story.Reject("bob", "rollback:Deploy"); },
                        +[](Story& story) { story.Cancel(); }};
  for (const auto& how : give_up) {
    Story story = Executed();
    const std::string before = story.run().state;
    story.RollBack();
    how(story);

    EXPECT_EQ(story.status(), "succeeded");
    EXPECT_EQ(story.run().state, before);
    EXPECT_THAT(story.run().finish_reason, HasSubstr("its rollback was "));
    EXPECT_FALSE(story.run().rollback);
    EXPECT_EQ(StateOf(story, "Deploy"), "done");
  }
}

TEST(RollbackGivenUp, WhatFailedMayStillBeRetried) {
  Workflow workflow = Undoable();
  Story story = Created(workflow);
  story.Finish(AttemptEnd::kSucceeded);
  story.Finish(AttemptEnd::kFailed);
  story.RollBack();
  story.Reject("bob", "rollback:Deploy");
  ASSERT_EQ(story.status(), "failed");

  EXPECT_THAT(Names(story.Retry()),
              ElementsAre("RunRetried", "GateOpened", "GateSatisfied", "AttemptStarted"));
}

TEST(RollbackGivenUp, ByTime) {
  Workflow workflow = Undoable();
  workflow.rollbacks.front().gate->deadline = DeadlineOf(hours{1});
  Story story = Executed(workflow);
  story.RollBack();
  story.Advance(hours{1});
  story.Expire("rollback:Deploy");

  EXPECT_EQ(story.status(), "succeeded");
}

TEST(RollbackGivenUp, WhenTooFewPeopleCouldDecideOnIt) {
  for (const bool is_cancelled : {true, false}) {
    Story story = Executed();
    story.RollBack();
    story.Do(RecordEligible{StageName{"rollback:Deploy"}, Epoch{1}, {{RuleId{"release"}, {}}}});
    ASSERT_EQ(story.status(), "needs_attention");
    is_cancelled ? story.Cancel() : story.Resolve(Resolution::kFailed);

    EXPECT_EQ(story.status(), "succeeded");
  }
}

TEST(RollbackGivenUp, NotWhenTheirPeopleCameLater) {
  Story story = Executed();
  story.RollBack();
  story.Do(RecordEligible{StageName{"rollback:Deploy"}, Epoch{1}, {{RuleId{"release"}, {}}}});

  EXPECT_THAT(Names(story.Resolve(Resolution::kRetry)),
              ElementsAre("IncidentResolved", "GateOpened"));
  EXPECT_EQ(story.run().current_stage, StageName{"rollback:Deploy"});
}

// Two stages with gates: the first one is undone, and then somebody changes their mind.
class RestOfARollback : public ::testing::Test {
 protected:
  static Workflow WithGates() {
    Workflow workflow = Undoable();
    workflow.rollbacks.back().gate = Gate({Leaf("release")});
    workflow.rollbacks.back().gate->auto_voters = {{"check", {"match", "{}"}, {RuleId{"release"}}}};
    return workflow;
  }
  RestOfARollback() : story_(Executed(WithGates())) {
    story_.RollBack();
    story_.Approve("bob", "rollback:Deploy");
    story_.Finish(AttemptEnd::kSucceeded);
    EXPECT_EQ(story_.run().current_stage, StageName{"rollback:Migrate"});
  }
  void ExpectHalfUndone() {
    EXPECT_EQ(story_.status(), "failed");
    EXPECT_EQ(story_.run().state, "rollback_failed");
    EXPECT_EQ(StateOf(story_, "Deploy"), "rolled_back");
    EXPECT_EQ(StateOf(story_, "Migrate"), "done");
    story_.RollBack();
    EXPECT_THAT(story_.run().rollback->left, ElementsAre(StageName{"Migrate"}));
  }
  Story story_;
};

TEST_F(RestOfARollback, IsRejected) {
  story_.Reject("bob", "rollback:Migrate");
  ExpectHalfUndone();
}

TEST_F(RestOfARollback, IsRejectedByAPolicy) {
  story_.Say("check", "rollback:Migrate", Choice::kReject);
  ExpectHalfUndone();
}

TEST_F(RestOfARollback, IsCancelledWhileItWaits) {
  story_.Cancel();
  ExpectHalfUndone();
}

TEST_F(RestOfARollback, IsCancelledWhileItIsHeld) {
  const auto stop = story_.installation().StopAll();
  story_.Approve("bob", "rollback:Migrate");
  ASSERT_EQ(story_.status(), "blocked");
  story_.Cancel();
  story_.installation().Lift(stop);
  ExpectHalfUndone();
}

TEST_F(RestOfARollback, IsCancelledWhileAnAttemptIsPlanned) {
  story_.installation().has_free_worker = false;
  story_.Approve("bob", "rollback:Migrate");
  ASSERT_EQ(story_.status(), "executing");
  story_.Cancel();
  ExpectHalfUndone();
}

TEST(RollbackStage, IsAskedForNobodysEarlyVote) {
  Workflow workflow = Undoable();
  workflow.rollbacks.front().gate->votes.holds_early = true;
  Story story = Created(workflow);

  EXPECT_EQ(CodeOf(story.Approve("bob", "rollback:Deploy")), "gate_not_open");
}

TEST(RollbackStage, AnOverrideOfItIsReviewed) {
  Workflow workflow = Undoable();
  workflow.overriding = OverrideSpec{};
  workflow.review = Asks(std::string(kReviewStage), Gate({Leaf("audit")}));
  Story story = Executed(workflow);
  story.RollBack();
  story.Override(OverrideKind::kGate);
  story.Finish(AttemptEnd::kSucceeded);
  story.Finish(AttemptEnd::kSucceeded);
  ASSERT_EQ(story.run().current_stage, StageName{kReviewStage});

  story.Approve("auditor", kReviewStage);
  EXPECT_EQ(story.status(), "rolled_back");
}

TEST(RollbackStage, ARunThatIsRolledBackIsNotMoved) {
  Story story = Executed();
  story.RollBack();
  Workflow other = Undoable();
  other.version = WorkflowVersion{"another"};

  EXPECT_THAT(DetailOf(story.Do(MigrateRun{Person("operator"), &other, {}, {}, {}, {}})),
              HasSubstr("while it is rolled back"));
}

}  // namespace
}  // namespace gatewright::core::test
