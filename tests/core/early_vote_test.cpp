// tests/core/early_vote_test.cpp: votes on a gate that is not open yet, where the workflow keeps
// them: counted when it opens, on the same subject only.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/support/build.h"
#include "tests/core/support/story.h"

namespace gatewright::core::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Workflow HoldsAtDevOps(std::uint32_t need = 1) {
  Workflow workflow =
      WorkflowOf({Asks("QA", Gate({Leaf("qa")})), Asks("DevOps", Gate({Leaf("devops", need)}))});
  workflow.stages[1].gate->votes.holds_early = true;
  return workflow;
}

Story Created(Workflow workflow = HoldsAtDevOps()) {
  Story story(std::move(workflow));
  story.Create();
  return story;
}

CastVote OnBehalf(const Story& story, std::string_view by, std::string_view of) {
  CastVote vote = story.VoteBy(Person(std::string(by)), "DevOps", Choice::kApprove);
  vote.on_behalf_of = PrincipalId{of};
  return vote;
}

TEST(EarlyVote, IsKeptAndCountsWhenTheGateOpens) {
  Story story = Created();

  EXPECT_THAT(Names(story.Approve("dora", "DevOps")), ElementsAre("VoteHeld"));
  EXPECT_EQ(story.run().current_stage, StageName{"QA"});
  EXPECT_THAT(Names(story.Approve("alice", "QA")),
              ElementsAre("VoteCast", "GateSatisfied", "StageDone", "GateOpened", "VoteCast",
                          "GateSatisfied", "StageDone", "RunFinished"));
  EXPECT_THAT(story.run().held_votes, IsEmpty());
}

TEST(EarlyVote, IsRefusedWhereTheWorkflowKeepsNone) {
  Story story = Created();

  EXPECT_EQ(CodeOf(story.Approve("alice", "QA")), "accepted");
  Story other = Created(ThreeGates());
  EXPECT_EQ(CodeOf(other.Approve("dora", "DevOps")), "gate_not_open");
}

TEST(EarlyVote, TheSameAgainChangesNothing) {
  Story story = Created();
  story.Approve("dora", "DevOps");

  EXPECT_THAT(Names(story.Approve("dora", "DevOps")), IsEmpty());
}

TEST(EarlyVote, TheNewestOfAPersonCounts) {
  Story story = Created();
  story.Reject("dora", "DevOps");
  story.Approve("dora", "DevOps");

  EXPECT_THAT(story.run().held_votes, SizeIs(1));
  story.Approve("alice", "QA");
  EXPECT_EQ(story.status(), "succeeded");
}

TEST(EarlyVote, MayBeWithdrawn) {
  Story story = Created();
  story.Approve("dora", "DevOps");

  EXPECT_THAT(Names(story.Withdraw("dora", "DevOps")), ElementsAre("VoteHeld"));
  EXPECT_THAT(story.run().held_votes, IsEmpty());
  EXPECT_THAT(Names(story.Withdraw("dora", "DevOps")), IsEmpty());
}

TEST(EarlyVote, OfSomebodyWhoMayNotVoteIsRefused) {
  Story story = Created();
  story.Only("devops", {"dora"});

  EXPECT_EQ(CodeOf(story.Approve("eve", "DevOps")), "not_eligible");
}

TEST(EarlyVote, OnAnotherSubjectIsDropped) {
  Story story = Created();
  story.Approve("dora", "DevOps");
  story.ChangeSubject("d2");

  EXPECT_THAT(
      Names(story.Approve("alice", "QA")),
      ElementsAre("VoteCast", "GateSatisfied", "StageDone", "GateOpened", "HeldVoteDropped"));
  EXPECT_EQ(story.status(), "waiting");
  EXPECT_THAT(story.votes("DevOps"), IsEmpty());
}

TEST(EarlyVote, CountsAgainWhenTheSubjectIsTheOldOneAgain) {
  Story story = Created();
  story.Approve("dora", "DevOps");
  story.ChangeSubject("d2");
  story.ChangeSubject("d1");
  story.Approve("alice", "QA");

  EXPECT_EQ(story.status(), "succeeded");
}

TEST(EarlyVote, IsLookedAtAgainByTheDecision) {
  Workflow workflow = HoldsAtDevOps();
  workflow.stages[1].gate->separation.excludes_previous_voters = true;
  Story story = Created(workflow);
  story.Approve("dora", "DevOps");
  story.Approve("dora", "QA");

  EXPECT_EQ(story.status(), "waiting") << "dora approved QA meanwhile";
}

// Two held votes of one person filled two slots once.
TEST(EarlyVote, OnePersonHasOnePlaceWhoeverTheyVoteFor) {
  Story story = Created(HoldsAtDevOps(2));
  story.Approve("dora", "DevOps");

  const Decision second = story.Do(OnBehalf(story, "dora", "eve"));
  EXPECT_EQ(CodeOf(second), "not_eligible");
  EXPECT_THAT(DetailOf(second), HasSubstr("dora has voted for dora already"));
  story.Approve("alice", "QA");
  EXPECT_EQ(story.status(), "waiting");
}

TEST(EarlyVote, NobodyVotesForSomebodyWhoDidThemselves) {
  Story story = Created(HoldsAtDevOps(2));
  story.Approve("eve", "DevOps");

  EXPECT_THAT(DetailOf(story.Do(OnBehalf(story, "dora", "eve"))),
              HasSubstr("eve has voted themselves"));
}

TEST(EarlyVote, WhileAnActionRunsIsKeptToo) {
  Workflow workflow = HoldsAtDevOps();
  workflow.stages[0] = Acts("Build", Action());
  Story story = Created(workflow);

  EXPECT_THAT(Names(story.Approve("dora", "DevOps")), ElementsAre("VoteHeld"));
  EXPECT_EQ(story.status(), "executing");
  story.Finish(AttemptEnd::kSucceeded);
  EXPECT_EQ(story.status(), "succeeded");
}

}  // namespace
}  // namespace gatewright::core::test
