#include "engine/core/decide_rollback.h"

#include <fmt/format.h>

#include "engine/core/rollback.h"

namespace gatewright::core {
namespace {

std::string WhyNothingToUndo(const Run& run, const Workflow& workflow) {
  if (workflow.rollbacks.empty()) {
    return fmt::format(
        "version {} of workflow '{}' says of no action how it is undone "
        "(`action.rollback`)",
        workflow.version.value.substr(0, 12), workflow.name.value);
  }
  return fmt::format("run {} has done nothing that can be undone, or it was undone already",
                     run.id.value);
}

}  // namespace

Decision DecideRollBack(const Case& at, const RollBackRun& command) {
  auto stages = StagesToUndo(at.run, at.workflow);
  if (stages.empty()) {
    return Refusal{RefusalCode::kNotPossible, WhyNothingToUndo(at.run, at.workflow)};
  }
  Stepper step = at.Step(command.actor.id);
  step.Emit(RollbackStarted{stages, command.reason});
  for (const StageName& stage : stages) {
    step.Outdate(RollbackOf(stage), "it was about an earlier rollback",
                 [](const Vote&) { return true; });
  }
  step.UndoNext();
  return std::move(step).Take();
}

}  // namespace gatewright::core
