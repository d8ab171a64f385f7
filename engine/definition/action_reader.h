// engine/definition/action_reader.h: `action:` of a stage. One thread.
#pragma once

#include "engine/core/workflow.h"
#include "engine/definition/plugin_use.h"
#include "engine/definition/scope.h"

namespace gatewright::definition {

// `action` must be a map. What it answers is complete only when nothing was reported.
core::ActionSpec ReadAction(const Node& action, const LoadContext& context, const Scope& scope);

}  // namespace gatewright::definition
