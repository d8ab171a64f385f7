// engine/simulation/report.h: what was played, for people and for programs. Pure; any thread.
#pragma once

#include <string>

#include "engine/simulation/player.h"

namespace gatewright::simulation {

// A paragraph per command and a line at the end; ends with a line break.
std::string ToText(const Report& report);
// {"ok", "ended_at", "steps": [{"at", "run", "command", "by_engine", "result", "detail", "events",
// "happened", "state", "status", "waits_for"}], "problems": [{"line", "message"}]}
std::string ToJson(const Report& report);

}  // namespace gatewright::simulation
