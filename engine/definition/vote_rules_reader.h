// engine/definition/vote_rules_reader.h: `votes:` of a gate. One thread.
#pragma once

#include "engine/core/workflow.h"
#include "engine/definition/context.h"
#include "engine/definition/scope.h"

namespace gatewright::definition {

// `node` must be a map.
core::VoteRules ReadVoteRules(const Node& node, const LoadContext& context, const Scope& scope);

}  // namespace gatewright::definition
