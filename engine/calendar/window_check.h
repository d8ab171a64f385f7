// engine/calendar/window_check.h: whether a window means something. Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine/calendar/calendar_spec.h"
#include "engine/calendar/zone.h"

namespace gatewright::calendar {

// What is wrong, and with which of the window's fields as WindowText names them.
struct Problem {
  std::string field;
  std::optional<std::size_t> item;  // of a field that is a list
  std::string message;
};

// `zone` is the one the window is in.
std::vector<Problem> CheckWindow(const Window& window, const Zone& zone);

// The window's rule with neither COUNT nor a moment in UNTIL, but the local time that says the
// same: any part of it can then be reached without walking there. The window must have a rule and
// have been checked.
RRule BoundedRule(const Window& window, const Zone& zone);

// The end of an occurrence that begins at `start`.
Time EndOf(LocalTime start, const Length& length, const Zone& zone);

}  // namespace gatewright::calendar
