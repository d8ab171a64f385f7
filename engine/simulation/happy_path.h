// engine/simulation/happy_path.h: the way on which everybody agrees and every action succeeds, with
// made-up people who may do exactly what the rules need. One thread.
#pragma once

#include "engine/simulation/player.h"

namespace gatewright::simulation {

// Uses the revision, the calendars and the subject of `options`. Where the run does not come to
// its end by itself, the report says what it waits for, as a problem.
Report WalkHappyPath(const PlayOptions& options);

}  // namespace gatewright::simulation
