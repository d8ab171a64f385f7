// engine/core/timer_command.h: what a timer that fires asks of its run. Pure.
#pragma once

#include <optional>

#include "engine/core/command.h"
#include "engine/core/effect.h"
#include "engine/core/run.h"

namespace gatewright::core {

// As the run is now; none when the timer's time has passed it by.
std::optional<Command> CommandOfTimer(const Run& run, TimerKind kind);

}  // namespace gatewright::core
