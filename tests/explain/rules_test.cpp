// tests/explain/rules_test.cpp: the rule tree as people see it: who fills what, and who still can.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/support/build.h"
#include "tests/explain/scene.h"

namespace gatewright::core::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<RulePeople> QaAre(std::vector<std::string> names) {
  return {{RuleId{"qa"}, People(std::move(names))}};
}

TEST(ExplainRules, AnOpenGateSaysHowManyAreMissingAndWhoCanHelp) {
  Scene scene(WorkflowOf({Asks("QA", Gate({Leaf("qa", 2)}))}));
  scene.Create();
  scene.List(QaAre({"alice", "bob", "carol"}));
  scene.Vote("alice", Choice::kApprove, {"qa"});

  const Explanation why = scene.Why();
  EXPECT_EQ(why.summary,
            "Gate 'QA' waits for 1 more approval for 'qa'; bob and carol can still approve");
  const RuleNode& qa = why.gate->rules.children.at(0);
  EXPECT_EQ(qa.state, NodeState::kOpen);
  EXPECT_EQ(qa.need, 2U);
  EXPECT_EQ(qa.have, 1U);
  EXPECT_EQ(qa.from.plugin, "role");
  EXPECT_THAT(qa.filled_by, ElementsAre(PrincipalId{"alice"}));
  EXPECT_EQ(qa.people, People({"alice", "bob", "carol"}));
  EXPECT_EQ(qa.can_fill, People({"bob", "carol"}));
  EXPECT_EQ(why.waits_for.at(0).who, People({"bob", "carol"}));
}

TEST(ExplainRules, WhereNobodyKnowsThePeopleItNamesNone) {
  Scene scene(WorkflowOf({Asks("QA", Gate({Leaf("qa")}))}));
  scene.Create();
  const Explanation why = scene.Why();
  EXPECT_EQ(why.summary, "Gate 'QA' waits for 1 more approval for 'qa'");
  EXPECT_EQ(why.gate->rules.children.at(0).people, std::nullopt);
  EXPECT_EQ(why.gate->rules.children.at(0).can_fill, std::nullopt);
}

TEST(ExplainRules, WhomSeparationOfDutiesKeepsOutIsNotAmongThePeople) {
  GateSpec gate = Gate({Leaf("qa")});
  gate.separation.excludes_requester = true;
  Scene scene(WorkflowOf({Asks("QA", gate)}));
  scene.Create("alice");
  scene.List(QaAre({"alice", "bob"}));
  EXPECT_EQ(scene.Why().gate->rules.children.at(0).people, People({"bob"}));
}

TEST(ExplainRules, OnePersonFillsOneOfTwoRules) {
  Scene scene(WorkflowOf({Asks("QA", Gate({Leaf("qa"), Leaf("security")}))}));
  scene.Create();
  scene.Vote("alice", Choice::kApprove, {"qa", "security"});
  const Explanation why = scene.Why();
  EXPECT_EQ(why.gate->rules.children.at(0).have, 1U);
  EXPECT_EQ(why.gate->rules.children.at(1).have, 0U);
  EXPECT_EQ(why.summary, "Gate 'QA' waits for 1 more approval for 'security'");
}

TEST(ExplainRules, AVoteThatNoRuleNeedsIsSpare) {
  Scene scene(WorkflowOf({Asks("QA", Gate({Leaf("qa"), Leaf("security")}))}));
  scene.Create();
  scene.Vote("alice", Choice::kApprove, {"qa"});
  scene.Vote("bob", Choice::kApprove, {"qa"});
  EXPECT_THAT(scene.Why().gate->spare, ElementsAre(PrincipalId{"bob"}));
}

TEST(ExplainRules, ChoicesAreTold) {
  Scene scene(WorkflowOf({Asks(
      "QA",
      Gate({Leaf("lead"), Any({Leaf("qa", 2), NOf(2, {Leaf("a"), Leaf("b"), Leaf("c")})})}))}));
  scene.Create();
  EXPECT_EQ(scene.Why().summary,
            "Gate 'QA' waits for 1 more approval for 'lead' and (2 more approvals for 'qa' or "
            "(2 of: 1 more approval for 'a', 1 more approval for 'b', 1 more approval for 'c'))");
}

// Filling the leaves in order gives alice to the first one, which leaves both open.
TEST(ExplainRules, AWayThroughTheTreeThatThereIsIsFound) {
  GateSpec gate = Gate({Any({Leaf("two", 2), Leaf("one")})});
  gate.reject.kind = RejectKind::kBlock;
  Scene scene(WorkflowOf({Asks("QA", gate)}));
  scene.Create();
  scene.Vote("mallory", Choice::kReject, {"two"});
  scene.Vote("alice", Choice::kApprove, {"two", "one"});
  const Explanation why = scene.Why();
  EXPECT_EQ(why.gate->rules.state, NodeState::kSatisfied);
  EXPECT_EQ(why.gate->rules.children.at(0).children.at(1).state, NodeState::kSatisfied);
  EXPECT_TRUE(why.gate->is_blocked);
  EXPECT_THAT(why.gate->rejected_by, ElementsAre(PrincipalId{"mallory"}));
  EXPECT_EQ(why.summary, "Gate 'QA' is held shut by the reject of mallory until it is withdrawn");
}

TEST(ExplainRules, AGateThatNeedsAPersonSaysSo) {
  GateSpec gate = Gate({Leaf("qa")});
  gate.needs_human = true;
  gate.auto_voters = {{"risk", {"match", "{}"}, {RuleId{"qa"}}, false}};
  Scene scene(WorkflowOf({Asks("QA", gate)}));
  scene.Create();
  EXPECT_THAT(Kinds(scene.Why().waits_for), ElementsAre("votes", "policy"));
  scene.Do(RecordPolicyVote{"risk", StageName{"QA"}, Epoch{1}, Choice::kApprove, "low", ""});
  const Explanation why = scene.Why();
  EXPECT_EQ(why.gate->rules.state, NodeState::kSatisfied);
  EXPECT_THAT(why.gate->rules.children.at(0).policies, ElementsAre(PrincipalId{"policy:risk"}));
  EXPECT_THAT(why.summary, HasSubstr("waits for the approval of a person"));
}

TEST(ExplainRules, AnImpossibleGateIsAnIncidentAndItsTreeSaysWhere) {
  Scene scene(WorkflowOf({Asks("QA", Gate({Leaf("qa", 2), Leaf("lead")}))}));
  scene.Create();
  scene.List({{RuleId{"qa"}, People({"alice"})}, {RuleId{"lead"}, People({"bob"})}});
  const Explanation why = scene.Why();
  EXPECT_THAT(Kinds(why.waits_for), ElementsAre("incident"));
  EXPECT_EQ(why.gate->rules.state, NodeState::kImpossible);
  EXPECT_EQ(why.gate->rules.children.at(0).state, NodeState::kImpossible);
  EXPECT_EQ(why.gate->rules.children.at(1).state, NodeState::kOpen);
  EXPECT_THAT(why.summary, HasSubstr("cannot be satisfied"));
}

// Each rule alone could be filled, but not both: there is one person for two.
TEST(ExplainRules, AGateMayBeImpossibleThoughEachOfItsRulesIsNot) {
  Scene scene(WorkflowOf({Asks("QA", Gate({Leaf("qa"), Leaf("lead")}))}));
  scene.Create();
  scene.List({{RuleId{"qa"}, People({"alice"})}, {RuleId{"lead"}, People({"alice"})}});
  const RuleNode rules = scene.Why().gate->rules;
  EXPECT_EQ(rules.state, NodeState::kImpossible);
  EXPECT_EQ(rules.children.at(0).state, NodeState::kOpen);
}

TEST(ExplainRules, EverybodyIsANumberOnceThePeopleAreKnown) {
  Rule all = Leaf("qa");
  all.needs_all = true;
  Scene scene(WorkflowOf({Asks("QA", Gate({all}))}));
  scene.Create();
  EXPECT_FALSE(scene.Why().gate->rules.children.at(0).is_need_known);
  EXPECT_THAT(scene.Why().summary, HasSubstr("the approval of everybody whom 'qa' asks"));
  scene.List(QaAre({"alice", "bob"}));
  EXPECT_EQ(scene.Why().gate->rules.children.at(0).need, 2U);
}

TEST(ExplainRules, AnEscalationShowsWhoElseIsAsked) {
  GateSpec gate = Gate({Leaf("qa"), Leaf("lead")});
  gate.deadline = Deadline{};
  gate.deadline->after = std::chrono::hours{4};
  gate.deadline->on_timeout = OnTimeout::kReject;
  gate.deadline->reminders = {std::chrono::hours{1}};
  gate.deadline->levels = {
      {std::chrono::hours{2}, {"group", R"({"group":"boss"})"}, {RuleId{"qa"}}}};
  Scene scene(WorkflowOf({Asks("QA", gate)}));
  scene.Create();
  const Time opened = scene.now;

  Explanation why = scene.Why();
  EXPECT_EQ(why.gate->next_escalation->at, opened + std::chrono::hours{2});
  EXPECT_EQ(why.gate->next_reminder, opened + std::chrono::hours{3});
  EXPECT_EQ(why.waits_for.at(0).until, opened + std::chrono::hours{4});
  EXPECT_EQ(why.waits_for.at(0).then, "the gate counts as rejected");
  EXPECT_THAT(why.gate->rules.children.at(0).also_from, IsEmpty());

  scene.now += std::chrono::hours{2};
  scene.Do(GateDue{StageName{"QA"}, Epoch{1}});
  why = scene.Why();
  EXPECT_EQ(why.gate->next_escalation, std::nullopt);
  EXPECT_EQ(why.gate->rules.children.at(0).also_from.size(), 1U);
  EXPECT_THAT(why.gate->rules.children.at(1).also_from, IsEmpty());
}

}  // namespace
}  // namespace gatewright::core::test
