#include "engine/definition/rollback_reader.h"

#include <fmt/format.h>

#include "engine/core/rollback.h"
#include "engine/definition/action_reader.h"
#include "engine/definition/gate_reader.h"
#include "engine/definition/plugin_use.h"

namespace gatewright::definition {
namespace {

// `same` as the stage has, `none`, or one of its own.
std::optional<core::GateSpec> ReadRollbackGate(const Fields& fields, const core::StageSpec& stage,
                                               const LoadContext& context, const Scope& scope) {
  const Node* gate = fields.Find("gate");
  if (gate == nullptr) return stage.gate;
  if (gate->is_map()) return ReadGate(*gate, context, scope.In("gate")).spec;
  if (gate->is_string() && gate->text() == "same") return stage.gate;
  if (!gate->is_string() || gate->text() != "none") {
    scope.Report(gate->mark(), gate->is_string() ? codes::kBadValue : codes::kWrongType,
                 fmt::format("'gate': expected same (whom the stage asks, asked anew), none, or a "
                             "map with 'rules', found {}",
                             Describe(*gate)));
  }
  return std::nullopt;
}

// Without a plugin of its own, the one that acted has to be able to.
void CheckOwnRollback(const Fields& fields, const core::PluginUse& use, const LoadContext& context,
                      const Scope& scope) {
  if (const Node* with = fields.Find("with")) {
    scope.Report(with->mark(), codes::kMissingKey,
                 "'with' belongs to a 'plugin'; without one the action's plugin undoes what it "
                 "did, with the action's settings");
  }
  const ports::Offer* offer = context.plugins.Find(ports::PluginKind::kExecutor, use.plugin);
  if (offer == nullptr || offer->can_rollback) return;  // unknown ones were reported
  scope.Report(
      fields.node().mark(), codes::kBadValue,
      fmt::format("executor '{}' cannot undo what it did; name a 'plugin' that does", use.plugin));
}

}  // namespace

std::optional<core::StageSpec> ReadRollback(const Node& action, const core::StageSpec& stage,
                                            const LoadContext& context, const Scope& scope) {
  const Node* node = action.Find("rollback");
  if (node == nullptr || !scope.IsMap(*node, "rollback")) return std::nullopt;
  const Scope inside = scope.In("rollback");
  const Fields fields(
      inside, *node,
      {{}, {"plugin", "with", "gate", "timeout", "heartbeat", "retry", "safeRerun"}, {}});
  core::StageSpec rollback;
  rollback.name = core::RollbackOf(stage.name);
  rollback.undoes = stage.name;
  rollback.gate = ReadRollbackGate(fields, stage, context, inside);
  core::ActionSpec undoing;
  undoing.timeout = stage.action->timeout;
  ReadAttempts(fields, inside, undoing);
  undoing.is_own_rollback = node->Find("plugin") == nullptr;
  if (undoing.is_own_rollback) {
    undoing.use = stage.action->use;
    CheckOwnRollback(fields, undoing.use, context, inside);
  } else {
    undoing.use = ReadPluginUse(fields, ports::PluginKind::kExecutor, context, inside);
  }
  rollback.action = std::move(undoing);
  return rollback;
}

}  // namespace gatewright::definition
