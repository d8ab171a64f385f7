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
         status != RunStatus::kNeedsAttention && status != RunStatus::kBlocked;
}

RunOutcome OutcomeOf(RunStatus status) {
  switch (status) {
    case RunStatus::kSucceeded:
      return RunOutcome::kSucceeded;
    case RunStatus::kRejected:
      return RunOutcome::kRejected;
    case RunStatus::kExpired:
      return RunOutcome::kExpired;
    case RunStatus::kCancelled:
      return RunOutcome::kCancelled;
    case RunStatus::kFailed:
      return RunOutcome::kFailed;
    case RunStatus::kSuperseded:
      return RunOutcome::kSuperseded;
    case RunStatus::kStale:
      return RunOutcome::kStale;
    case RunStatus::kRolledBack:
      return RunOutcome::kRolledBack;
    case RunStatus::kWaiting:
    case RunStatus::kExecuting:
    case RunStatus::kNeedsAttention:
    case RunStatus::kBlocked:
      break;
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
