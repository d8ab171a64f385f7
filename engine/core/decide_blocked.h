// engine/core/decide_blocked.h: what happens to a run that waits for something that is no person:
// holds that end, locks, and the override of either or of a gate. Private to the core.
#pragma once

#include "engine/core/case.h"
#include "engine/core/decide.h"

namespace gatewright::core {

Decision DecideTryStart(const Case& at, const TryStart& command);
Decision DecideExpireLocks(const Case& at, const ExpireLocks& command);
Decision DecideSupersede(const Case& at, const SupersedeRun& command);
Decision DecideOverride(const Case& at, const OverrideRule& command);

}  // namespace gatewright::core
