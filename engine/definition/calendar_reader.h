// engine/definition/calendar_reader.h: the spec of a calendar as values. One thread.
#pragma once

#include <string>

#include "engine/calendar/calendar_spec.h"
#include "engine/definition/scope.h"
#include "engine/definition/yaml.h"

namespace gatewright::definition {

// Adds what `spec`, a map, says. Files that `ics` names are read, if they are below `base_folder`;
// their text is appended to `ics_texts`.
void ReadCalendarSpec(const Node& spec, const Scope& scope, const std::string& base_folder,
                      calendar::CalendarSpec& calendar, std::string& ics_texts);

}  // namespace gatewright::definition
