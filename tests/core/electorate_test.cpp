// tests/core/electorate_test.cpp: gates whose people are listed: need: all, gates that nobody can
// satisfy, what escalation and an operator can do about it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/core/electorate.h"
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

Workflow AllOfQa() {
  Rule leaf = Leaf("qa");
  leaf.needs_all = true;
  return WorkflowOf({Asks("QA", Gate({leaf}))});
}

Story Created(Workflow workflow) {
  Story story(std::move(workflow));
  story.installation().has_directory = true;
  story.Create();
  return story;
}

RecordEligible Listed(std::vector<std::string> people, Epoch epoch = Epoch{1}) {
  RecordEligible record;
  record.stage = StageName{"QA"};
  record.epoch = epoch;
  record.rules = {{RuleId{"qa"}, {}}};
  for (std::string& person : people) record.rules[0].people.emplace_back(std::move(person));
  return record;
}

TEST(NeedAll, AsksWhoTheyAreAndWaitsForAllOfThem) {
  Story story(AllOfQa());
  story.installation().has_directory = true;
  EXPECT_THAT(EffectsOf(story.Create()), Contains(Effect{ListEligible{StageName{"QA"}, Epoch{1}}}));
  EXPECT_THAT(Names(story.Do(Listed({"alice", "bob"}))), ElementsAre("EligibleListed"));
  story.Approve("alice", "QA");
  EXPECT_EQ(story.status(), "waiting");
  story.Approve("bob", "QA");
  EXPECT_EQ(story.status(), "succeeded");
}

TEST(NeedAll, NothingIsSatisfiedBeforeTheyAreKnown) {
  Story story = Created(AllOfQa());
  story.Approve("alice", "QA");
  EXPECT_EQ(story.status(), "waiting");

  EXPECT_THAT(Names(story.Do(Listed({"alice"}))), Contains("GateSatisfied"));
}

TEST(NeedAll, MeansTheseVeryPeople) {
  Story story = Created(AllOfQa());
  story.Do(Listed({"alice", "bob"}));
  story.Approve("alice", "QA");
  story.Approve("carol", "QA");  // has the role only since

  EXPECT_EQ(story.status(), "waiting") << "bob was never asked";
}

TEST(NeedAll, ADelegateFillsThePlaceOfTheirDelegator) {
  Story story = Created(AllOfQa());
  story.Do(Listed({"alice", "bob"}));
  story.Approve("alice", "QA");
  auto vote = story.VoteBy(Person("carol"), "QA", Choice::kApprove);
  vote.on_behalf_of = PrincipalId{"bob"};

  EXPECT_THAT(Names(story.Do(vote)), Contains("GateSatisfied"));
}

TEST(NeedAll, LeavesOutWhomSeparationOfDutiesKeepsOut) {
  Workflow workflow = AllOfQa();
  workflow.stages[0].gate->separation.excludes_requester = true;
  Story story = Created(workflow);
  story.Do(Listed({"requester", "bob"}));

  story.Approve("bob", "QA");
  EXPECT_EQ(story.status(), "succeeded");
}

TEST(NeedAll, OfNobodyIsAnIncident) {
  Story story = Created(AllOfQa());

  EXPECT_THAT(Names(story.Do(Listed({}))), ElementsAre("EligibleListed", "IncidentRaised"));
}

Workflow TwoOfQa(std::optional<Deadline> deadline = std::nullopt) {
  Workflow workflow = WorkflowOf({Asks("QA", Gate({Leaf("qa", 2)}))});
  workflow.stages[0].gate->deadline = std::move(deadline);
  return workflow;
}

TEST(Impossible, IsAnIncidentAtOnce) {
  Story story = Created(TwoOfQa());

  EXPECT_THAT(Names(story.Do(Listed({"alice"}))), ElementsAre("EligibleListed", "IncidentRaised"));
  EXPECT_EQ(story.status(), "needs_attention");
  EXPECT_EQ(story.run().incident->code, "gate_impossible");
  EXPECT_EQ(CodeOf(story.Approve("alice", "QA")), "gate_not_open");
}

TEST(Impossible, TheSameListAgainChangesNothing) {
  Story story = Created(TwoOfQa());
  story.Do(Listed({"alice", "bob"}));

  EXPECT_THAT(Names(story.Do(Listed({"alice", "bob"}))), IsEmpty());
}

TEST(Impossible, ARuleNobodyCanListIsNot) {
  Story story = Created(TwoOfQa());
  RecordEligible unknown = Listed({});
  unknown.rules.clear();

  EXPECT_THAT(Names(story.Do(unknown)), ElementsAre("EligibleListed"));
  EXPECT_EQ(story.status(), "waiting");
}

TEST(Impossible, TheSamePeopleForTwoRulesAreTooFew) {
  Workflow workflow = WorkflowOf({Asks("QA", Gate({Leaf("qa"), Leaf("lead")}))});
  Story story = Created(workflow);
  RecordEligible one = Listed({"alice"});
  one.rules.push_back({RuleId{"lead"}, {PrincipalId{"alice"}}});
  EXPECT_THAT(Names(story.Do(one)), Contains("IncidentRaised"));

  workflow.stages[0].gate->is_distinct = false;
  Story shared = Created(workflow);
  EXPECT_THAT(Names(shared.Do(one)), ElementsAre("EligibleListed"));
}

TEST(Impossible, APolicyMayFillWhatPeopleCannot) {
  Workflow workflow = TwoOfQa();
  workflow.stages[0].gate->auto_voters = {{"ok", {"expr", "{}"}, {RuleId{"qa"}}, false}};
  Story story = Created(workflow);

  EXPECT_THAT(Names(story.Do(Listed({"alice"}))), ElementsAre("EligibleListed"));
}

TEST(Impossible, EscalationIsTriedFirst) {
  Deadline deadline = DeadlineOf(hours{24});
  deadline.levels = {{hours{12}, {"role", "{}"}, {}}};
  Story story = Created(TwoOfQa(deadline));

  const Decision decision = story.Do(Listed({"alice"}));
  EXPECT_THAT(Names(decision), ElementsAre("EligibleListed", "GateEscalated"));
  EXPECT_THAT(EffectsOf(decision), Contains(Effect{ListEligible{StageName{"QA"}, Epoch{1}}}));
  EXPECT_EQ(story.status(), "waiting");
  EXPECT_THAT(Names(story.Do(Listed({"lead"}))), Contains("IncidentRaised"));
}

TEST(Impossible, ResolvedAsRetryItIsAskedAgain) {
  Story story = Created(TwoOfQa(DeadlineOf(hours{24})));
  EXPECT_THAT(EffectsOf(story.Do(Listed({"alice"}))),
              Contains(Effect{ClearTimer{TimerKind::kGateDeadline}}));

  const Decision retry = story.Resolve(Resolution::kRetry);
  EXPECT_THAT(Names(retry), ElementsAre("IncidentResolved", "GateOpened"));
  EXPECT_THAT(EffectsOf(retry), Contains(Effect{ListEligible{StageName{"QA"}, Epoch{2}}}));
  EXPECT_THAT(Names(story.Do(Listed({"alice", "bob"}, Epoch{2}))), ElementsAre("EligibleListed"));
  EXPECT_EQ(story.status(), "waiting");
}

TEST(Impossible, VotesCastBeforeAreKeptByARetry) {
  Story story = Created(TwoOfQa());
  story.Approve("alice", "QA");
  story.Do(Listed({"alice"}));
  story.Resolve(Resolution::kRetry);

  EXPECT_EQ(story.votes("QA").size(), 1U);
  EXPECT_THAT(story.votes("QA").front().carried_reason, HasSubstr("looked at the servers"));
}

TEST(Impossible, ResolvedAsSucceededIsRefusedBecauseOnlyVotesSatisfyAGate) {
  Story story = Created(TwoOfQa());
  story.Do(Listed({"alice"}));

  EXPECT_EQ(CodeOf(story.Resolve(Resolution::kSucceeded)), "not_possible");
  story.Resolve(Resolution::kFailed);
  EXPECT_EQ(story.status(), "failed");
}

// The newest attempt's stage was tried again once, though it had succeeded long before.
TEST(Impossible, ARetryOfTheFailedRunAsksThatGateAndRepeatsNoAction) {
  Workflow workflow = TwoOfQa();
  workflow.stages.insert(workflow.stages.begin(), Acts("Build", Action()));
  Story story = Created(workflow);
  story.Finish(AttemptEnd::kSucceeded);
  story.Do(Listed({"alice"}));
  story.Resolve(Resolution::kFailed);

  EXPECT_THAT(Names(story.Retry()), ElementsAre("RunRetried", "GateOpened"));
  EXPECT_EQ(story.run().current_stage, StageName{"QA"});
}

TEST(Impossible, AListOfAnotherEpochIsRefused) {
  Story story = Created(TwoOfQa());

  EXPECT_EQ(CodeOf(story.Do(Listed({"alice"}, Epoch{2}))), "gate_not_open");
}

}  // namespace
}  // namespace gatewright::core::test
