// engine/definition/action_reader.h: `action:` of a stage. One thread.
#pragma once

#include "engine/core/workflow.h"
#include "engine/definition/plugin_use.h"
#include "engine/definition/scope.h"

namespace gatewright::definition {

// Its keys `timeout`, `heartbeat`, `retry` and `safeRerun`; what is absent stays as it is.
void ReadAttempts(const Fields& fields, const Scope& scope, core::ActionSpec& action);

// `action` must be a map. What it answers is complete only when nothing was reported. What its
// `rollback` says is not part of it: rollback_reader.h.
core::ActionSpec ReadAction(const Node& action, const LoadContext& context, const Scope& scope);

}  // namespace gatewright::definition
