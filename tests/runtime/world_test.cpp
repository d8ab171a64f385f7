// Runs that depend on each other and on the installation: stops, locks, delegations, the directory;
// over restarts and failed commits.
#include <gmock/gmock.h>

#include "tests/runtime/engine_fixture.h"

namespace gatewright::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using namespace std::chrono_literals;
using core::RunStatus;

core::Workflow Locked(core::LockMode mode = core::LockMode::kFifo) {
  core::Workflow workflow = Deployment();
  core::LockSpec lock;
  lock.keys = {"env/${subject.env}"};
  lock.mode = mode;
  workflow.lock = lock;
  return workflow;
}

class WorldTest : public EngineTest {
 protected:
  runtime::Reply Change(core::SiteCommand command) {
    return Await([&](runtime::Answer answer) {
      engine_->Change({std::move(command), std::nullopt}, std::move(answer));
    });
  }
  void Stop(core::Selector selector = {}) {
    core::SetStop stop;
    stop.actor = Person("olga", {});
    stop.selector = std::move(selector);
    stop.reason = "incident 7";
    ASSERT_EQ(Change(std::move(stop)).kind, runtime::ReplyKind::kDone);
  }
  void Lift() {
    core::LiftStop lift;
    lift.actor = Person("olga", {});
    ASSERT_EQ(Change(std::move(lift)).kind, runtime::ReplyKind::kDone);
  }
  RunId Approved(const std::string& subject) {
    const RunId run = Create(subject).run->id;
    for (int i = 0; i < 3; ++i) Vote(run, Everybody());
    return run;
  }
  RunStatus StatusOf(RunId run) { return (*engine_->GetRun(run))->status; }

  // Executors wait until a test lets them go.
  void HoldExecutors() {
    plugins_.start = [this](const auto&, auto&,
                            const std::atomic<bool>& cancelled) -> Result<ports::AttemptReport> {
      while (!may_end_ && !cancelled) std::this_thread::sleep_for(1ms);
      if (!may_end_) return Error{ErrorCode::kCancelled, "cut off"};
      return ports::AttemptReport{ports::AttemptOutcome::kSucceeded, "done", ""};
    };
  }
  std::atomic<bool> may_end_{false};
};

constexpr const char* kProd = R"({"version":"1","env":"prod"})";
constexpr const char* kTest = R"({"version":"1","env":"test"})";

TEST_F(WorldTest, AStopHoldsOverARestartUntilItIsLifted) {
  Open();
  Stop();
  const RunId run = Approved(kProd);
  EXPECT_EQ(StatusOf(run), RunStatus::kBlocked);
  Restart();
  EXPECT_EQ(StatusOf(run), RunStatus::kBlocked);
  EXPECT_THAT((*engine_->GetRun(run))->holds.front().detail, HasSubstr("incident 7"));
  Lift();
  UntilStatus(run, RunStatus::kSucceeded);
}

TEST_F(WorldTest, AStopThatIsLiftedWhileNobodyRunsIsNoticedAtTheStart) {
  Open();
  core::SetStop stop;
  stop.actor = Person("olga", {});
  stop.reason = "until noon";
  stop.until = clock_.Now() + 1h;
  Change(stop);
  const RunId run = Approved(kProd);
  ASSERT_EQ(StatusOf(run), RunStatus::kBlocked);
  Close();
  clock_.Advance(2h);
  Open(workflow_);
  UntilStatus(run, RunStatus::kSucceeded);
}

TEST_F(WorldTest, AStopOfAnotherWorkflowHoldsNobodyHere) {
  Open();
  core::Selector selector;
  selector.workflow = WorkflowName{"elsewhere"};
  Stop(selector);
  UntilStatus(Approved(kProd), RunStatus::kSucceeded);
}

TEST_F(WorldTest, TheNextInLineGoesOnWhenALockIsGivenBack) {
  HoldExecutors();
  Open(Locked());
  const RunId first = Approved(kProd);
  const RunId second = Approved(kProd);
  const RunId elsewhere = Approved(kTest);
  EXPECT_EQ(StatusOf(first), RunStatus::kExecuting);
  EXPECT_EQ(StatusOf(second), RunStatus::kBlocked);
  EXPECT_EQ(StatusOf(elsewhere), RunStatus::kExecuting);
  may_end_ = true;
  UntilStatus(first, RunStatus::kSucceeded);
  UntilStatus(elsewhere, RunStatus::kSucceeded);
  const core::Run last = UntilStatus(second, RunStatus::kSucceeded);
  EXPECT_GT(last.attempts.front().fencing_token,
            (*engine_->GetRun(first))->attempts.front().fencing_token);
  EXPECT_TRUE(store_->Locks()->empty());
}

TEST_F(WorldTest, TheLineOutlivesARestart) {
  HoldExecutors();
  Open(Locked());
  const RunId first = Approved(kProd);
  const RunId second = Approved(kProd);
  ASSERT_EQ(StatusOf(second), RunStatus::kBlocked);
  Restart();
  // Nobody knows how the first one ended: it keeps its lock, and the second one waits.
  UntilStatus(first, RunStatus::kNeedsAttention);
  EXPECT_EQ(StatusOf(second), RunStatus::kBlocked);
  may_end_ = true;
  Await([&](runtime::Answer answer) {
    engine_->Resolve({Everybody(), first, core::Resolution::kFailed, "looked", {}, {}},
                     std::move(answer));
  });
  UntilStatus(second, RunStatus::kSucceeded);
}

TEST_F(WorldTest, TheLatestWinsAndSaysSo) {
  HoldExecutors();
  Open(Locked(core::LockMode::kLatestWins));
  const RunId holder = Approved(kProd);
  const RunId older = Approved(kProd);
  const RunId newer = Approved(kProd);
  const core::Run loser = UntilStatus(older, RunStatus::kSuperseded);
  EXPECT_THAT(loser.finish_reason, HasSubstr(std::to_string(newer.value)));
  EXPECT_EQ(StatusOf(holder), RunStatus::kExecuting);
  may_end_ = true;
  UntilStatus(newer, RunStatus::kSucceeded);
}

TEST_F(WorldTest, ACommitThatFailsGivesNobodyALock) {
  HoldExecutors();
  Open(Locked());
  const RunId first = Create(kProd).run->id;
  for (int i = 0; i < 2; ++i) Vote(first, Everybody());
  store_->FailWith(Error{ErrorCode::kUnavailable, "the disk is full"});
  EXPECT_EQ(Vote(first, Everybody()).kind, runtime::ReplyKind::kFailed);
  store_->FailWith(std::nullopt);
  EXPECT_TRUE(store_->Locks()->empty());
  const RunId second = Approved(kProd);
  EXPECT_EQ(StatusOf(second), RunStatus::kExecuting);
  may_end_ = true;
}

TEST_F(WorldTest, ADelegateVotesInThePlaceOfSomebody) {
  Open();
  core::AddDelegation add;
  add.actor = Person("quentin", {"qa"});
  add.delegation.from = PrincipalId{"quentin"};
  add.delegation.to = PrincipalId{"zoe"};
  add.delegation.valid_from = clock_.Now();
  add.delegation.valid_until = clock_.Now() + 24h;
  add.delegation.roles = {"qa"};
  ASSERT_EQ(Change(add).kind, runtime::ReplyKind::kDone);
  const RunId run = Create().run->id;
  ASSERT_EQ(Vote(run, Person("zoe", {})).kind, runtime::ReplyKind::kDone);
  const auto now = *engine_->GetRun(run);
  EXPECT_EQ(now->state, "approved_by_QA");
  EXPECT_EQ(now->stages.front().gate->votes.front().slot().value, "quentin");
  EXPECT_EQ(now->stages.front().gate->votes.front().voter.value, "zoe");
  clock_.Advance(25h);
  const RunId later = Create().run->id;
  EXPECT_EQ(Vote(later, Person("zoe", {})).refusal.code, core::RefusalCode::kNotEligible);
}

TEST_F(WorldTest, AGateThatNobodyCanSatisfyIsAnIncidentAtOnce) {
  core::Workflow workflow = Deployment();
  workflow.stages[0].gate = GateOf("qa", 2);
  Open(workflow);
  engine_->SetDirectory({Person("alice", {"qa"}), Person("bob", {"devops"})});
  const RunId run = Create().run->id;
  const core::Run stuck = UntilStatus(run, RunStatus::kNeedsAttention);
  EXPECT_EQ(stuck.incident->code, "gate_impossible");
  engine_->SetDirectory({Person("alice", {"qa"}), Person("bob", {"devops", "qa"})});
  Await([&](runtime::Answer answer) {
    engine_->Resolve({Everybody(), run, core::Resolution::kRetry, "bob joined", {}, {}},
                     std::move(answer));
  });
  const core::Run asked = Until(run, [](const core::Run& now) {
    return now.status == RunStatus::kWaiting && now.stages.front().gate->eligible.has_value();
  });
  EXPECT_EQ(asked.stages.front().gate->epoch, Epoch{2});
  EXPECT_THAT(EventTypes(run), Contains("IncidentResolved"));
}

TEST_F(WorldTest, AChangedSubjectAsksAgainAndTheOldVoteCountsNoMore) {
  Open();
  const RunId run = Create().run->id;
  Vote(run, Everybody());
  ASSERT_EQ((*engine_->GetRun(run))->state, "approved_by_QA");
  const auto changed = Await([&](runtime::Answer answer) {
    runtime::SubjectRequest request;
    request.actor = Person("carol", {});
    request.run = run;
    request.subject_json = R"({"version":"1.3"})";
    engine_->ChangeSubject(std::move(request), std::move(answer));
  });
  ASSERT_EQ(changed.kind, runtime::ReplyKind::kDone);
  EXPECT_EQ(changed.run->state, "requested");
  EXPECT_EQ(changed.run->current_stage, StageName{"QA"});
  EXPECT_EQ(changed.run->stages.front().gate->epoch, Epoch{2});
  EXPECT_EQ(changed.run->stages.front().outdated.size(), 1u);
}

TEST_F(WorldTest, TheInboxHoldsWhatOneCanDecideAndNothingElse) {
  Open();
  const RunId first = Create().run->id;
  const RunId second = Create().run->id;
  Vote(second, Everybody());
  const auto ids = [&](const core::Principal& who) {
    std::vector<RunId> found;
    const auto inbox = engine_->Inbox(who, RunId{0}, 10);
    for (const auto& item : inbox->items) found.push_back(item.run->id);
    return found;
  };
  EXPECT_EQ(ids(Person("quentin", {"qa"})), std::vector{first});
  EXPECT_EQ(ids(Person("dora", {"devops"})), std::vector{second});
  EXPECT_TRUE(ids(Person("nobody", {})).empty());
}

TEST_F(WorldTest, ARetiredWorkflowTakesNoRunsAndNamesThoseThatKeepIt) {
  Open();
  const RunId run = Create().run->id;
  EXPECT_EQ(*engine_->Retire(WorkflowName{"deployment"}), std::vector{run});
  Await([&](runtime::Answer answer) {
    engine_->Cancel({Everybody(), run, "", {}, {}}, std::move(answer));
  });
  EXPECT_TRUE(engine_->Retire(WorkflowName{"deployment"})->empty());
  EXPECT_EQ(Create().refusal.code, core::RefusalCode::kNotFound);
}

}  // namespace
}  // namespace gatewright::testing
