// engine/core/admission.h: what keeps an approved stage from acting: stops, times, calendars. Locks
// come last and are the Stepper's, because asking for one changes the line.
#pragma once

#include <optional>
#include <vector>

#include "engine/core/run.h"
#include "engine/core/workflow.h"
#include "engine/core/world.h"

namespace gatewright::core {

// Empty: it may act, as far as these go.
std::vector<Hold> HoldsOf(const Run& run, const Workflow& workflow, const StageSpec& stage,
                          Time now, const World& world);

// Is a granted override of this kind in force?
bool IsOverridden(const Run& run, OverrideKind kind, Time now);

// The calendar; null when the workflow names none or there is none of that name.
const Calendar* FindCalendar(const World& world, const std::string& name);

// The gates on the way to this stage's action whose votes are older than their ttl at `now`, and
// when the next one will be. Gates before an action that was done are behind us.
struct VotesAge {
  std::vector<const StageSpec*> expired;  // in order
  std::optional<Time> next;
};
VotesAge AgeOfVotes(const Run& run, const Workflow& workflow, Time now);

}  // namespace gatewright::core
