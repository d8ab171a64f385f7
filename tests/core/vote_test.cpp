// tests/core/vote_test.cpp: one live vote per person: repeated, changed, withdrawn; and the life of
// one gate under veto, threshold and block.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/support/build.h"
#include "tests/core/support/story.h"

namespace gatewright::core::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Workflow TwoOfQa(RejectRule reject = {}) {
  GateSpec gate = Gate({Leaf("qa", 2)});
  gate.reject = reject;
  return WorkflowOf({Asks("QA", gate)});
}

TEST(Vote, TheSameVoteAgainChangesNothing) {
  Story story(TwoOfQa());
  story.Create();
  story.Approve("bob", "QA");

  EXPECT_THAT(Names(story.Approve("bob", "QA")), IsEmpty());
  EXPECT_THAT(story.votes("QA"), SizeIs(1));
}

TEST(Vote, TheSameVoteAgainIsAnsweredEvenAfterItDecidedTheGate) {
  Story story(ThreeGates());
  story.Create();
  story.Approve("bob", "QA");

  const Decision again = story.Approve("bob", "QA");

  EXPECT_EQ(CodeOf(again), "accepted");
  EXPECT_THAT(Names(again), IsEmpty());
  EXPECT_EQ(story.run().current_stage, StageName{"DevOps"});
}

TEST(Vote, ADoubleClickOnWhateverIsOpenAdvancesOneStageWhenItSaysWhatItSaw) {
  Story story(ThreeGates());
  story.Create();
  auto click = story.VoteBy(Person("bob"), "QA", Choice::kApprove);
  click.is_any_stage = true;
  click.expected.state = "requested";
  story.Do(click);

  auto second = story.VoteBy(Person("bob"), "DevOps", Choice::kApprove);
  second.is_any_stage = true;
  second.expected.state = "requested";

  EXPECT_EQ(CodeOf(story.Do(second)), "unexpected_state");
  EXPECT_EQ(story.run().state, "approved_by_QA");
}

TEST(Vote, AnotherCommentIsANewVote) {
  Story story(TwoOfQa());
  story.Create();
  story.Approve("bob", "QA");
  auto vote = story.VoteBy(Person("bob"), "QA", Choice::kApprove);
  vote.comment = "looked at it again";

  EXPECT_THAT(Names(story.Do(vote)), ElementsAre("VoteCast"));
  EXPECT_THAT(story.votes("QA"), SizeIs(1));
  EXPECT_EQ(story.votes("QA").front().comment, "looked at it again");
}

TEST(Vote, TheSameWordsFromSomebodyWhoMayFillAnotherRuleNowAreANewVote) {
  Story story(WorkflowOf({Asks("Ship", Gate({Leaf("qa"), Leaf("security")}))}));
  story.Only("security", {"carol"});
  story.Create();
  story.Approve("bob", "Ship");  // only qa
  story.Only("qa", {"bob", "dave"});
  story.Only("security", {"bob"});
  story.Approve("dave", "Ship");  // only qa
  EXPECT_EQ(story.status(), "waiting");

  EXPECT_THAT(Names(story.Approve("bob", "Ship")),
              ElementsAre("VoteCast", "GateSatisfied", "StageDone", "RunFinished"));
}

TEST(Vote, TheNewestVoteOfAPersonCountsUntilTheGateIsDecided) {
  Story story(TwoOfQa({RejectKind::kThreshold, 2}));
  story.Create();
  story.Reject("bob", "QA");
  story.Approve("bob", "QA");

  EXPECT_THAT(story.votes("QA"), SizeIs(1));
  EXPECT_EQ(story.votes("QA").front().choice, Choice::kApprove);
  EXPECT_THAT(Names(story.Approve("carol", "QA")),
              ElementsAre("VoteCast", "GateSatisfied", "StageDone", "RunFinished"));
}

TEST(Vote, AWithdrawnVoteIsGoneAndMayBeCastAgain) {
  Story story(TwoOfQa());
  story.Create();
  story.Approve("bob", "QA");

  EXPECT_THAT(Names(story.Withdraw("bob", "QA")), ElementsAre("VoteCast"));
  EXPECT_THAT(story.votes("QA"), IsEmpty());
  story.Approve("carol", "QA");
  EXPECT_EQ(story.status(), "waiting");
  story.Approve("bob", "QA");
  EXPECT_EQ(story.status(), "succeeded");
}

TEST(Vote, WithdrawingNothingChangesNothing) {
  Story story(TwoOfQa());
  story.Create();

  const Decision decision = story.Withdraw("bob", "QA");

  EXPECT_EQ(CodeOf(decision), "accepted");
  EXPECT_THAT(Names(decision), IsEmpty());
}

TEST(Vote, SomebodyWhoIsNoLongerEligibleMayStillWithdraw) {
  Story story(TwoOfQa({RejectKind::kBlock, 1}));
  story.Create();
  story.Reject("bob", "QA");
  story.Only("qa", {"carol", "dave"});

  EXPECT_THAT(Names(story.Withdraw("bob", "QA")), ElementsAre("VoteCast"));
  story.Approve("carol", "QA");
  story.Approve("dave", "QA");
  EXPECT_EQ(story.status(), "succeeded");
}

TEST(Vote, AbstainingIsRecordedAndCountsForNothing) {
  Story story(TwoOfQa());
  story.Create();
  story.Do(story.VoteBy(Person("bob"), "QA", Choice::kAbstain));
  story.Approve("carol", "QA");

  EXPECT_THAT(story.votes("QA"), SizeIs(2));
  EXPECT_EQ(story.status(), "waiting");
}

TEST(Vote, VetoEndsTheGateWithTheFirstReject) {
  Story story(TwoOfQa({RejectKind::kVeto, 1}));
  story.Create();
  story.Approve("bob", "QA");

  EXPECT_THAT(Names(story.Reject("carol", "QA")),
              ElementsAre("VoteCast", "GateRejected", "RunFinished"));
}

TEST(Vote, ThresholdEndsTheGateWithThatManyRejects) {
  Story story(TwoOfQa({RejectKind::kThreshold, 2}));
  story.Create();

  EXPECT_THAT(Names(story.Reject("bob", "QA")), ElementsAre("VoteCast"));
  EXPECT_THAT(Names(story.Reject("carol", "QA")),
              ElementsAre("VoteCast", "GateRejected", "RunFinished"));
}

TEST(Vote, BlockHoldsTheGateUntilItIsWithdrawn) {
  Story story(TwoOfQa({RejectKind::kBlock, 1}));
  story.Create();
  story.Reject("bob", "QA");
  story.Approve("carol", "QA");
  EXPECT_THAT(Names(story.Approve("dave", "QA")), ElementsAre("VoteCast"));
  EXPECT_EQ(story.status(), "waiting");

  EXPECT_THAT(Names(story.Withdraw("bob", "QA")),
              ElementsAre("VoteCast", "GateSatisfied", "StageDone", "RunFinished"));
  EXPECT_EQ(story.run().FindStage(StageName{"QA"})->gate->decided_by, PrincipalId{"bob"});
}

TEST(Vote, AVoteMayNameTheStageOrSayWhateverIsOpen) {
  Story story(ThreeGates());
  story.Create();
  auto vote = story.VoteBy(Person("bob"), "QA", Choice::kApprove);
  vote.is_any_stage = true;

  EXPECT_EQ(CodeOf(story.Do(vote)), "accepted");
}

}  // namespace
}  // namespace gatewright::core::test
