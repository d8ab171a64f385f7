#include "engine/core/run.h"

#include <algorithm>

#include "engine/base/assert.h"

namespace gatewright::core {

std::optional<RunStatus> ParseRunStatus(std::string_view text) {
  for (std::size_t i = 1; i <= kRunStatuses; ++i) {
    const auto status = static_cast<RunStatus>(i);
    if (ToString(status) == text) return status;
  }
  return std::nullopt;
}

bool IsFinished(RunStatus status) {
  return status != RunStatus::kWaiting && status != RunStatus::kExecuting &&
         status != RunStatus::kNeedsAttention && status != RunStatus::kBlocked &&
         status != RunStatus::kDraft;
}

RunStatus StatusOf(RunOutcome outcome) {
  switch (outcome) {
    case RunOutcome::kSucceeded:
      return RunStatus::kSucceeded;
    case RunOutcome::kRejected:
      return RunStatus::kRejected;
    case RunOutcome::kExpired:
      return RunStatus::kExpired;
    case RunOutcome::kCancelled:
      return RunStatus::kCancelled;
    case RunOutcome::kFailed:
      return RunStatus::kFailed;
    case RunOutcome::kSuperseded:
      return RunStatus::kSuperseded;
    case RunOutcome::kStale:
      return RunStatus::kStale;
    case RunOutcome::kRolledBack:
      return RunStatus::kRolledBack;
  }
  GW_ASSERT(false);
}

RunOutcome OutcomeOf(RunStatus status) {
  for (std::size_t i = 1; i <= kRunOutcomes; ++i) {
    const auto outcome = static_cast<RunOutcome>(i);
    if (StatusOf(outcome) == status) return outcome;
  }
  GW_ASSERT(false);
}

bool IsOpen(AttemptState state) {
  return state == AttemptState::kPlanned || state == AttemptState::kStarted;
}

const Stage* Run::FindStage(const StageName& stage) const {
  const auto found = std::ranges::find(stages, stage, &Stage::name);
  return found == stages.end() ? nullptr : &*found;
}

Stage* Run::FindStage(const StageName& stage) {
  return const_cast<Stage*>(std::as_const(*this).FindStage(stage));
}

const Attempt* Run::OpenAttempt() const {
  const auto found =
      std::ranges::find_if(attempts, [](const Attempt& attempt) { return IsOpen(attempt.state); });
  return found == attempts.end() ? nullptr : &*found;
}

const Attempt* Run::FindAttempt(AttemptNumber number) const {
  const auto found = std::ranges::find(attempts, number, &Attempt::number);
  return found == attempts.end() ? nullptr : &*found;
}

}  // namespace gatewright::core
