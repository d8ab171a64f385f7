// engine/core/case.h: what every part of `Decide` is given. Private to the core.
#pragma once

#include "engine/core/command.h"
#include "engine/core/run.h"
#include "engine/core/stepper.h"
#include "engine/core/workflow.h"
#include "engine/core/world.h"

namespace gatewright::core {

// Borrowed for the call.
struct Case {
  const Run& run;
  const Workflow& workflow;
  const World& world;
  Time now;

  Stepper Step(PrincipalId actor) const {
    return Stepper(run, workflow, world, std::move(actor), now);
  }
};

}  // namespace gatewright::core
