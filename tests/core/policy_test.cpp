// tests/core/policy_test.cpp: policies vote on gates, visibly, and never by accident.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/support/build.h"
#include "tests/core/support/story.h"

namespace gatewright::core::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::SizeIs;

Workflow WithPolicy(bool is_shadow = false, std::vector<Rule> rules = {Leaf("qa")}) {
  GateSpec gate = Gate(std::move(rules));
  gate.auto_voters = {{"low-risk", {"match", "{}"}, {RuleId{"qa"}}, is_shadow}};
  return WorkflowOf({Asks("QA", gate)});
}

TEST(Policy, IsAskedWhenTheGateOpens) {
  Story story(WithPolicy());

  EXPECT_THAT(EffectsOf(story.Create()),
              ElementsAre(Effect{AskPolicies{StageName{"QA"}, Epoch{1}}}));
}

TEST(Policy, ApprovesAsAVisibleVoterWithItsEvidence) {
  Story story(WithPolicy());
  story.Create();

  EXPECT_THAT(Names(story.Say("low-risk", "QA", Choice::kApprove)),
              ElementsAre("VoteCast", "GateSatisfied", "StageDone", "RunFinished"));
  const Vote& vote = story.votes("QA").front();
  EXPECT_EQ(vote.voter, PrincipalId{"policy:low-risk"});
  EXPECT_EQ(vote.kind, PrincipalKind::kPolicy);
  EXPECT_EQ(vote.evidence_json, R"({"seen":1})");
  EXPECT_EQ(vote.comment, "the policy's reason");
}

TEST(Policy, FillsOnlyTheRulesItLists) {
  Story story(WithPolicy(false, {Leaf("qa"), Leaf("security")}));
  story.Create();

  EXPECT_THAT(Names(story.Say("low-risk", "QA", Choice::kApprove)), ElementsAre("VoteCast"));
  story.Only("security", {"bob"});
  story.Only("qa", {});
  story.Approve("bob", "QA");
  EXPECT_EQ(story.status(), "succeeded");
}

TEST(Policy, RejectsLikeAnybodyElse) {
  Story story(WithPolicy());
  story.Create();

  EXPECT_THAT(Names(story.Say("low-risk", "QA", Choice::kReject)),
              ElementsAre("VoteCast", "GateRejected", "RunFinished"));
  EXPECT_EQ(story.status(), "rejected");
}

TEST(Policy, AbstainsWhenItCannotTell) {
  Story story(WithPolicy());
  story.Create();

  EXPECT_THAT(Names(story.Say("low-risk", "QA", Choice::kAbstain)), ElementsAre("VoteCast"));
  EXPECT_EQ(story.status(), "waiting");
}

TEST(Policy, InShadowIsRecordedAndNotCounted) {
  Story story(WithPolicy(true));
  story.Create();
  story.Say("low-risk", "QA", Choice::kApprove);

  EXPECT_EQ(story.status(), "waiting");
  EXPECT_THAT(story.votes("QA"), SizeIs(1));
  EXPECT_TRUE(story.votes("QA").front().is_shadow);
}

TEST(Policy, DoesNotReplaceTheHumanAGateNeeds) {
  Workflow workflow = WithPolicy();
  workflow.stages.front().gate->needs_human = true;
  Story story(workflow);
  story.Create();
  story.Say("low-risk", "QA", Choice::kApprove);
  EXPECT_EQ(story.status(), "waiting");

  story.Approve("bob", "QA");
  EXPECT_EQ(story.status(), "succeeded");
}

TEST(Policy, DoesNotBeatAVeto) {
  Story story(WithPolicy());
  story.Create();
  story.Reject("bob", "QA");

  EXPECT_EQ(CodeOf(story.Say("low-risk", "QA", Choice::kApprove)), "run_finished");
  EXPECT_EQ(story.status(), "rejected");
}

TEST(Policy, OfAnotherEpochIsRefused) {
  Story story(WithPolicy());
  story.Create();

  EXPECT_EQ(CodeOf(story.Do(
                RecordPolicyVote{"low-risk", StageName{"QA"}, Epoch{2}, Choice::kApprove, "", ""})),
            "gate_not_open");
}

TEST(Policy, MayOpenTheWayToAnAction) {
  Workflow workflow = WithPolicy();
  workflow.stages.push_back(Acts("Deploy", Action()));
  Story story(workflow);
  story.Create();

  EXPECT_THAT(Names(story.Say("low-risk", "QA", Choice::kApprove)), Contains("AttemptStarted"));
}

}  // namespace
}  // namespace gatewright::core::test
