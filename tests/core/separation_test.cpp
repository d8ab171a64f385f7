// tests/core/separation_test.cpp: separation of duties: who may not vote although eligible.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/support/build.h"
#include "tests/core/support/story.h"

namespace gatewright::core::test {
namespace {

using ::testing::HasSubstr;

Workflow Separated(SeparationOfDuties separation) {
  Workflow workflow = ThreeGates();
  for (StageSpec& stage : workflow.stages) stage.gate->separation = separation;
  return workflow;
}

Workflow WithoutRequester() { return Separated({.excludes_requester = true}); }
Workflow WithoutPreviousVoters() { return Separated({.excludes_previous_voters = true}); }

TEST(Separation, ARequesterDoesNotDecideTheirOwnRun) {
  Story story(WithoutRequester());
  story.Create("alice");

  const Decision decision = story.Approve("alice", "QA");

  EXPECT_EQ(CodeOf(decision), "self_approval");
  EXPECT_THAT(DetailOf(decision), HasSubstr("alice requested run 1"));
  EXPECT_EQ(CodeOf(story.Reject("alice", "QA")), "self_approval");
  EXPECT_EQ(CodeOf(story.Approve("bob", "QA")), "accepted");
}

TEST(Separation, IsNotEnforcedWhereTheGateDoesNotAskForIt) {
  Story story(Separated({}));
  story.Create("alice");

  EXPECT_EQ(CodeOf(story.Approve("alice", "QA")), "accepted");
}

TEST(Separation, WhoApprovedAnEarlierStageMayNotVoteOnALaterOne) {
  Story story(WithoutPreviousVoters());
  story.Create("alice");
  story.Approve("bob", "QA");

  const Decision decision = story.Approve("bob", "DevOps");

  EXPECT_EQ(CodeOf(decision), "self_approval");
  EXPECT_THAT(DetailOf(decision), HasSubstr("bob approved stage 'QA'"));
  EXPECT_EQ(CodeOf(story.Approve("carol", "DevOps")), "accepted");
  EXPECT_EQ(CodeOf(story.Approve("bob", "Execute")), "self_approval");
}

TEST(Separation, AWithdrawnVoteDoesNotExclude) {
  Workflow workflow = WithoutPreviousVoters();
  workflow.stages.front().gate->rules = All({Leaf("qa", 2)});
  Story story(workflow);
  story.Create("alice");
  story.Approve("bob", "QA");
  story.Withdraw("bob", "QA");
  story.Approve("carol", "QA");
  story.Approve("dave", "QA");

  EXPECT_EQ(CodeOf(story.Approve("bob", "DevOps")), "accepted");
}

TEST(Separation, ARejectThatDidNotEndTheGateDoesNotExclude) {
  Workflow workflow = WithoutPreviousVoters();
  workflow.stages.front().gate->reject = {RejectKind::kThreshold, 2};
  Story story(workflow);
  story.Create("alice");
  story.Reject("bob", "QA");
  story.Approve("carol", "QA");

  EXPECT_EQ(CodeOf(story.Approve("bob", "DevOps")), "accepted");
}

TEST(Separation, DoesNotBindTheNamelessPrincipalWhoIsEverybody) {
  Story story(Separated({.excludes_requester = true, .excludes_previous_voters = true}));
  story.Create(Everybody());

  for (const std::string_view stage : {"QA", "DevOps", "Execute"}) {
    EXPECT_EQ(CodeOf(story.Do(story.VoteBy(Everybody(), stage, Choice::kApprove))), "accepted");
  }
  EXPECT_EQ(story.status(), "succeeded");
}

TEST(Separation, ANamedPersonIsNotTheNamelessRequesterOfTheSameName) {
  Story story(WithoutRequester());
  story.Create(Everybody());

  EXPECT_EQ(CodeOf(story.Approve("anonymous", "QA")), "accepted");
}

TEST(Separation, IsSaidBeforeEligibility) {
  Story story(WithoutRequester());
  story.Only("qa", {"bob"});
  story.Create("alice");

  EXPECT_EQ(CodeOf(story.Approve("alice", "QA")), "self_approval");
}

Story With(SeparationOfDuties separation, SubjectFacts facts = {}) {
  Story story(Separated(separation));
  story.CreateWith(std::move(facts));
  return story;
}

TEST(Separation, CommittersOfTheSubjectDoNotDecideOnIt) {
  Story story = With({.excludes_committers = true}, {{}, {PrincipalId{"bob"}}});

  const Decision decision = story.Approve("bob", "QA");
  EXPECT_EQ(CodeOf(decision), "self_approval");
  EXPECT_THAT(DetailOf(decision), HasSubstr("bob is a committer"));
  EXPECT_EQ(CodeOf(story.Approve("carol", "QA")), "accepted");
}

TEST(Separation, NobodyOfTheRequestersTeamDecides) {
  Story story(Separated({.excludes_same_team = true}));
  Principal alice = Person("alice");
  alice.groups = {"payments", "sre"};
  story.Create(alice);
  Principal bob = Person("bob");
  bob.groups = {"web", "sre"};

  const Decision decision = story.Do(story.VoteBy(bob, "QA", Choice::kApprove));
  EXPECT_EQ(CodeOf(decision), "self_approval");
  EXPECT_THAT(DetailOf(decision), HasSubstr("bob is in group 'sre' like alice"));
  EXPECT_EQ(CodeOf(story.Approve("carol", "QA")), "accepted");
}

TEST(Separation, ARuleMaySayOtherwiseThanItsGate) {
  Workflow workflow = WorkflowOf({Asks("QA", Gate({Leaf("author"), Leaf("other")}))});
  workflow.stages[0].gate->separation = {.excludes_requester = true};
  workflow.stages[0].gate->rules.children[0].separation = SeparationOfDuties{};
  Story story(workflow);
  story.Create("alice");
  story.Approve("alice", "QA");

  EXPECT_EQ(story.votes("QA").front().rules, (std::vector<RuleId>{RuleId{"author"}}));
  story.Approve("bob", "QA");
  EXPECT_EQ(story.status(), "succeeded");
}

TEST(Separation, IsLookedAtAgainByTheDecision) {
  Workflow workflow = Separated({.excludes_committers = true});
  workflow.stages[0].gate->rules = All({Leaf("qa", 2)});
  workflow.stages[0].gate->votes.on_subject_change = OnSubjectChange::kKeepIf;
  Story story(workflow);
  story.CreateWith({});
  story.Approve("bob", "QA");
  ChangeSubject change;
  change.actor = Person("requester");
  change.subject_digest = "d2";
  change.facts.committers = {PrincipalId{"bob"}};
  change.kept = {StageName{"QA"}};
  story.Do(change);
  story.Approve("carol", "QA");

  EXPECT_EQ(story.run().current_stage, StageName{"QA"}) << "bob's carried vote counts no more";
  story.Approve("dora", "QA");
  EXPECT_EQ(story.run().current_stage, StageName{"DevOps"});
}

TEST(Separation, ALaterStageIsNoEarlierOne) {
  Workflow workflow = WithoutPreviousVoters();
  for (StageSpec& stage : workflow.stages) {
    stage.gate->votes.on_subject_change = OnSubjectChange::kKeepIf;
  }
  Story story(workflow);
  story.Create("alice");
  story.Approve("bob", "QA");
  story.Approve("carol", "DevOps");
  story.ChangeSubject("d2", {StageName{"DevOps"}});

  EXPECT_EQ(CodeOf(story.Approve("carol", "QA")), "accepted") << "DevOps is ahead of it now";
  EXPECT_EQ(story.run().current_stage, StageName{"DevOps"}) << "where her vote counts no more";
}

}  // namespace
}  // namespace gatewright::core::test
