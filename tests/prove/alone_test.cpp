// tests/prove/alone_test.cpp: what one person, or no person at all, can pass.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/prove/support.h"

namespace gatewright::proof::test {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

TEST(ProveAlone, WithoutSeparationOfDutiesTheRequesterPassesAlone) {
  const core::Workflow workflow =
      WorkflowOf({Asks("QA", Gate({Leaf("qa")})), Asks("DevOps", Gate({Leaf("devops")}))});
  const Proof proof = ProofOf(workflow);
  const Answer& answer = proof.Of(Property::kNotByRequester);
  ASSERT_EQ(answer.verdict, Verdict::kViolated);
  ASSERT_THAT(answer.findings, SizeIs(1));
  const Script& script = answer.findings.front().script;
  EXPECT_THAT(script.steps, SizeIs(3));
  EXPECT_THAT(script.people, SizeIs(1));
  EXPECT_EQ(Play(workflow, script).status, core::RunStatus::kSucceeded);
  EXPECT_EQ(proof.Overall(false), Verdict::kProven);
  EXPECT_EQ(proof.Overall(true), Verdict::kViolated);
}

TEST(ProveAlone, OneOtherPersonMayHaveEveryRole) {
  core::GateSpec qa = Gate({Leaf("qa")});
  core::GateSpec devops = Gate({Leaf("devops")});
  qa.separation.excludes_requester = devops.separation.excludes_requester = true;
  const core::Workflow workflow = WorkflowOf({Asks("QA", qa), Asks("DevOps", devops)});
  const Proof proof = ProofOf(workflow);
  EXPECT_EQ(proof.Of(Property::kNotByRequester).verdict, Verdict::kProven);
  const Answer& answer = proof.Of(Property::kNotByOnePerson);
  ASSERT_EQ(answer.verdict, Verdict::kViolated);
  EXPECT_THAT(answer.findings.front().script.people, SizeIs(2));  // one of them only asks
  EXPECT_EQ(Play(workflow, answer.findings.front().script).status, core::RunStatus::kSucceeded);
}

TEST(ProveAlone, AGateForTwoNeedsTwo) {
  core::GateSpec gate = Gate({Leaf("qa"), Leaf("devops")});
  const Proof proof = ProofOf(WorkflowOf({Asks("Both", gate)}));
  EXPECT_EQ(proof.Of(Property::kNotByRequester).verdict, Verdict::kProven);
  EXPECT_EQ(proof.Of(Property::kNotByOnePerson).verdict, Verdict::kProven);
  gate.is_distinct = false;
  const Proof loose = ProofOf(WorkflowOf({Asks("Both", gate)}));
  EXPECT_EQ(loose.Of(Property::kNotByOnePerson).verdict, Verdict::kViolated);
}

TEST(ProveAlone, APersonAndAPolicyAreOnePerson) {
  core::GateSpec gate = Gate({Leaf("qa"), Leaf("devops")});
  gate.auto_voters.push_back({"small", {"match", "{}"}, {RuleId{"devops"}}, false});
  const core::Workflow workflow = WorkflowOf({Asks("Both", gate)});
  const Proof proof = ProofOf(workflow);
  EXPECT_EQ(proof.Of(Property::kNotByPolicies).verdict, Verdict::kProven);
  const Answer& answer = proof.Of(Property::kNotByRequester);
  ASSERT_EQ(answer.verdict, Verdict::kViolated);
  EXPECT_THAT(answer.findings.front().script.steps, SizeIs(3));
  EXPECT_EQ(Play(workflow, answer.findings.front().script).status, core::RunStatus::kSucceeded);
}

TEST(ProveAlone, PoliciesPassWithoutAnybody) {
  core::GateSpec gate = Gate({Leaf("qa")});
  gate.auto_voters.push_back({"small", {"match", "{}"}, {RuleId{"qa"}}, false});
  const core::Workflow workflow = WorkflowOf({Asks("Review", gate)});
  const Proof proof = ProofOf(workflow);
  const Answer& answer = proof.Of(Property::kNotByPolicies);
  ASSERT_EQ(answer.verdict, Verdict::kViolated);
  EXPECT_THAT(answer.findings.front().script.steps,
              ElementsAre("create: {by: requester}",
                          "policy: {stage: Review, id: small, choice: approve}"));
  EXPECT_EQ(Play(workflow, answer.findings.front().script).status, core::RunStatus::kSucceeded);

  gate.needs_human = true;
  EXPECT_EQ(ProofOf(WorkflowOf({Asks("Review", gate)})).Of(Property::kNotByPolicies).verdict,
            Verdict::kProven);
}

TEST(ProveAlone, AShadowPolicyPassesNothing) {
  core::GateSpec gate = Gate({Leaf("qa")});
  gate.auto_voters.push_back({"small", {"match", "{}"}, {RuleId{"qa"}}, true});
  EXPECT_EQ(ProofOf(WorkflowOf({Asks("Review", gate)})).Of(Property::kNotByPolicies).verdict,
            Verdict::kProven);
}

TEST(ProveAlone, TimeIsNoPerson) {
  core::GateSpec gate = Gate({Leaf("qa", 2)});
  gate.deadline = core::Deadline{std::chrono::hours{8}, "", core::OnTimeout::kApprove, {}, {}};
  const Proof proof = ProofOf(WorkflowOf({Asks("Review", gate)}));
  EXPECT_EQ(proof.Of(Property::kNotByPolicies).verdict, Verdict::kProven);
  EXPECT_EQ(proof.Of(Property::kNotByTime).verdict, Verdict::kViolated);
}

TEST(ProveAlone, WhatIsSkippedIsSaid) {
  core::StageSpec second = Asks("Second", Gate({Leaf("qa", 2)}));
  second.when_schema_json = "{}";
  const Proof proof = ProofOf(WorkflowOf({Asks("First", Gate({Leaf("qa")})), second}));
  const Answer& answer = proof.Of(Property::kNotByOnePerson);
  ASSERT_EQ(answer.verdict, Verdict::kViolated);
  EXPECT_THAT(answer.findings.front().message, ::testing::HasSubstr("when stages are skipped"));
  EXPECT_EQ(answer.findings.front().script.steps.front(),
            "create: {by: requester, skip: [Second]}");
}

TEST(ProveAlone, GivenPeopleAreTakenAsTheyAre) {
  const core::Workflow workflow =
      WorkflowOf({Asks("QA", Gate({Leaf("qa")})), Asks("DevOps", Gate({Leaf("devops")}))});
  ProveOptions options;
  options.people = {{"ann", {"role:qa"}, false, false}, {"bob", {"role:devops"}, false, false}};
  const Proof proof = ProofOf(workflow, options);
  EXPECT_EQ(proof.Of(Property::kNotByRequester).verdict, Verdict::kProven);
  EXPECT_EQ(proof.Of(Property::kNotByOnePerson).verdict, Verdict::kProven);
  EXPECT_EQ(proof.Of(Property::kGatesSatisfiable).verdict, Verdict::kProven);
  options.people.pop_back();
  EXPECT_EQ(ProofOf(workflow, options).Of(Property::kGatesSatisfiable).verdict, Verdict::kViolated);
}

}  // namespace
}  // namespace gatewright::proof::test
