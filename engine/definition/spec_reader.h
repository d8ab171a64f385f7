// engine/definition/spec_reader.h: `spec:` of a workflow document. One thread.
#pragma once

#include "engine/core/workflow.h"
#include "engine/definition/context.h"
#include "engine/definition/scope.h"

namespace gatewright::definition {

constexpr std::size_t kMaxStages = 64;

// `spec` must be a map. Fills everything of `workflow` that comes from it; complete only when
// nothing was reported.
void ReadSpec(const Node& spec, const LoadContext& context, const Scope& scope,
              core::Workflow& workflow);

}  // namespace gatewright::definition
