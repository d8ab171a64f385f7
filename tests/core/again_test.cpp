// tests/core/again_test.cpp: runs that go on after they stood still: retried after their end, moved
// to another version of their workflow.
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
using ::testing::Not;

Workflow Deploys(std::optional<Duration> reuse_within = std::nullopt) {
  Workflow workflow = WorkflowOf(
      {Asks("QA", Gate({Leaf("qa")})), Acts("Deploy", Action(), Gate({Leaf("release")}))});
  workflow.stages[1].gate->votes.reuse_within = reuse_within;
  return workflow;
}

Story Failed(Workflow workflow) {
  Story story(std::move(workflow));
  story.Create();
  story.Approve("alice", "QA");
  story.Approve("bob", "Deploy");
  story.Finish(AttemptEnd::kFailed);
  return story;
}

TEST(RetryRun, AsksTheFailedStageAgain) {
  Story story = Failed(Deploys());

  EXPECT_THAT(Names(story.Retry()), ElementsAre("RunRetried", "VotesOutdated", "GateOpened"));
  EXPECT_EQ(story.status(), "waiting");
  EXPECT_EQ(story.run().state, "QA done");
  EXPECT_FALSE(story.run().finished_at);
  EXPECT_THAT(Names(story.Approve("bob", "Deploy")), Contains("AttemptStarted"));
  EXPECT_GT(story.run().attempts[1].fencing_token, story.run().attempts[0].fencing_token);
}

TEST(RetryRun, ReusesYoungVotesWhereTheWorkflowSaysSo) {
  Story story = Failed(Deploys(hours{24}));
  story.Advance(hours{24});

  EXPECT_THAT(Names(story.Retry()), ElementsAre("RunRetried", "GateOpened", "VotesCarried",
                                                "GateSatisfied", "AttemptStarted"));
  EXPECT_THAT(story.votes("Deploy").front().carried_reason, HasSubstr("reused"));
}

TEST(RetryRun, OlderVotesAreNotReused) {
  Story story = Failed(Deploys(hours{24}));
  story.Advance(hours{24} + Duration{1});

  EXPECT_THAT(Names(story.Retry()), ElementsAre("RunRetried", "VotesOutdated", "GateOpened"));
}

TEST(RetryRun, AStopHoldsItToo) {
  Story story = Failed(Deploys(hours{24}));
  story.installation().StopAll();

  EXPECT_THAT(Names(story.Retry()), Contains("ActionBlocked"));
}

TEST(RetryRun, AllTriesAreThereAgain) {
  Workflow workflow = Deploys();
  workflow.stages[1].action = RetriedAction(2);
  Story story(workflow);
  story.Create();
  story.Approve("alice", "QA");
  story.Approve("bob", "Deploy");
  const auto fail = [&] { return story.Finish(AttemptEnd::kFailed, FailureClass::kTransient); };
  fail();
  story.Advance(hours{1});
  story.StartAttempt();
  fail();
  ASSERT_EQ(story.status(), "failed");
  story.Retry();
  story.Approve("bob", "Deploy");

  EXPECT_THAT(Names(fail()), ElementsAre("AttemptEnded", "AttemptPlanned"));
}

TEST(RetryRun, AnExpiredGateIsAskedAgain) {
  Workflow workflow = Deploys();
  workflow.stages[0].gate->deadline = DeadlineOf(hours{1});
  Story story(workflow);
  story.Create();
  story.Advance(hours{1});
  story.Expire("QA");

  const Decision decision = story.Retry();
  EXPECT_THAT(Names(decision), ElementsAre("RunRetried", "GateOpened"));
  EXPECT_THAT(EffectsOf(decision),
              Contains(Effect{SetTimer{TimerKind::kGateDeadline, story.now() + hours{1}}}));
  EXPECT_EQ(story.run().state, "requested");
}

TEST(RetryRun, OnlyWhatFailedOrExpired) {
  Story rejected(Deploys());
  rejected.Create();
  EXPECT_EQ(CodeOf(rejected.Retry()), "not_possible");
  rejected.Reject("alice", "QA");
  EXPECT_EQ(CodeOf(rejected.Retry()), "run_finished");
}

TEST(RetryRun, AfterAReviewGoesOnWhereItFailed) {
  Workflow workflow = Deploys();
  workflow.stages.push_back(Asks("Verify", Gate({Leaf("qa")})));
  workflow.overriding = OverrideSpec{};
  workflow.review = Asks(std::string(kReviewStage), Gate({Leaf("audit")}));
  Story story(workflow);
  story.Create();
  story.Approve("alice", "QA");
  story.Override(OverrideKind::kGate);
  story.Finish(AttemptEnd::kFailed);
  story.Approve("auditor", kReviewStage);
  ASSERT_EQ(story.status(), "failed");

  story.Retry();
  EXPECT_EQ(story.run().current_stage, StageName{"Deploy"});
  story.Approve("bob", "Deploy");
  story.Finish(AttemptEnd::kSucceeded);
  story.Approve("carol", "Verify");
  std::vector<std::string> order;
  for (const Stage& stage : story.run().stages) order.push_back(stage.name.value);
  EXPECT_THAT(order, ElementsAre("QA", "Deploy", "Verify", std::string(kReviewStage)));
  EXPECT_EQ(ToString(story.run().stages[2].state), "done");
}

Workflow VersionTwo(std::vector<StageSpec> stages) {
  Workflow workflow = WorkflowOf(std::move(stages));
  workflow.version = WorkflowVersion{"v2"};
  return workflow;
}

MigrateRun To(const Workflow& target, std::vector<StageMapping> stages = {}) {
  MigrateRun migrate;
  migrate.actor = Person("operator");
  migrate.target = &target;
  migrate.stages = std::move(stages);
  return migrate;
}

StageSpec Qa(std::uint32_t need = 1) { return Asks("QA", Gate({Leaf("qa", need)})); }
StageSpec DevOps() { return Asks("DevOps", Gate({Leaf("devops")})); }
StageSpec Security() { return Asks("Security", Gate({Leaf("security")})); }

// Approved by alice at QA; waits at DevOps.
Story AtDevOps() {
  Story story(WorkflowOf({Qa(), DevOps()}));
  story.Create();
  story.Approve("alice", "QA");
  return story;
}

std::vector<std::string> OrderOf(const Story& story) {
  std::vector<std::string> order;
  for (const Stage& stage : story.run().stages) {
    order.push_back(stage.name.value + " " + std::string(ToString(stage.state)));
  }
  return order;
}

TEST(Migrate, KeepsTheVotesOfGatesThatAskTheSame) {
  const Workflow target = VersionTwo({Qa(), DevOps(), Security()});
  Story story = AtDevOps();

  EXPECT_THAT(Names(story.Do(To(target))), ElementsAre("RunMigrated", "GateOpened"));
  EXPECT_EQ(story.run().workflow_version, WorkflowVersion{"v2"});
  EXPECT_EQ(story.run().current_stage, StageName{"DevOps"});
  EXPECT_EQ(story.run().state, "QA done");
  story.Approve("dora", "DevOps");
  EXPECT_EQ(story.run().current_stage, StageName{"Security"});
}

TEST(Migrate, AGateThatAsksForMoreIsAskedAgain) {
  const Workflow target = VersionTwo({Qa(2), DevOps()});
  Story story = AtDevOps();

  EXPECT_THAT(Names(story.Do(To(target))),
              ElementsAre("RunMigrated", "VotesOutdated", "GateOpened"));
  EXPECT_EQ(story.run().current_stage, StageName{"QA"});
  EXPECT_EQ(story.run().state, "requested");
}

TEST(Migrate, ANewStageBeforeTheCurrentOneIsAsked) {
  const Workflow target = VersionTwo({Qa(), Security(), DevOps()});
  Story story = AtDevOps();
  story.Do(To(target));
  EXPECT_THAT(OrderOf(story), ElementsAre("QA done", "Security current", "DevOps ahead"));
  EXPECT_EQ(CodeOf(story.Approve("dora", "DevOps")), "gate_not_open");

  story.Approve("sam", "Security");
  EXPECT_THAT(OrderOf(story), ElementsAre("QA done", "Security done", "DevOps current"));
}

TEST(Migrate, ANewStageBeforeAllOthersComesFirst) {
  const Workflow target = VersionTwo({Security(), Qa(), DevOps()});
  Story story = AtDevOps();
  story.Do(To(target));
  EXPECT_THAT(OrderOf(story), ElementsAre("Security current", "QA ahead", "DevOps ahead"));

  story.Approve("sam", "Security");
  EXPECT_THAT(OrderOf(story), ElementsAre("Security done", "QA done", "DevOps current"))
      << "alice's vote on QA was carried";
}

TEST(Migrate, ARenamedStageKeepsItsVotes) {
  StageSpec quality = Qa();
  quality.name = StageName{"Quality"};
  const Workflow target = VersionTwo({quality, DevOps()});
  Story story = AtDevOps();
  const Decision without = story.Do(To(target));
  EXPECT_EQ(CodeOf(without), "not_possible");
  EXPECT_THAT(DetailOf(without), HasSubstr("no stage for QA"));

  EXPECT_EQ(CodeOf(story.Do(To(target, {{StageName{"QA"}, StageName{"Quality"}}}))), "accepted");
  EXPECT_EQ(story.run().current_stage, StageName{"DevOps"});
  EXPECT_EQ(story.votes("Quality").front().voter, PrincipalId{"alice"});
}

TEST(Migrate, BadMappingsAreRefused) {
  const Workflow target = VersionTwo({DevOps(), Qa()});
  Story swapped = AtDevOps();
  EXPECT_THAT(DetailOf(swapped.Do(To(target))), HasSubstr("comes earlier"));

  const Workflow one = VersionTwo({Qa(), Security()});
  Story story = AtDevOps();
  EXPECT_THAT(DetailOf(story.Do(To(one, {{StageName{"DevOps"}, StageName{"QA"}}}))),
              HasSubstr("two stages of run 1 would become 'QA'"));
  EXPECT_THAT(DetailOf(story.Do(To(one, {{StageName{"DevOps"}, StageName{"Nowhere"}}}))),
              HasSubstr("no stage 'Nowhere'"));
}

TEST(Migrate, ExecutedStagesAreNeverAskedAgain) {
  Workflow workflow = Deploys();
  workflow.stages.push_back(DevOps());
  Story story(workflow);
  story.Create();
  story.Approve("alice", "QA");
  story.Approve("bob", "Deploy");
  story.Finish(AttemptEnd::kSucceeded);
  Workflow target = workflow;
  target.version = WorkflowVersion{"v2"};
  target.stages[0].gate->rules = All({Leaf("qa", 2)});
  target.stages[1].gate->rules = All({Leaf("release", 2)});
  target.stages.insert(target.stages.begin(), Security());

  EXPECT_THAT(Names(story.Do(To(target))), ElementsAre("RunMigrated", "GateOpened"));
  EXPECT_EQ(story.run().current_stage, StageName{"DevOps"});
  EXPECT_EQ(story.votes("QA").size(), 1U);
}

TEST(Migrate, AStageSkippedBeforeMayBeAskedNow) {
  const Workflow target = VersionTwo({Qa(), DevOps()});
  Story story(WorkflowOf({Qa(), DevOps()}));
  story.Create(Person("requester"), {{StageName{"QA"}, "docs only"}});
  story.Do(To(target));

  EXPECT_THAT(OrderOf(story), ElementsAre("QA current", "DevOps ahead"));
}

TEST(Migrate, ASkippedStageThatIsGoneIsForgotten) {
  const Workflow target = VersionTwo({DevOps(), Security()});
  Story story(WorkflowOf({Qa(), DevOps()}));
  story.Create(Person("requester"), {{StageName{"QA"}, "docs only"}});

  EXPECT_EQ(CodeOf(story.Do(To(target))), "accepted");
  story.Approve("dora", "DevOps");
  EXPECT_THAT(OrderOf(story), ElementsAre("DevOps done", "Security current"));
}

TEST(Migrate, IsRefusedWhileAnActionIsUnderWay) {
  Workflow target = Deploys();
  target.version = WorkflowVersion{"v2"};
  Story story(Deploys());
  story.Create();
  story.Approve("alice", "QA");
  story.Approve("bob", "Deploy");

  EXPECT_EQ(CodeOf(story.Do(To(target))), "not_possible");
  story.Finish(AttemptEnd::kFailed);
  EXPECT_EQ(CodeOf(story.Do(To(target))), "run_finished");
}

TEST(Migrate, ToTheSameVersionChangesNothing) {
  const Workflow target = WorkflowOf({Qa(), DevOps()});
  Story story = AtDevOps();

  EXPECT_THAT(Names(story.Do(To(target))), IsEmpty());
}

TEST(Migrate, OtherLocksAreStoodInLineForAgain) {
  Workflow workflow = WorkflowOf({Acts("Deploy", Action(), Gate({Leaf("release")}))});
  workflow.lock = LockSpec{};
  Workflow target = workflow;
  target.version = WorkflowVersion{"v2"};
  Installation shared;
  Story holder(workflow, shared, RunId{1});
  holder.CreateWith({{"prod"}, {}});
  holder.Approve("bob", "Deploy");
  Story story(workflow, shared, RunId{2});
  story.CreateWith({{"prod"}, {}});
  story.Approve("bob", "Deploy");
  ASSERT_EQ(story.status(), "blocked");
  MigrateRun migrate = To(target);
  migrate.facts = {{"test"}, {}};

  EXPECT_THAT(Names(story.Do(migrate)),
              ElementsAre("LocksReleased", "RunMigrated", "GateOpened", "VotesCarried",
                          "GateSatisfied", "LocksTaken", "AttemptStarted"));
}

}  // namespace
}  // namespace gatewright::core::test
