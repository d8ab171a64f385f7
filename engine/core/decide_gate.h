// engine/core/decide_gate.h: what happens to an open gate besides votes: its moments, its people,
// who looks after it. Private to the core; `Decide` is the door.
#pragma once

#include "engine/core/case.h"
#include "engine/core/decide.h"

namespace gatewright::core {

Decision DecideGateDue(const Case& at, const GateDue& command);
Decision DecideEligible(const Case& at, const RecordEligible& command);
Decision DecideClaim(const Case& at, const ClaimGate& command);
Decision DecideRelease(const Case& at, const ReleaseGate& command);
Decision DecideExtend(const Case& at, const ExtendDeadline& command);

}  // namespace gatewright::core
