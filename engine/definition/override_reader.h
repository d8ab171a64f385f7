// engine/definition/override_reader.h: `override:` of a workflow: who may pass a rule on purpose.
// One thread.
#pragma once

#include "engine/core/workflow.h"
#include "engine/definition/context.h"
#include "engine/definition/scope.h"

namespace gatewright::definition {

// `node` must be a map. Fills `overriding` and `review` of `workflow`.
void ReadOverride(const Node& node, const LoadContext& context, const Scope& scope,
                  core::Workflow& workflow);

}  // namespace gatewright::definition
