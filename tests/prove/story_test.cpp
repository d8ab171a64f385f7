// tests/prove/story_test.cpp: what a proof of a good workflow says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/prove/support.h"

namespace gatewright::proof::test {
namespace {

core::Workflow Careful() {
  core::GateSpec qa = Gate({Leaf("qa")});
  core::GateSpec devops = Gate({Leaf("devops")});
  qa.separation.excludes_requester = true;
  devops.separation.excludes_requester = true;
  devops.separation.excludes_previous_voters = true;
  return WorkflowOf({Asks("QA", qa), Acts("Deploy", RetriedAction(2), devops)});
}

TEST(Prove, AWorkflowWithoutDefectsIsProven) {
  const Proof proof = ProofOf(Careful());
  EXPECT_EQ(proof.Overall(true), Verdict::kProven);
  for (const Answer& answer : proof.answers) {
    EXPECT_EQ(answer.verdict, Verdict::kProven) << SentenceOf(answer.property);
    EXPECT_TRUE(answer.findings.empty());
  }
  EXPECT_EQ(proof.answers.size(), 12U);
  EXPECT_TRUE(proof.limits.empty());
  EXPECT_GT(proof.states, 20U);
  EXPECT_GT(proof.transitions, proof.states);
}

TEST(Prove, ItSaysWhichPeopleItTried) {
  std::vector<std::string> names;
  for (const Person& person : ProofOf(Careful()).people) names.push_back(person.name);
  EXPECT_THAT(names, ::testing::IsSupersetOf(
                         {"requester", "all-rounder", "qa-1", "qa-2", "devops-1", "devops-2"}));
}

TEST(Prove, EverythingAWorkflowMaySayAtOnceIsProven) {
  core::Workflow workflow = Careful();
  core::GateSpec& gate = *workflow.stages[0].gate;
  gate.deadline = core::Deadline{std::chrono::hours{8}, "", core::OnTimeout::kReject, {}, {}};
  gate.deadline->levels.push_back(
      {std::chrono::hours{4}, {"role", R"({"role":"lead"})"}, {RuleId{"qa"}}});
  gate.auto_voters.push_back({"small", {"match", "{}"}, {RuleId{"qa"}}, false});
  gate.needs_human = true;
  gate.votes.ttl = std::chrono::hours{72};
  gate.votes.on_subject_change = core::OnSubjectChange::kKeepIf;
  workflow.stages[1].gate->votes.holds_early = true;
  workflow.stages[1].wait = std::chrono::minutes{10};
  workflow.stages[1].action->is_safe_to_rerun = true;
  workflow.lock =
      core::LockSpec{{"env"}, core::LockAcquire::kAfterGate, core::LockMode::kLatestWins, 1, {}};
  workflow.calendar = core::CalendarUse{"hours", Duration{0}};
  const Proof proof = ProofOf(workflow);
  for (const Answer& answer : proof.answers) {
    std::string how;
    for (const Finding& one : answer.findings) how += one.message + "\n" + ToYaml(one.script, "");
    EXPECT_EQ(answer.verdict, Verdict::kProven) << SentenceOf(answer.property) << "\n"
                                                << how << answer.why_not_proven;
  }
}

// Gates before an action that was done are behind the run, and so is the action's own.
TEST(Prove, OldVotesBehindAnActionRepeatNothing) {
  core::GateSpec aging = Gate({Leaf("qa")});
  aging.votes.ttl = std::chrono::hours{2};
  const Proof proof = ProofOf(WorkflowOf(
      {Acts("Stage", Action(), aging), Acts("Deploy", Action(), Gate({Leaf("devops")}))}));
  EXPECT_EQ(proof.Of(Property::kOnce).verdict, Verdict::kProven);
  const Answer& gated = proof.Of(Property::kGated);
  EXPECT_EQ(gated.verdict, Verdict::kProven)
      << (gated.findings.empty() ? "" : ToYaml(gated.findings.front().script, ""));
}

TEST(Prove, EverybodyListedHasToAgree) {
  core::GateSpec all = Gate({Leaf("qa")});
  all.rules.children[0].needs_all = true;
  const Proof proof = ProofOf(WorkflowOf({Acts("Deploy", Action(), all)}));
  EXPECT_EQ(proof.Of(Property::kGated).verdict, Verdict::kProven);
  EXPECT_EQ(proof.Of(Property::kGatesSatisfiable).verdict, Verdict::kProven);
  EXPECT_EQ(proof.Of(Property::kEnds).verdict, Verdict::kProven);
}

}  // namespace
}  // namespace gatewright::proof::test
