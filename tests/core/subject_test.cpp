// tests/core/subject_test.cpp: a run whose subject becomes another: what is asked again, whose
// votes are carried and whose are outdated; stale runs; subject change against vote.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/support/build.h"
#include "tests/core/support/story.h"

namespace gatewright::core::test {
namespace {

using std::chrono::hours;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Workflow QaThenDevOps(OnSubjectChange of_qa = OnSubjectChange::kReset) {
  Workflow workflow = Deployment();
  workflow.stages[0].gate->votes.on_subject_change = of_qa;
  return workflow;
}

// Approved by alice at QA; waits at DevOps.
Story AtDevOps(OnSubjectChange of_qa = OnSubjectChange::kReset) {
  Story story(QaThenDevOps(of_qa));
  story.Create();
  story.Approve("alice", "QA");
  return story;
}

const Stage& StageOf(const Story& story, std::string_view name) {
  return *story.run().FindStage(StageName{name});
}

TEST(SubjectChange, AsksEverybodyAgain) {
  Story story = AtDevOps();

  EXPECT_THAT(Names(story.ChangeSubject("d2")),
              ElementsAre("SubjectChanged", "VotesOutdated", "GateOpened"));
  EXPECT_EQ(story.status(), "waiting");
  EXPECT_EQ(story.run().current_stage, StageName{"QA"});
  EXPECT_EQ(story.run().state, "requested") << "what it had reached is ahead of it again";
  EXPECT_EQ(StageOf(story, "QA").gate->epoch, Epoch{2});
  EXPECT_EQ(ToString(StageOf(story, "DevOps").state), "ahead");
}

TEST(SubjectChange, OutdatedVotesAreMarkedWithTheirReason) {
  Story story = AtDevOps();
  const Decision decision = story.ChangeSubject("d2");

  const auto& outdated = std::get<VotesOutdated>(std::get<Accepted>(decision).events[1]);
  EXPECT_THAT(outdated.voters, ElementsAre(PrincipalId{"alice"}));
  ASSERT_THAT(StageOf(story, "QA").outdated, SizeIs(1));
  EXPECT_EQ(StageOf(story, "QA").outdated.front().epoch, Epoch{1});
  EXPECT_EQ(StageOf(story, "QA").outdated.front().reason, "requester changed the subject");
}

TEST(SubjectChange, KeepIfCarriesTheVotesAndGoesOn) {
  Story story = AtDevOps(OnSubjectChange::kKeepIf);

  EXPECT_THAT(Names(story.ChangeSubject("d2", {StageName{"QA"}})),
              ElementsAre("SubjectChanged", "GateOpened", "VotesCarried", "GateSatisfied",
                          "StageDone", "GateOpened"));
  EXPECT_EQ(story.run().current_stage, StageName{"DevOps"});
  EXPECT_EQ(story.run().state, "approved_by_QA");
  EXPECT_EQ(story.votes("QA").front().carried_reason, "requester changed the subject");
  EXPECT_THAT(StageOf(story, "QA").outdated, IsEmpty());
}

TEST(SubjectChange, KeepIfThatDoesNotHoldAsksAgain) {
  Story story = AtDevOps(OnSubjectChange::kKeepIf);

  EXPECT_THAT(Names(story.ChangeSubject("d2", {})),
              ElementsAre("SubjectChanged", "VotesOutdated", "GateOpened"));
}

TEST(SubjectChange, ResetFromLeavesEarlierVotesAlone) {
  Workflow workflow = QaThenDevOps();
  for (StageSpec& stage : workflow.stages) {
    stage.gate->votes.on_subject_change = OnSubjectChange::kResetFrom;
    stage.gate->votes.reset_from = StageName{"DevOps"};
  }
  Story story(workflow);
  story.Create();
  story.Approve("alice", "QA");
  story.ChangeSubject("d2");

  EXPECT_EQ(story.run().current_stage, StageName{"DevOps"});
  EXPECT_EQ(story.votes("QA").front().voter, PrincipalId{"alice"});
}

TEST(SubjectChange, ACarriedVoteMayBeWithdrawnAndChanged) {
  Workflow workflow = WorkflowOf({Asks("QA", Gate({Leaf("qa", 2)}))});
  workflow.stages[0].gate->votes.on_subject_change = OnSubjectChange::kKeepIf;
  Story story(workflow);
  story.Create();
  story.Approve("alice", "QA");
  story.ChangeSubject("d2", {StageName{"QA"}});

  EXPECT_THAT(Names(story.Withdraw("alice", "QA")), ElementsAre("VoteCast"));
  story.Approve("bob", "QA");
  EXPECT_EQ(story.status(), "waiting");
}

TEST(SubjectChange, APolicyIsAlwaysAskedAgain) {
  Workflow workflow = WorkflowOf({Asks("QA", Gate({Leaf("qa"), Leaf("risk")}))});
  workflow.stages[0].gate->votes.on_subject_change = OnSubjectChange::kKeepIf;
  workflow.stages[0].gate->auto_voters = {{"low-risk", {"expr", "{}"}, {RuleId{"risk"}}, false}};
  Story story(workflow);
  story.Create();
  story.Say("low-risk", "QA", Choice::kApprove);

  const Decision decision = story.ChangeSubject("d2", {StageName{"QA"}});
  EXPECT_THAT(Names(decision), Contains("VotesOutdated"));
  EXPECT_THAT(EffectsOf(decision), Contains(Effect{AskPolicies{StageName{"QA"}, Epoch{2}}}));
}

TEST(SubjectChange, ToTheSameDigestChangesNothing) {
  Story story = AtDevOps();

  EXPECT_THAT(Names(story.ChangeSubject("d1")), IsEmpty());
  EXPECT_EQ(story.run().current_stage, StageName{"DevOps"});
}

TEST(SubjectChange, IsRefusedOnceSomethingHasActedOnIt) {
  Story story(WorkflowOf({Acts("Build", Action()), Asks("QA", Gate({Leaf("qa")}))}));
  story.Create();
  story.Finish(AttemptEnd::kSucceeded);

  const Decision decision = story.ChangeSubject("d2");
  EXPECT_EQ(CodeOf(decision), "not_possible");
  EXPECT_THAT(DetailOf(decision), HasSubstr("stage 'Build' of run 1 has already acted"));
}

TEST(SubjectChange, OfAFinishedRunIsRefused) {
  Story story = AtDevOps();
  story.Cancel();

  EXPECT_EQ(CodeOf(story.ChangeSubject("d2")), "run_finished");
}

TEST(SubjectChange, OfABlockedRunTakesItBack) {
  Story story(WorkflowOf({Acts("Deploy", Action(), Gate({Leaf("release")}))}));
  story.Create();
  story.installation().StopAll();
  story.Approve("bob", "Deploy");

  EXPECT_THAT(Names(story.ChangeSubject("d2")),
              ElementsAre("SubjectChanged", "VotesOutdated", "GateOpened"));
  EXPECT_EQ(CodeOf(story.TryStart()), "not_possible");
}

TEST(SubjectChange, AStageThatNoLongerAppliesIsSkippedAndCannotBeVotedOn) {
  Story story = AtDevOps();
  ChangeSubject change;
  change.actor = Person("requester");
  change.subject_digest = "d2";
  change.skips = {{StageName{"DevOps"}, "no servers are touched"}};
  story.Do(change);
  story.Approve("alice", "QA");

  EXPECT_EQ(story.run().current_stage, StageName{"Execute"});
  EXPECT_EQ(CodeOf(story.Approve("dora", "DevOps")), "gate_not_open")
      << "its old gate was never decided, and is not open either";
}

TEST(SubjectChange, AStageThatWasSkippedMayApplyNow) {
  Story story(QaThenDevOps());
  story.Create(Person("requester"), {{StageName{"QA"}, "docs only"}});
  ChangeSubject change;
  change.actor = Person("requester");
  change.subject_digest = "d2";
  story.Do(change);

  EXPECT_EQ(story.run().current_stage, StageName{"QA"});
  EXPECT_EQ(StageOf(story, "QA").skip_reason, "");
  EXPECT_EQ(story.run().stages.front().name, StageName{"QA"});
}

TEST(SubjectChange, AgainstVoteInBothOrders) {
  Story vote_first = AtDevOps();
  auto vote = vote_first.VoteBy(Person("dora"), "DevOps", Choice::kApprove);
  vote.expected.subject_digest = "d1";
  EXPECT_EQ(CodeOf(vote_first.Do(vote)), "accepted");
  vote_first.ChangeSubject("d2");
  EXPECT_EQ(vote_first.run().current_stage, StageName{"QA"});
  EXPECT_THAT(StageOf(vote_first, "DevOps").gate->votes, IsEmpty()) << "it does not survive";

  Story change_first = AtDevOps();
  change_first.ChangeSubject("d2");
  EXPECT_EQ(CodeOf(change_first.Do(vote)), "subject_changed");
  vote.expected = {};
  EXPECT_EQ(CodeOf(change_first.Do(vote)), "gate_not_open");
}

TEST(SubjectChange, AVoteThatNamesTheOldEpochIsRefused) {
  Story story(QaThenDevOps());
  story.Create();
  auto vote = story.VoteBy(Person("alice"), "QA", Choice::kApprove);
  vote.epoch = Epoch{1};
  story.ChangeSubject("d2");

  EXPECT_EQ(CodeOf(story.Do(vote)), "gate_not_open");
}

TEST(SubjectChange, StartsTheDeadlineAnew) {
  Workflow workflow = QaThenDevOps();
  workflow.stages[0].gate->deadline = DeadlineOf(hours{24});
  Story story(workflow);
  story.Create();
  story.Advance(hours{20});
  const Decision decision = story.ChangeSubject("d2");

  EXPECT_THAT(EffectsOf(decision),
              Contains(Effect{SetTimer{TimerKind::kGateDeadline, story.now() + hours{24}}}));
  EXPECT_EQ(CodeOf(story.Do(GateDue{StageName{"QA"}, Epoch{1}})), "gate_not_open");
}

TEST(Digest, MayBeDemandedWithEveryVote) {
  Workflow workflow = ThreeGates();
  workflow.stages[0].gate->votes.needs_digest = true;
  Story story(workflow);
  story.Create();
  auto vote = story.VoteBy(Person("alice"), "QA", Choice::kApprove);

  const Decision without = story.Do(vote);
  EXPECT_EQ(CodeOf(without), "digest_needed");
  EXPECT_THAT(DetailOf(without), HasSubstr("d1"));
  vote.expected.subject_digest = "d1";
  EXPECT_EQ(CodeOf(story.Do(vote)), "accepted");
}

TEST(Stale, ASubjectThatIsNotTheApprovedOneIsNeverExecuted) {
  Story story(WorkflowOf({Acts("Deploy", Action())}));
  story.Create();

  EXPECT_THAT(Names(story.Do(MarkStale{AttemptNumber{1}, "d9"})),
              ElementsAre("AttemptEnded", "RunFinished"));
  EXPECT_EQ(story.status(), "stale");
  EXPECT_THAT(story.run().finish_reason, HasSubstr("d9"));
  EXPECT_EQ(CodeOf(story.Do(MarkStale{AttemptNumber{1}, "d9"})), "run_finished");
}

TEST(Stale, OnlyARunningAttemptCanBe) {
  Story story(WorkflowOf({Acts("Deploy", Action())}));
  story.Create();

  EXPECT_EQ(CodeOf(story.Do(MarkStale{AttemptNumber{2}, "d9"})), "not_possible");
}

}  // namespace
}  // namespace gatewright::core::test
