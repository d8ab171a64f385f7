// tests/prove/defects_test.cpp: workflows with one planted defect each. The proof finds it, with a
// shortest way there, and that way is then gone through `Decide`.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/prove/support.h"

namespace gatewright::proof::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// The finding of a property that is violated.
Finding FindingOf(const Proof& proof, Property property) {
  const Answer& answer = proof.Of(property);
  EXPECT_EQ(answer.verdict, Verdict::kViolated) << answer.why_not_proven;
  if (answer.findings.empty()) return {};
  EXPECT_TRUE(answer.findings.front().script.is_replayed);
  return answer.findings.front();
}

TEST(ProveDefects, NobodyIsLeftWhoMayVote) {
  core::GateSpec second = Gate({Named("boss", "ann")});
  second.separation.excludes_previous_voters = true;
  const core::Workflow workflow =
      WorkflowOf({Asks("First", Gate({Named("owner", "ann bob")})), Asks("Second", second)});
  const Proof proof = ProofOf(workflow);
  const Finding stuck = FindingOf(proof, Property::kEnds);
  EXPECT_THAT(StepsOf(stuck),
              ElementsAre("create: {by: requester}",
                          "vote: {stage: First, by: ann, choice: approve, expect: {digest: "
                          "digest-1}}"));
  const core::Run run = Play(workflow, stuck.script);
  EXPECT_EQ(run.current_stage.value, "Second");
  EXPECT_EQ(run.status, core::RunStatus::kWaiting);
  EXPECT_EQ(proof.Overall(false), Verdict::kViolated);
}

TEST(ProveDefects, TheOnlyPersonAskedForIt) {
  core::GateSpec gate = Gate({Named("boss", "ann")});
  gate.separation.excludes_requester = true;
  const core::Workflow workflow = WorkflowOf({Asks("Review", gate)});
  const Proof proof = ProofOf(workflow);
  const Finding stuck = FindingOf(proof, Property::kEnds);
  EXPECT_THAT(StepsOf(stuck), ElementsAre("create: {by: ann}"));
  EXPECT_EQ(proof.Of(Property::kGatesSatisfiable).verdict, Verdict::kProven);
}

TEST(ProveDefects, ADeadlineIsAnEnd) {
  core::GateSpec gate = Gate({Named("boss", "ann")});
  gate.separation.excludes_requester = true;
  gate.deadline = core::Deadline{std::chrono::hours{1}, "", core::OnTimeout::kExpire, {}, {}};
  const Proof proof = ProofOf(WorkflowOf({Asks("Review", gate)}));
  EXPECT_EQ(proof.Of(Property::kEnds).verdict, Verdict::kProven);
}

TEST(ProveDefects, ImpossibleGateAndDeadStage) {
  core::GateSpec second = Gate({Named("boss", "ann")});
  second.separation.excludes_previous_voters = true;
  core::GateSpec first = Gate({Named("owner", "ann")});
  const core::Workflow workflow =
      WorkflowOf({Asks("First", first), Asks("Second", second), Asks("Third", Gate({Leaf("qa")}))});
  const Proof proof = ProofOf(workflow);
  const Finding impossible = FindingOf(proof, Property::kGatesSatisfiable);
  EXPECT_THAT(impossible.message, HasSubstr("gate 'Second' is impossible"));
  EXPECT_EQ(impossible.script.commands.size(), 2U);
  EXPECT_EQ(Play(workflow, impossible.script).current_stage.value, "Second");
  const Finding dead = FindingOf(proof, Property::kStagesReached);
  EXPECT_THAT(dead.message, HasSubstr("stage 'Third' is dead"));
  EXPECT_EQ(Play(workflow, dead.script).current_stage.value, "Second");
}

TEST(ProveDefects, OnePersonForTwoPlaces) {
  const core::Workflow workflow =
      WorkflowOf({Asks("Review", Gate({Named("a", "ann"), Named("b", "ann")}))});
  const Proof proof = ProofOf(workflow);
  EXPECT_THAT(FindingOf(proof, Property::kGatesSatisfiable).message, HasSubstr("'Review'"));
  // It can still be rejected.
  EXPECT_EQ(proof.Of(Property::kEnds).verdict, Verdict::kProven);
}

TEST(ProveDefects, VotesGrowOldBeforeTheWaitIsOver) {
  core::StageSpec deploy = Acts("Deploy", Action(), Gate({Leaf("qa")}));
  deploy.wait = std::chrono::hours{48};
  deploy.gate->votes.ttl = std::chrono::hours{24};
  const Proof proof = ProofOf(WorkflowOf({deploy, Asks("After", Gate({Leaf("qa")}))}));
  EXPECT_THAT(FindingOf(proof, Property::kStagesReached).message, HasSubstr("'After' is dead"));
}

TEST(ProveDefects, AnActionThatNobodyIsAskedAbout) {
  core::StageSpec approve = Asks("Approve", Gate({Leaf("qa")}));
  approve.when_schema_json = R"({"type":"object"})";
  const core::Workflow workflow = WorkflowOf({approve, Acts("Deploy", Action())});
  const Proof proof = ProofOf(workflow);
  const Finding unguarded = FindingOf(proof, Property::kGuarded);
  EXPECT_THAT(StepsOf(unguarded), ElementsAre("create: {by: requester, skip: [Approve]}"));
  EXPECT_EQ(Play(workflow, unguarded.script).attempts.size(), 1U);
  EXPECT_EQ(proof.Overall(false), Verdict::kProven);
  EXPECT_EQ(proof.Overall(true), Verdict::kViolated);
}

TEST(ProveDefects, PassedByOverride) {
  core::Workflow workflow = WorkflowOf({Acts("Deploy", Action(), Gate({Leaf("qa")}))});
  workflow.overriding =
      core::OverrideSpec{{"role", R"({"role":"boss"})"}, true, std::chrono::hours{1}, {}};
  const Proof proof = ProofOf(workflow);
  const Finding found = FindingOf(proof, Property::kNotByOverride);
  EXPECT_THAT(StepsOf(found),
              ElementsAre("create: {by: requester}", StartsWith("override: {kind: gate"),
                          StartsWith("override: {kind: gate")));
  EXPECT_EQ(Play(workflow, found.script).attempts.size(), 1U);
  EXPECT_EQ(proof.Of(Property::kGated).verdict, Verdict::kProven);
  EXPECT_EQ(proof.Overall(false), Verdict::kProven);
}

// Nothing is done here, and a review follows: it is passed by override all the same.
TEST(ProveDefects, PassedByOverrideThatIsReviewed) {
  core::Workflow workflow = WorkflowOf({Asks("Sign", Gate({Leaf("qa")}))});
  workflow.overriding =
      core::OverrideSpec{{"role", R"({"role":"boss"})"}, false, std::chrono::hours{1}, {}};
  workflow.review = Asks("Review", Gate({Leaf("lead")}));
  const Proof proof = ProofOf(workflow);
  const Finding found = FindingOf(proof, Property::kNotByOverride);
  EXPECT_THAT(StepsOf(found),
              ElementsAre("create: {by: requester}", StartsWith("override: {kind: gate")));
  EXPECT_TRUE(Play(workflow, found.script).review.has_value());
}

TEST(ProveDefects, PassedByTime) {
  core::GateSpec gate = Gate({Leaf("qa")});
  gate.deadline = core::Deadline{std::chrono::hours{8}, "", core::OnTimeout::kApprove, {}, {}};
  gate.deadline->levels.push_back({std::chrono::hours{4}, {"role", R"({"role":"lead"})"}, {}});
  const core::Workflow workflow = WorkflowOf({Acts("Deploy", Action(), gate)});
  const Proof proof = ProofOf(workflow);
  const Finding found = FindingOf(proof, Property::kNotByTime);
  EXPECT_THAT(found.script.steps,
              ElementsAre("create: {by: requester}", "advance: 4h", "timer: {gate: Deploy}",
                          "advance: 4h", "timer: {gate: Deploy}"));
  EXPECT_EQ(Play(workflow, found.script).status, core::RunStatus::kExecuting);
  EXPECT_EQ(proof.Of(Property::kGated).verdict, Verdict::kProven);
}

}  // namespace
}  // namespace gatewright::proof::test
