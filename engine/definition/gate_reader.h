// engine/definition/gate_reader.h: `gate:` of a stage. One thread.
#pragma once

#include "engine/core/workflow.h"
#include "engine/definition/plugin_use.h"
#include "engine/definition/scope.h"

namespace gatewright::definition {

constexpr std::size_t kMaxRules = 64;  // leaves of one gate
constexpr std::size_t kMaxAutoVoters = 16;

// `gate` must be a map. What it answers is complete only when nothing was reported.
core::GateSpec ReadGate(const Node& gate, const LoadContext& context, const Scope& scope);

}  // namespace gatewright::definition
