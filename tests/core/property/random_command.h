// tests/core/property/random_command.h: what may be asked of a run next: mostly what makes sense,
// sometimes what does not.
#pragma once

#include "engine/core/command.h"
#include "engine/core/run.h"
#include "engine/core/workflow.h"
#include "tests/core/property/random.h"

namespace gatewright::core::test {

CreateRun RandomCreate(Random& random, const Workflow& workflow);
// May move `now` to the time the command needs.
Command RandomCommand(Random& random, const Run& run, const Workflow& workflow, Time& now);

}  // namespace gatewright::core::test
