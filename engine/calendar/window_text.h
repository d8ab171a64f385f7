// engine/calendar/window_text.h: windows and holidays as people write them in YAML or JSON, turned
// into values. What every format has in common is decided here, once. Pure; any thread.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/calendar/calendar_spec.h"
#include "engine/calendar/window_check.h"
#include "engine/calendar/zone.h"

namespace gatewright::calendar {

// The fields as strings. Their names are those of the keys.
struct WindowText {
  std::optional<std::string> name;
  std::optional<std::string> reason;
  std::optional<std::string> timezone;
  std::optional<std::string> start;
  std::optional<std::string> end;
  std::optional<std::string> duration;
  std::optional<std::string> rrule;
  std::vector<std::string> exdates;
  std::vector<std::string> rdates;
};
inline constexpr std::array<std::string_view, 9> kWindowKeys = {
    "name", "reason", "timezone", "start", "end", "duration", "rrule", "exdates", "rdates"};

inline constexpr std::size_t kMaxNameLength = 256;

// Nothing, and at least one more problem, when the text does not mean a window. `calendar_zone` is
// missing when it was a mistake itself; what depends on it is then not looked at.
std::optional<Window> ReadWindow(const WindowText& text, const std::optional<Zone>& calendar_zone,
                                 std::vector<Problem>& problems);

// Fields "date" and "name".
std::optional<Holiday> ReadHoliday(std::string_view date, std::string name,
                                   std::vector<Problem>& problems);

}  // namespace gatewright::calendar
