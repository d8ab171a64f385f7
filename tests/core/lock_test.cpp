// tests/core/lock_test.cpp: runs at locks: standing in line, taking, giving back, being superseded,
// having them taken away; fencing tokens that rise over all runs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/support/build.h"
#include "tests/core/support/story.h"

namespace gatewright::core::test {
namespace {

using std::chrono::hours;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const SubjectFacts kProd{{"prod"}, {}};

Workflow Locked(LockMode mode = LockMode::kFifo, LockAcquire acquire = LockAcquire::kAfterGate,
                std::uint32_t limit = 1) {
  Workflow workflow = WorkflowOf({Acts("Deploy", Action(), Gate({Leaf("release")}))});
  workflow.lock = LockSpec{{"prod"}, acquire, mode, limit, std::nullopt};
  return workflow;
}

Workflow LockedFirst(std::optional<Duration> ttl = std::nullopt) {
  Workflow workflow = Locked(LockMode::kFifo, LockAcquire::kBeforeGate);
  workflow.lock->ttl = ttl;
  return workflow;
}

// A created run of its own, approved where `is_approved`.
Story RunOf(Workflow workflow, Installation& shared, std::int64_t id, bool is_approved = true) {
  Story story(std::move(workflow), shared, RunId{id});
  story.CreateWith(kProd);
  if (is_approved) story.Approve("bob", "Deploy");
  return story;
}

TEST(Lock, IsTakenWithTheVoteThatSatisfiesTheGate) {
  Story story(Locked());
  story.CreateWith(kProd);

  EXPECT_THAT(Names(story.Approve("bob", "Deploy")),
              ElementsAre("VoteCast", "GateSatisfied", "LocksTaken", "AttemptStarted"));
  EXPECT_EQ(ToString(story.run().locks.state), "held");
}

TEST(Lock, IsGivenBackWhenTheRunEnds) {
  Installation shared;
  Story story = RunOf(Locked(), shared, 1);

  EXPECT_THAT(Names(story.Finish(AttemptEnd::kSucceeded)),
              ElementsAre("AttemptEnded", "StageDone", "LocksReleased", "RunFinished"));
  EXPECT_THAT(shared.locks.Keys(), IsEmpty());
}

TEST(Lock, ASecondRunStandsInLineUntilItIsFree) {
  Installation shared;
  Story first = RunOf(Locked(), shared, 1);
  Story second(Locked(), shared, RunId{2});
  second.CreateWith(kProd);

  EXPECT_THAT(Names(second.Approve("bob", "Deploy")),
              ElementsAre("VoteCast", "GateSatisfied", "LocksQueued", "ActionBlocked"));
  EXPECT_EQ(second.status(), "blocked");
  EXPECT_EQ(ToString(second.run().holds.front().kind), "lock");
  EXPECT_THAT(Names(second.TryStart()), IsEmpty()) << "it is still held";

  first.Finish(AttemptEnd::kSucceeded);
  EXPECT_THAT(shared.locks.Waiting({"prod"}), ElementsAre(RunId{2}));
  EXPECT_THAT(Names(second.TryStart()), ElementsAre("LocksTaken", "AttemptStarted"));
}

TEST(Lock, ALineOfThreeMovesInOrderWhoeverIsWokenFirst) {
  Installation shared;
  Story first = RunOf(Locked(), shared, 1);
  Story second = RunOf(Locked(), shared, 2);
  Story third = RunOf(Locked(), shared, 3);
  first.Finish(AttemptEnd::kSucceeded);

  EXPECT_THAT(Names(third.TryStart()), IsEmpty());
  EXPECT_THAT(Names(second.TryStart()), Contains("AttemptStarted"));
  second.Finish(AttemptEnd::kFailed);
  EXPECT_THAT(Names(third.TryStart()), Contains("AttemptStarted"));
}

TEST(Lock, FencingTokensRiseOverRunsAndAttempts) {
  Workflow workflow = Locked();
  workflow.stages.front().action = RetriedAction(2);
  Installation shared;
  Story first = RunOf(workflow, shared, 1);
  // A long life before its first attempt gives a run no higher token.
  Story second = RunOf(workflow, shared, 2);
  const auto token = [](const Story& story) { return story.run().attempts.back().fencing_token; };
  const auto of_first = token(first);
  first.Finish(AttemptEnd::kFailed, FailureClass::kTransient);
  first.Advance(hours{1});
  first.StartAttempt();
  const auto of_retry = token(first);
  first.Finish(AttemptEnd::kSucceeded);
  second.TryStart();

  EXPECT_LT(of_first, of_retry);
  EXPECT_LT(of_retry, token(second));
}

TEST(Lock, ARunWithoutKeysNeedsNone) {
  Installation shared;
  Story first = RunOf(Locked(), shared, 1);
  Story other(Locked(), shared, RunId{2});
  other.CreateWith({});

  EXPECT_THAT(Names(other.Approve("bob", "Deploy")),
              ElementsAre("VoteCast", "GateSatisfied", "AttemptStarted"));
}

TEST(Lock, APersonWhoDecidesHoldsNobodyUp) {
  Workflow workflow = Locked();
  workflow.stages.push_back(Acts("Verify", Action(), Gate({Leaf("qa")})));
  Installation shared;
  Story first = RunOf(workflow, shared, 1);
  Story second = RunOf(workflow, shared, 2);

  EXPECT_THAT(Names(first.Finish(AttemptEnd::kSucceeded)),
              ElementsAre("AttemptEnded", "StageDone", "GateOpened", "LocksReleased"));
  EXPECT_THAT(Names(second.TryStart()), Contains("AttemptStarted"));
}

TEST(Lock, ARunAskedAgainLeavesTheLine) {
  Installation shared;
  Story holder = RunOf(Locked(), shared, 1);
  Story asked_again = RunOf(Locked(), shared, 2);
  Story behind = RunOf(Locked(), shared, 3);

  asked_again.ChangeSubject("d2");
  EXPECT_EQ(asked_again.status(), "waiting");
  holder.Finish(AttemptEnd::kSucceeded);

  EXPECT_THAT(Names(behind.TryStart()), Contains("AttemptStarted"));
}

TEST(Lock, BeforeTheGateNobodyIsAskedUntilItIsHeld) {
  Installation shared;
  Story first = RunOf(LockedFirst(), shared, 1, false);
  Story second(LockedFirst(), shared, RunId{2});

  EXPECT_THAT(Names(second.CreateWith(kProd)),
              ElementsAre("RunCreated", "LocksQueued", "ActionBlocked"));
  EXPECT_EQ(CodeOf(second.Approve("bob", "Deploy")), "gate_not_open");
  first.Cancel();
  EXPECT_THAT(Names(second.TryStart()), ElementsAre("LocksTaken", "GateOpened"));
  EXPECT_EQ(second.status(), "waiting");
}

TEST(Lock, BeforeTheGateItsTimeIsLimited) {
  Installation shared;
  Story first = RunOf(LockedFirst(hours{1}), shared, 1, false);
  Story second = RunOf(LockedFirst(hours{1}), shared, 2, false);
  EXPECT_EQ(CodeOf(first.Do(ExpireLocks{})), "not_possible") << "its time is not over";
  shared.Advance(hours{1});

  EXPECT_THAT(Names(first.Do(ExpireLocks{})), ElementsAre("LocksReleased"));
  EXPECT_THAT(Names(second.TryStart()), ElementsAre("LocksTaken", "GateOpened"));
  EXPECT_THAT(Names(first.Approve("bob", "Deploy")),
              ElementsAre("VoteCast", "GateSatisfied", "LocksQueued", "ActionBlocked"))
      << "it may still be approved, and stands in line for its action";
}

// The gate of the epoch before was satisfied: what was approved was another subject.
TEST(Lock, BeforeTheGateAnotherSubjectWithOtherKeysIsAskedAgainBeforeItActs) {
  Installation shared;
  Workflow workflow = LockedFirst();
  workflow.stages.front().wait = hours{1};
  Story other(workflow, shared, RunId{1});
  other.CreateWith({{"test"}, {}});
  Story story = RunOf(workflow, shared, 2);
  ASSERT_EQ(story.status(), "blocked") << "it waits between its gate and its action";

  ChangeSubject change;
  change.actor = Person("requester");
  change.subject_digest = "d2";
  change.facts = {{"test"}, {}};
  EXPECT_THAT(Names(story.Do(change)),
              ElementsAre("SubjectChanged", "VotesOutdated", "LocksReleased", "LocksQueued",
                          "ActionBlocked"));
  other.Cancel();
  story.Advance(hours{2});

  EXPECT_THAT(Names(story.TryStart()), ElementsAre("LocksTaken", "GateOpened"));
  EXPECT_EQ(story.status(), "waiting");
  EXPECT_THAT(story.votes("Deploy"), IsEmpty());
}

TEST(Lock, BeforeTheGateARetryIsAskedAgainBeforeItActs) {
  Installation shared;
  Story story = RunOf(LockedFirst(), shared, 1);
  story.Finish(AttemptEnd::kFailed);
  Story other = RunOf(LockedFirst(), shared, 2, false);

  EXPECT_THAT(Names(story.Retry()),
              ElementsAre("RunRetried", "VotesOutdated", "LocksQueued", "ActionBlocked"));
  other.Cancel();
  EXPECT_THAT(Names(story.TryStart()), ElementsAre("LocksTaken", "GateOpened"));
  EXPECT_EQ(story.status(), "waiting");
}

// An open gate is not a satisfied one: the action started without a vote.
TEST(Lock, BeforeTheGateAnIncidentOfTheGateIsAskedAgainBeforeItActs) {
  Workflow workflow = LockedFirst();
  workflow.stages.front().gate->rules = All({Leaf("release", 2)});
  workflow.overriding = OverrideSpec{};
  Installation shared;
  Story story = RunOf(workflow, shared, 1, false);
  RecordEligible nobody;
  nobody.stage = StageName{"Deploy"};
  nobody.rules = {{RuleId{"release"}, {}}};
  story.Do(nobody);
  ASSERT_EQ(story.status(), "needs_attention");
  story.Override(OverrideKind::kLock);
  Story other = RunOf(workflow, shared, 2, false);

  EXPECT_THAT(Names(story.Resolve(Resolution::kRetry)),
              ElementsAre("IncidentResolved", "LocksQueued", "ActionBlocked"));
  other.Cancel();
  EXPECT_THAT(Names(story.TryStart()), ElementsAre("LocksTaken", "GateOpened"));
  EXPECT_EQ(story.status(), "waiting");
}

TEST(Lock, ASupersededRunHasNoAttemptLeft) {
  Workflow workflow = Locked(LockMode::kLatestWins);
  workflow.stages.front().action = RetriedAction(3);
  Installation shared;
  Story story = RunOf(workflow, shared, 1);
  story.Finish(AttemptEnd::kFailed, FailureClass::kTransient);
  shared.StopAll();
  shared.Advance(hours{1});
  story.StartAttempt();
  ASSERT_EQ(story.status(), "blocked");

  EXPECT_THAT(Names(story.Do(SupersedeRun{RunId{2}})),
              ElementsAre("AttemptEnded", "LocksReleased", "RunFinished"));
  EXPECT_EQ(story.run().OpenAttempt(), nullptr);
}

TEST(Lock, LatestWinsAsksForTheOlderOnesToGo) {
  Installation shared;
  Story first = RunOf(Locked(LockMode::kLatestWins), shared, 1);
  Story second = RunOf(Locked(LockMode::kLatestWins), shared, 2);
  Story third(Locked(LockMode::kLatestWins), shared, RunId{3});
  third.CreateWith(kProd);

  EXPECT_THAT(EffectsOf(third.Approve("bob", "Deploy")),
              Contains(Effect{SupersedeRuns{{RunId{1}, RunId{2}}}}));
  EXPECT_EQ(CodeOf(first.Do(SupersedeRun{RunId{3}})), "not_possible") << "it is executing";
  EXPECT_THAT(Names(second.Do(SupersedeRun{RunId{3}})),
              ElementsAre("LocksReleased", "RunFinished"));
  EXPECT_EQ(second.status(), "superseded");
  EXPECT_THAT(second.run().finish_reason, HasSubstr("run 3 took its place"));
}

TEST(Lock, LatestWinsNeverRemovesANewerRun) {
  Installation shared;
  Story holder = RunOf(Locked(LockMode::kLatestWins), shared, 1);
  Story older = RunOf(Locked(LockMode::kLatestWins), shared, 2);
  const auto stop = shared.StopAll();
  older.TryStart();  // leaves the line
  shared.Lift(stop);
  Story newer = RunOf(Locked(LockMode::kLatestWins), shared, 3);

  for (const Effect& effect : EffectsOf(older.TryStart())) {
    const auto* supersede = std::get_if<SupersedeRuns>(&effect);
    if (supersede == nullptr) continue;
    EXPECT_THAT(supersede->runs, Not(Contains(RunId{3})));
  }
}

TEST(Lock, AnOverrideTakesItAwayAndTheNextOneGetsIt) {
  Workflow workflow = Locked();
  workflow.overriding = OverrideSpec{};
  Installation shared;
  Story stuck = RunOf(workflow, shared, 1);
  Story next = RunOf(workflow, shared, 2);

  EXPECT_THAT(Names(stuck.Override(OverrideKind::kLock)),
              ElementsAre("OverrideGranted", "LocksReleased"));
  EXPECT_EQ(stuck.status(), "executing");
  EXPECT_THAT(Names(next.TryStart()), Contains("AttemptStarted"));
  EXPECT_GT(next.run().attempts.back().fencing_token, stuck.run().attempts.back().fencing_token);
}

TEST(Lock, AChildRunUsesItsParentsLock) {
  Installation shared;
  Story parent = RunOf(Locked(), shared, 1);
  Story child(Locked(), shared, RunId{2});
  child.CreateWith(kProd, RunId{1});

  EXPECT_THAT(Names(child.Approve("bob", "Deploy")), Contains("AttemptStarted"));
}

TEST(Lock, AnUnknownEndKeepsItUntilSomebodyLooked) {
  Installation shared;
  Story first = RunOf(Locked(), shared, 1);
  Story second = RunOf(Locked(), shared, 2);
  first.Finish(AttemptEnd::kUnknown);

  EXPECT_EQ(ToString(first.run().locks.state), "held");
  EXPECT_THAT(Names(second.TryStart()), IsEmpty());
  first.Resolve(Resolution::kFailed);
  EXPECT_THAT(Names(second.TryStart()), Contains("AttemptStarted"));
}

}  // namespace
}  // namespace gatewright::core::test
