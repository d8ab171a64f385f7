#include "engine/core/timer_command.h"

namespace gatewright::core {

std::optional<Command> CommandOfTimer(const Run& run, TimerKind kind) {
  switch (kind) {
    case TimerKind::kGateDeadline: {
      const Stage* stage = run.FindStage(run.current_stage);
      if (stage == nullptr || !stage->gate || !stage->gate->is_open()) return std::nullopt;
      return GateDue{stage->name, stage->gate->epoch};
    }
    case TimerKind::kStartAttempt: {
      const Attempt* attempt = run.OpenAttempt();
      if (attempt == nullptr || attempt->state != AttemptState::kPlanned) return std::nullopt;
      return StartAttempt{attempt->number};
    }
    case TimerKind::kLookAgain:
      if (run.status != RunStatus::kBlocked) return std::nullopt;
      return TryStart{};
    case TimerKind::kLocks:
      return ExpireLocks{};
    case TimerKind::kDraft:
      if (!run.is_draft()) return std::nullopt;
      return ExpireDraft{};
  }
  return std::nullopt;
}

}  // namespace gatewright::core
