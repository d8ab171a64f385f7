// engine/definition/calendar_names.h: which calendars a workflow needs. Calendars are files of
// their own, so only who has read both can say whether they are there. Pure; any thread.
#pragma once

#include <set>
#include <string>

#include "engine/core/workflow.h"

namespace gatewright::definition {

// Of the workflow itself and of every deadline's clock, the review's included.
std::set<std::string> CalendarNames(const core::Workflow& workflow);

}  // namespace gatewright::definition
