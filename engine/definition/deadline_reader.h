// engine/definition/deadline_reader.h: `deadline:` of a gate, with its reminders and escalation
// levels. One thread.
#pragma once

#include "engine/core/workflow.h"
#include "engine/definition/context.h"
#include "engine/definition/rule_reader.h"
#include "engine/definition/scope.h"

namespace gatewright::definition {

constexpr Duration kMinDeadline = std::chrono::seconds{1};
constexpr Duration kMaxDeadline = std::chrono::days{366};

// `node` must be a map; `rules` has read the rules of the gate.
core::Deadline ReadDeadline(const Node& node, const RuleReader& rules, const LoadContext& context,
                            const Scope& scope);

}  // namespace gatewright::definition
