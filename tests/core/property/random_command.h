// tests/core/property/random_command.h: what may be asked of a run, or of the installation, next:
// mostly what makes sense, sometimes what does not.
#pragma once

#include <deque>

#include "engine/core/command.h"
#include "engine/core/run.h"
#include "engine/core/workflow.h"
#include "tests/core/property/random.h"
#include "tests/core/support/installation.h"

namespace gatewright::core::test {

// A run, and what the command may need. `versions` keeps the targets of migrations alive.
struct Situation {
  const Run& run;
  const Workflow& workflow;
  Installation& installation;  // its clock may be moved to the time a command needs
  std::deque<Workflow>& versions;
};

CreateRun RandomCreate(Random& random, const Workflow& workflow, std::int64_t other_runs);
Command RandomCommand(Random& random, const Situation& at);
// A stop set or lifted, a delegation made or revoked.
SiteCommand RandomSiteCommand(Random& random, const Installation& installation);
// Calendars "work" and "change" with windows over some days.
void AddRandomCalendars(Random& random, Installation& installation);

}  // namespace gatewright::core::test
