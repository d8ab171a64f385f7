// engine/core/rollback.h: undoing what a run has done. Each action that can be undone has a stage
// of its own for it, with a gate and an action: "rollback:Deploy" for "Deploy". A rollback goes
// through those of the stages that have acted, the last one first.
#pragma once

#include <string_view>
#include <vector>

#include "engine/core/run.h"
#include "engine/core/workflow.h"

namespace gatewright::core {

// No stage of a file may have a colon in its name.
inline constexpr std::string_view kRollbackPrefix = "rollback:";

StageName RollbackOf(const StageName& stage);
bool IsRollback(const StageName& stage);

// The stages that have acted, were not undone yet and can be, the last one first.
std::vector<StageName> StagesToUndo(const Run& run, const Workflow& workflow);

// Has anything been started of the rollback under way?
bool HasBegunToUndo(const Run& run);

}  // namespace gatewright::core
