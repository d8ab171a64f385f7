// engine/core/explain_viewer.h: what one viewer may do to a run, found by asking `Decide` what it
// would say. Private to the core; `Explain` is the door.
#pragma once

#include "engine/core/explain.h"

namespace gatewright::core {

// `gate`: that of the current stage; null when there is none.
ViewerExplanation ExplainViewer(const Run& run, const Workflow& workflow, Time now,
                                const World& world, const GateExplanation* gate,
                                const Viewer& viewer);

}  // namespace gatewright::core
