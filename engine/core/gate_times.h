// engine/core/gate_times.h: the moments of a gate: reminders, escalation levels, the deadline.
#pragma once

#include <optional>

#include "engine/core/event.h"
#include "engine/core/run.h"
#include "engine/core/workflow.h"
#include "engine/core/world.h"

namespace gatewright::core {

// Puts the moments of a gate that opens now into its event: fixed then, so that a calendar that
// changes later moves nobody's deadline.
void SetTimes(GateOpened& opened, const Deadline& deadline, Time now, const World& world);

// The next moment that has not been dealt with. A deadline that only escalates is none: its levels
// are.
std::optional<Time> NextMoment(const Gate& gate);

}  // namespace gatewright::core
