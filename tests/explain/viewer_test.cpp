// tests/explain/viewer_test.cpp: why I can or cannot vote, what I may do, and what comes of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/support/build.h"
#include "tests/explain/scene.h"

namespace gatewright::core::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

ViewerExplanation For(const Scene& scene, const Viewer& viewer) {
  return *scene.Why(viewer).viewer;
}

GateSpec Separated() {
  GateSpec gate = Gate({Leaf("qa")});
  gate.separation = {true, true, true, true};
  return gate;
}

TEST(ExplainViewer, WhoMayApproveSeesWhatComesOfIt) {
  Scene scene(Deployment());
  scene.Create();
  const ViewerExplanation me = For(scene, scene.By("alice", {"qa"}));
  EXPECT_TRUE(me.can_decide);
  EXPECT_TRUE(me.own.can_vote);
  EXPECT_THAT(me.own.reasons, IsEmpty());
  EXPECT_THAT(me.own.rules, ElementsAre(RuleId{"qa"}));
  EXPECT_THAT(me.allowed_actions,
              ElementsAre("approve", "reject", "claim", "change_subject", "cancel"));
  EXPECT_THAT(Kinds(me.if_i_approve->steps),
              ElementsAre("vote_counts", "gate_satisfied", "stage_done", "gate_opens"));
  EXPECT_EQ(me.if_i_approve->summary,
            "the vote counts; gate 'QA' is satisfied; the run is 'approved_by_QA'; gate 'DevOps' "
            "opens");
  EXPECT_EQ(me.if_i_approve->stage, StageName{"DevOps"});
}

TEST(ExplainViewer, AnApproveThatIsNotEnoughSaysWhatIsStillMissing) {
  Scene scene(WorkflowOf({Asks("QA", Gate({Leaf("qa", 2)}))}));
  scene.Create();
  const ViewerExplanation me = For(scene, scene.By("alice", {"qa"}));
  EXPECT_FALSE(me.if_i_approve->is_gate_satisfied);
  EXPECT_EQ(me.if_i_approve->summary,
            "the vote counts; gate 'QA' still waits for 1 more approval for 'qa'");
}

TEST(ExplainViewer, AnApproveThatStartsTheActionOrIsHeldUpSaysSo) {
  Scene scene(WorkflowOf({Acts("Deploy", Action(), Gate({Leaf("qa")}))}));
  scene.Create();
  EXPECT_THAT(Kinds(For(scene, scene.By("alice", {"qa"})).if_i_approve->steps),
              ElementsAre("vote_counts", "gate_satisfied", "action_starts"));
  scene.site.stops.push_back({1, {}, "incident 42", PrincipalId{"olga"}, scene.now, {}});
  const Outlook outlook = *For(scene, scene.By("alice", {"qa"})).if_i_approve;
  EXPECT_EQ(outlook.status, RunStatus::kBlocked);
  EXPECT_THAT(Kinds(outlook.steps), ElementsAre("vote_counts", "gate_satisfied", "action_blocked"));
  EXPECT_THAT(outlook.summary, HasSubstr("incident 42"));
}

TEST(ExplainViewer, EverySeparationOfDutiesHasItsOwnCode) {
  Scene scene(WorkflowOf({Asks("First", Gate({Leaf("qa")})), Asks("QA", Separated())}));
  scene.subject.committers = People({"dave"});
  CreateRun create;
  create.actor = Person("requester");
  create.actor.groups = {"payments"};
  create.subject_digest = "d1";
  create.facts = scene.subject;
  scene.Do(create);
  scene.Vote("erin", Choice::kApprove, {"qa"});

  const auto codes = [&](const std::string& who, std::vector<std::string> groups = {}) {
    Viewer viewer = scene.By(who, {"qa"});
    viewer.principal.groups = std::move(groups);
    return Codes(For(scene, viewer).own.reasons);
  };
  EXPECT_THAT(codes("requester"), ElementsAre("self_approval"));
  EXPECT_THAT(codes("dave"), ElementsAre("committer"));
  EXPECT_THAT(codes("frank", {"payments"}), ElementsAre("same_team"));
  EXPECT_THAT(codes("erin"), ElementsAre("previous_voter"));
  EXPECT_THAT(codes("frank", {"other"}), IsEmpty());
}

TEST(ExplainViewer, WhoIsNotAskedHearsByWhichRules) {
  Scene scene(WorkflowOf({Asks("QA", Gate({Leaf("qa"), Leaf("security")}))}));
  scene.Create();
  const ViewerExplanation me = For(scene, scene.By("zoe", {}));
  EXPECT_THAT(Codes(me.own.reasons), ElementsAre("not_in:qa", "not_in:security"));
  EXPECT_EQ(me.own.reasons.at(0).detail, "zoe is not among those whom rule 'qa' asks");
  EXPECT_THAT(me.allowed_actions, ElementsAre("change_subject", "cancel"));
  // Where one rule is enough, the other is worth a note.
  EXPECT_THAT(Codes(For(scene, scene.By("alice", {"qa"})).own.notes),
              ElementsAre("not_in:security"));
}

TEST(ExplainViewer, WhoHasVotedMayChangeItAndIsNoLongerWaitedFor) {
  Scene scene(WorkflowOf({Asks("QA", Gate({Leaf("qa"), Leaf("security")}))}));
  scene.Create();
  scene.Vote("alice", Choice::kApprove, {"qa", "security"});
  const Viewer alice = scene.By("alice", {"qa", "security"});
  const ViewerExplanation me = For(scene, alice);
  EXPECT_FALSE(me.can_decide);
  EXPECT_FALSE(CanDecideNow(scene.run, scene.workflow, scene.now, scene.world(), alice));
  EXPECT_THAT(Codes(me.own.reasons), ElementsAre("already_voted", "already_used_for:qa"));
  EXPECT_THAT(me.own.actions, ElementsAre("approve", "reject", "withdraw"));
  EXPECT_EQ(me.if_i_approve, std::nullopt);
}

TEST(ExplainViewer, ADelegateSeesInWhosePlaceTheyMayVote) {
  GateSpec gate = Gate({Leaf("qa")});
  gate.separation.excludes_requester = true;
  Scene scene(WorkflowOf({Asks("QA", gate)}));
  scene.Create("requester");
  Viewer dave = scene.By("dave", {});
  dave.delegations = {{PrincipalId{"bob"}, {}, scene.Facts({"qa"})},
                      {PrincipalId{"requester"}, People({"bob"}), scene.Facts({"qa"})}};
  const ViewerExplanation me = For(scene, dave);
  EXPECT_TRUE(me.can_decide);
  EXPECT_FALSE(me.own.can_vote);
  EXPECT_TRUE(me.on_behalf_of.at(0).can_vote);
  EXPECT_THAT(me.on_behalf_of.at(0).actions, ElementsAre("approve", "reject"));
  EXPECT_THAT(Codes(me.on_behalf_of.at(1).reasons), ElementsAre("self_approval"));
  EXPECT_EQ(me.if_i_approve->on_behalf_of, PrincipalId{"bob"});
  // What needs no delegation is what is allowed without one.
  EXPECT_THAT(me.allowed_actions, Not(Contains("approve")));
}

TEST(ExplainViewer, NobodyVotesTwiceByADelegation) {
  Scene scene(WorkflowOf({Asks("QA", Gate({Leaf("qa", 2)}))}));
  scene.Create();
  scene.Vote("dave", Choice::kApprove, {"qa"});
  Viewer dave = scene.By("dave", {"qa"});
  dave.delegations = {{PrincipalId{"bob"}, {}, scene.Facts({"qa"})}};
  EXPECT_THAT(Codes(For(scene, dave).on_behalf_of.at(0).reasons),
              ElementsAre("already_used_for:qa"));
}

TEST(ExplainViewer, ADeadlineThatHasPassedIsToldBeforeItsTimerComes) {
  GateSpec gate = Gate({Leaf("qa")});
  gate.deadline = Deadline{};
  gate.deadline->after = std::chrono::hours{1};
  Scene scene(WorkflowOf({Asks("QA", gate)}));
  scene.Create();
  EXPECT_THAT(For(scene, scene.By("alice", {"qa"})).allowed_actions, Contains("extend"));
  scene.now += std::chrono::hours{1};
  const ViewerExplanation me = For(scene, scene.By("alice", {"qa"}));
  EXPECT_THAT(Codes(me.own.reasons), ElementsAre("deadline_passed"));
  EXPECT_THAT(me.own.actions, IsEmpty());
}

TEST(ExplainViewer, WhatToKnowOfAVoteThatWouldBeTaken) {
  GateSpec gate = Gate({Leaf("qa")});
  gate.needs_human = true;
  gate.votes.needs_digest = true;
  gate.form_schema_json = R"({"type":"object"})";
  Scene scene(WorkflowOf({Asks("QA", gate)}));
  scene.Create();
  scene.Do(ClaimGate{Person("bob"), StageName{"QA"}, {}, {}, scene.Facts({"qa"})});
  Viewer robot = scene.By("robot", {"qa"});
  robot.principal.kind = PrincipalKind::kService;
  const ViewerExplanation me = For(scene, robot);
  EXPECT_TRUE(me.own.can_vote);
  EXPECT_THAT(Codes(me.own.notes),
              ElementsAre("service_account", "claimed", "digest_needed", "form_needed"));
  EXPECT_THAT(For(scene, scene.By("bob", {"qa"})).allowed_actions, Contains("release"));
}

TEST(ExplainViewer, WhereNoGateIsOpenItSaysWhatTheRunIs) {
  Scene scene(WorkflowOf({Asks("QA", Gate({Leaf("qa")}))}));
  scene.Create();
  scene.Do(CancelRun{Person("olga"), "not needed", {}});
  const ViewerExplanation me = For(scene, scene.By("alice", {"qa"}));
  EXPECT_THAT(Codes(me.own.reasons), ElementsAre("not_open"));
  EXPECT_THAT(me.own.reasons.at(0).detail, HasSubstr("was cancelled"));
  EXPECT_THAT(me.allowed_actions, ElementsAre("resubmit"));
}

TEST(ExplainViewer, AnOverrideIsOfferedToWhomTheWorkflowNames) {
  Workflow workflow = WorkflowOf({Asks("QA", Gate({Leaf("qa")}))});
  workflow.overriding = OverrideSpec{};
  Scene scene(workflow);
  scene.Create();
  Viewer olga = scene.By("olga", {});
  EXPECT_THAT(For(scene, olga).allowed_actions, Not(Contains("override:gate")));
  olga.may_override = true;
  EXPECT_THAT(For(scene, olga).allowed_actions, Contains("override:gate"));
}

TEST(ExplainViewer, FactsOfAnotherStageAreToldApart) {
  Scene scene(ThreeGates());
  scene.Create();
  Viewer alice = scene.By("alice", {"qa"});
  alice.facts.stage = StageName{"DevOps"};
  EXPECT_THAT(Codes(For(scene, alice).own.reasons), ElementsAre("facts_outdated"));
}

}  // namespace
}  // namespace gatewright::core::test
