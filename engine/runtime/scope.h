// engine/runtime/scope.h: what a workflow file may refer to: {subject, run, stage} as JSON. Pure.
#pragma once

#include <string>
#include <string_view>

#include "engine/core/run.h"

namespace gatewright::runtime {

// For `when`, and for checking references before the run exists (then its id is 0).
std::string ScopeJson(const core::Run& run, std::string_view stage);

}  // namespace gatewright::runtime
