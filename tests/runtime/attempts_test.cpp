#include <gmock/gmock.h>

#include <thread>

#include "engine/core/rollback.h"
#include "tests/runtime/engine_fixture.h"

namespace gatewright::testing {
namespace {

using core::RunStatus;
using ::testing::HasSubstr;
using Report = Result<ports::AttemptReport>;

class AttemptsTest : public EngineTest {
 protected:
  // Blocks until the engine wants it to stop.
  static Report Block(const std::atomic<bool>& cancelled) {
    while (!cancelled) std::this_thread::sleep_for(std::chrono::milliseconds{1});
    return Error{ErrorCode::kCancelled, "stopped"};
  }
};

TEST_F(AttemptsTest, ATransientFailureIsTriedAgainAfterItsBackoff) {
  std::atomic<int> calls{0};
  plugins_.start = [&](const auto&, auto&, const auto&) -> Report {
    if (++calls == 1)
      return ports::AttemptReport{ports::AttemptOutcome::kFailedTransient, "busy", ""};
    return ports::AttemptReport{ports::AttemptOutcome::kSucceeded, "done", ""};
  };
  workflow_ = Deployment();
  workflow_.stages[2].action->retry.attempts = 3;
  Open(workflow_);
  const RunId run = Executing();
  Until(run, [](const core::Run& now) { return now.attempts.size() == 2; });
  EXPECT_EQ(calls, 1);
  clock_.Advance(std::chrono::seconds{5});
  EXPECT_EQ(UntilStatus(run, RunStatus::kSucceeded).attempts.size(), 2u);
}

TEST_F(AttemptsTest, APermanentFailureFailsTheRunAndSaysWhy) {
  plugins_.start = [](const auto&, auto&, const auto&) -> Report {
    return ports::AttemptReport{ports::AttemptOutcome::kFailedPermanent, "exit code 3", ""};
  };
  Open();
  const core::Run run = UntilStatus(Executing(), RunStatus::kFailed);
  EXPECT_EQ(run.state, "failed");
  EXPECT_EQ(run.finish_reason, "exit code 3");
}

TEST_F(AttemptsTest, ACancelStopsARunningAttempt) {
  plugins_.start = [](const auto&, auto&, const auto& cancelled) { return Block(cancelled); };
  Open();
  const RunId run = Executing();
  Await([&](runtime::Answer answer) {
    engine_->Cancel({Everybody(), run, "wrong version", {}, {}}, std::move(answer));
  });
  EXPECT_EQ(UntilStatus(run, RunStatus::kCancelled).state, "cancelled");
}

TEST_F(AttemptsTest, AnEngineThatStopsMidAttemptLeavesAnIncident) {
  plugins_.start = [](const auto&, auto&, const auto& cancelled) { return Block(cancelled); };
  Open();
  const RunId run = Executing();
  Restart();
  const core::Run after = UntilStatus(run, RunStatus::kNeedsAttention);
  EXPECT_THAT(after.incident->message, HasSubstr("nobody knows"));
  Await([&](runtime::Answer answer) {
    engine_->Resolve({Everybody(), run, core::Resolution::kSucceeded, "it was deployed", {}, {}},
                     std::move(answer));
  });
  EXPECT_EQ((*engine_->GetRun(run))->state, "executed");
}

TEST_F(AttemptsTest, ASafeActionIsRunAgainAfterACrash) {
  plugins_.start = [](const auto&, auto&, const auto& cancelled) { return Block(cancelled); };
  workflow_ = Deployment();
  workflow_.stages[2].action->is_safe_to_rerun = true;
  Open(workflow_);
  const RunId run = Executing();
  Close(Duration{0});
  plugins_.start = [](const auto&, auto&, const auto&) -> Report {
    return ports::AttemptReport{ports::AttemptOutcome::kSucceeded, "second time lucky", ""};
  };
  Open(workflow_);
  EXPECT_EQ(UntilStatus(run, RunStatus::kSucceeded).attempts.size(), 2u);
}

TEST_F(AttemptsTest, WhoWaitsForARunIsToldWhenItHasSettled) {
  std::atomic<bool> may_end{false};
  plugins_.start = [&](const auto&, auto&, const auto&) -> Report {
    while (!may_end) std::this_thread::sleep_for(std::chrono::milliseconds{1});
    return ports::AttemptReport{ports::AttemptOutcome::kSucceeded, "done", ""};
  };
  Open();
  const RunId run = Executing();
  std::promise<std::string> state;
  engine_->WaitFor(
      run, [](const core::Run& now) { return now.is_finished(); },
      clock_.Now() + std::chrono::seconds{30},
      [&](const std::shared_ptr<const core::Run>& now) { state.set_value(now->state); });
  may_end = true;
  EXPECT_EQ(state.get_future().get(), "executed");
}

TEST_F(AttemptsTest, WhoWaitsTooLongGetsTheRunAsItIs) {
  plugins_.start = [](const auto&, auto&, const auto& cancelled) { return Block(cancelled); };
  Open();
  const RunId run = Executing();
  std::promise<std::string> state;
  engine_->WaitFor(
      run, [](const core::Run& now) { return now.is_finished(); },
      clock_.Now() + std::chrono::seconds{30},
      [&](const std::shared_ptr<const core::Run>& now) { state.set_value(now->state); });
  clock_.Advance(std::chrono::seconds{31});
  EXPECT_EQ(state.get_future().get(), "executing");
  Close(Duration{0});
}

TEST_F(AttemptsTest, AnExecutorUndoesItsOwnAttempt) {
  std::string id;
  std::atomic<std::int64_t> token{0};
  plugins_.rollback = [&](const ports::AttemptRequest& request) -> Report {
    id = request.attempt_id;
    token = request.fencing_token;
    return ports::AttemptReport{ports::AttemptOutcome::kSucceeded, "gone", ""};
  };
  workflow_ = Deployment();
  core::StageSpec undo = workflow_.stages[2];
  undo.name = core::RollbackOf(undo.name);
  undo.undoes = workflow_.stages[2].name;
  undo.gate.reset();
  undo.action->is_own_rollback = true;
  workflow_.rollbacks = {undo};
  Open(workflow_);
  const RunId run = Executing();
  UntilStatus(run, RunStatus::kSucceeded);
  Await([&](runtime::Answer answer) {
    engine_->RollBack({Everybody(), run, "it does harm", {}, {}}, std::move(answer));
  });
  const core::Run undone = UntilStatus(run, RunStatus::kRolledBack);
  EXPECT_THAT(id, HasSubstr("-attempt-1")) << "the one that is undone";
  EXPECT_EQ(token, undone.attempts.back().fencing_token) << "a fence of its own";
  EXPECT_GT(undone.attempts.back().fencing_token, undone.attempts.front().fencing_token);
}

}  // namespace
}  // namespace gatewright::testing
