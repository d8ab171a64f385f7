// engine/definition/lock_reader.h: `lock:` and `calendar:` of a workflow: what its runs wait for
// besides people. One thread.
#pragma once

#include "engine/core/workflow.h"
#include "engine/definition/context.h"
#include "engine/definition/scope.h"

namespace gatewright::definition {

// `lock` must be a map. Complete only when nothing was reported.
core::LockSpec ReadLock(const Node& lock, const LoadContext& context, const Scope& scope);

core::CalendarUse ReadCalendarUse(const Node& calendar, const Scope& scope);

}  // namespace gatewright::definition
