// engine/core/decide_rollback.h: starting a rollback. Private to the core.
#pragma once

#include "engine/core/case.h"
#include "engine/core/decide.h"

namespace gatewright::core {

Decision DecideRollBack(const Case& at, const RollBackRun& command);

}  // namespace gatewright::core
