// engine/definition/auto_reader.h: `auto:` of a gate, the policies that vote on it. One thread.
#pragma once

#include <vector>

#include "engine/core/workflow.h"
#include "engine/definition/context.h"
#include "engine/definition/rule_reader.h"
#include "engine/definition/scope.h"

namespace gatewright::definition {

constexpr std::size_t kMaxAutoVoters = 16;

// `rules` has read the rules of the gate.
std::vector<core::AutoVoter> ReadAutoVoters(const Node& list, const RuleReader& rules,
                                            const LoadContext& context, const Scope& scope);

}  // namespace gatewright::definition
