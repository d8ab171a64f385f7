// engine/definition/gate_reader.h: `gate:` of a stage, and `review:` of an override. One thread.
#pragma once

#include "engine/core/workflow.h"
#include "engine/definition/context.h"
#include "engine/definition/scope.h"

namespace gatewright::definition {

struct ReadGateResult {
  core::GateSpec spec;         // complete only when nothing was reported
  const Node* form = nullptr;  // the schema of its form; null = none
};

// `gate` must be a map.
ReadGateResult ReadGate(const Node& gate, const LoadContext& context, const Scope& scope);

// A gate without policies and rules about votes, which `within: 24h` may give its deadline.
core::GateSpec ReadReview(const Node& review, const LoadContext& context, const Scope& scope);

}  // namespace gatewright::definition
