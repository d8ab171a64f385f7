// engine/definition/rollback_reader.h: `rollback:` of an action. One thread.
#pragma once

#include <optional>

#include "engine/core/workflow.h"
#include "engine/definition/context.h"
#include "engine/definition/scope.h"

namespace gatewright::definition {

// The stage that undoes `stage`, whose action this is; none when the file says of none.
std::optional<core::StageSpec> ReadRollback(const Node& action, const core::StageSpec& stage,
                                            const LoadContext& context, const Scope& scope);

}  // namespace gatewright::definition
