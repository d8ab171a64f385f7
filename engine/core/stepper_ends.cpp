// How stages, runs, rollbacks and reviews come to their end: see stepper.h.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/base/assert.h"
#include "engine/core/rollback.h"
#include "engine/core/stepper.h"

namespace gatewright::core {

std::string StateBefore(const Run& run, const Workflow& workflow, std::size_t index) {
  std::string state = workflow.initial_state;
  for (std::size_t i = 0; i < index && i < workflow.stages.size(); ++i) {
    const Stage* stage = run.FindStage(workflow.stages[i].name);
    if (stage != nullptr && stage->state == StageState::kDone) {
      state = workflow.stages[i].done_state;
    }
  }
  return state;
}

void Stepper::FinishStage() {
  const StageSpec& stage = CurrentSpec();
  if (!stage.undoes.empty()) {
    Emit(StageDone{stage.name, StateBefore(run(), *workflow_, workflow_->IndexOf(stage.undoes))});
    const bool is_stopped = run().is_cancel_requested && !run().rollback->left.empty();
    return is_stopped ? GiveUpRollback(RunOutcome::kCancelled, "before the next stage")
                      : UndoNext();
  }
  const std::size_t index = workflow_->IndexOf(stage.name);
  Emit(StageDone{stage.name, stage.done_state});
  const bool is_last = index + 1 == workflow_->stages.size();
  if (run().is_cancel_requested && !is_last) {
    return FinishRun(RunOutcome::kCancelled, "cancelled", "cancelled while its action was running");
  }
  EnterStage(index + 1);
}

void Stepper::FinishRun(RunOutcome outcome, std::string state, std::string reason) {
  if (run().rollback && outcome != RunOutcome::kRolledBack) return GiveUpRollback(outcome, reason);
  End(outcome, std::move(state), std::move(reason));
}

// Before anything was undone the run is again what it was; else it is neither one nor the other.
void Stepper::GiveUpRollback(RunOutcome outcome, const std::string& reason) {
  const Rollback rollback = *run().rollback;
  std::string why = fmt::format("its rollback was {}", ToString(outcome));
  if (!reason.empty()) why += ": " + reason;
  if (HasBegunToUndo(run())) return End(RunOutcome::kFailed, "rollback_failed", std::move(why));
  if (!rollback.finish_reason.empty()) why = rollback.finish_reason + "; " + why;
  End(OutcomeOf(rollback.status), rollback.state, std::move(why));
}

void Stepper::End(RunOutcome outcome, std::string state, std::string reason) {
  if (run().locks.state != LockState::kNone) ReleaseLocks("the run has ended");
  if (run().status == RunStatus::kBlocked) Request(ClearTimer{TimerKind::kLookAgain});
  if (run().is_draft()) Request(ClearTimer{TimerKind::kDraft});
  // However it ends: cancelling afterwards is no way around the review.
  const bool has_acted = run().rollback
                             ? HasBegunToUndo(run())
                             : std::ranges::any_of(run().attempts, [](const Attempt& attempt) {
                                 return attempt.started_at.has_value();
                               });
  const bool is_effective = has_acted || (outcome == RunOutcome::kSucceeded && !run().rollback);
  if (is_effective && WasOverridden() && workflow_->review && !run().review) {
    const StageName& review = workflow_->review->name;
    Outdate(review, "it was about what the run had done before", [](const Vote&) { return true; });
    Emit(ReviewOpened{outcome, std::move(state), std::move(reason)});
    back_state_ = StateBefore(run(), *workflow_, workflow_->stages.size());
    return OpenGate(*workflow_->review, "an override of this run is to be looked at");
  }
  Emit(RunFinished{outcome, std::move(state), std::move(reason)});
}

// What was overridden before a rollback has been reviewed by then.
bool Stepper::WasOverridden() const {
  return std::ranges::any_of(run().overrides, [&](const Override& one) {
    return one.is_granted && IsRollback(one.stage) == run().rollback.has_value();
  });
}

void Stepper::FinishReview() {
  const ReviewOpened review = *run().review;
  std::string reason = review.reason.empty() ? "" : review.reason + "; ";
  switch (CurrentGate().outcome) {
    case GateOutcome::kSatisfied:
      reason += "its override was reviewed and found justified";
      break;
    case GateOutcome::kRejected:
      reason += "its override was reviewed and found not justified";
      break;
    default:
      reason += "nobody reviewed its override in time";
  }
  Emit(StageDone{run().current_stage, review.state});
  Emit(RunFinished{review.outcome, review.state, std::move(reason)});
}

void Stepper::UndoNext() {
  const Rollback& rollback = *run().rollback;
  if (rollback.left.empty()) {
    return FinishRun(RunOutcome::kRolledBack, "rolled_back", rollback.reason);
  }
  const StageSpec* stage = workflow_->FindStage(RollbackOf(rollback.left.front()));
  GW_ASSERT(stage != nullptr);
  reason_ = fmt::format("{} rolls the run back", rollback.by.value);
  Enter(*stage);
}

}  // namespace gatewright::core
