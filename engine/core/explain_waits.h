// engine/core/explain_waits.h: everything a run waits for besides people, with when that is
// expected to end. Private to the core; `Explain` is the door.
#pragma once

#include <vector>

#include "engine/core/explain.h"

namespace gatewright::core {

// What the run waits for now. `gate`: that of the current stage; null when there is none.
std::vector<Wait> WaitsOf(const Run& run, const Workflow& workflow, Time now, const World& world,
                          const GateExplanation* gate);

// What would keep the action of the current stage from starting if its gate were passed now.
std::vector<Wait> WaitsAhead(const Run& run, const Workflow& workflow, Time now,
                             const World& world);

}  // namespace gatewright::core
