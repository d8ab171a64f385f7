// engine/core/apply.h: event → run. Total: nothing here can fail, reads a clock or makes an id.
// Replaying a run's entries through it always gives the same run.
#pragma once

#include <vector>

#include "engine/base/ids.h"
#include "engine/base/time.h"
#include "engine/core/event.h"
#include "engine/core/run.h"

namespace gatewright::core {

// When, and by whose command, the events of one entry came to be.
struct Stamp {
  Time at;
  PrincipalId actor;
};

void Apply(Run& run, const Event& event, const Stamp& stamp);

// All events of one log entry: they are one step, so the version rises by one.
void ApplyEntry(Run& run, const std::vector<Event>& events, const Stamp& stamp);

}  // namespace gatewright::core
