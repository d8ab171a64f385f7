#include "engine/core/rollback.h"

#include <algorithm>

namespace gatewright::core {
namespace {

// What failed or was stopped half-way may have left something behind, too.
bool HasStartedActing(const Run& run, const StageName& stage) {
  return std::ranges::any_of(run.attempts, [&](const Attempt& attempt) {
    return attempt.stage == stage && attempt.started_at.has_value();
  });
}

}  // namespace

StageName RollbackOf(const StageName& stage) {
  return StageName{std::string(kRollbackPrefix) + stage.value};
}

bool IsRollback(const StageName& stage) { return stage.value.starts_with(kRollbackPrefix); }

std::vector<StageName> StagesToUndo(const Run& run, const Workflow& workflow) {
  std::vector<StageName> stages;
  for (const StageSpec& rollback : workflow.rollbacks) {
    const Stage* stage = run.FindStage(rollback.undoes);
    if (stage == nullptr || stage->state == StageState::kRolledBack) continue;
    if (HasStartedActing(run, rollback.undoes)) stages.push_back(rollback.undoes);
  }
  return stages;
}

bool HasBegunToUndo(const Run& run) {
  const auto& attempts = run.attempts;
  return std::any_of(attempts.begin() + static_cast<std::ptrdiff_t>(run.rollback->attempts_before),
                     attempts.end(),
                     [](const Attempt& attempt) { return attempt.started_at.has_value(); });
}

}  // namespace gatewright::core
