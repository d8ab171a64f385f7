// engine/core/decide.h: command + run + facts + time → events, or a refusal. Pure: no I/O, no
// clock, no threads, no plugin. The one place that says what may happen to a run.
#pragma once

#include <variant>
#include <vector>

#include "engine/base/time.h"
#include "engine/core/command.h"
#include "engine/core/effect.h"
#include "engine/core/event.h"
#include "engine/core/refusal.h"
#include "engine/core/run.h"
#include "engine/core/workflow.h"
#include "engine/core/world.h"

namespace gatewright::core {

struct Accepted {
  std::vector<Event> events;    // empty: nothing to change (the same vote again)
  std::vector<Effect> effects;  // in the order in which they arose
  Run run;                      // the run after `events`
};

using Decision = std::variant<Accepted, Refusal>;

// `run` is the run as it is now (for CreateRun: a Run with only its id); `workflow` is the version
// it is pinned to; `world` is what others decided that it depends on.
Decision Decide(const Run& run, const Workflow& workflow, const Command& command, Time now,
                const World& world = {});

}  // namespace gatewright::core
