// engine/calendar/calendar_spec.h: a calendar as it was written down. Plain values; the one that
// answers questions is made of it by compiled_calendar.h.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/time.h"
#include "engine/calendar/rrule.h"

namespace gatewright::calendar {

// How long a window lasts: first by the clock on the wall, then by the stopwatch. A window from
// 09:00 to 17:00 has eight hours of the first kind and ends at 17:00 whatever the clocks do; one of
// "8h" has eight of the second and lasts just that.
struct Length {
  std::chrono::seconds wall{0};
  std::chrono::seconds exact{0};

  bool operator==(const Length&) const = default;
};

// A stretch of time, once or again and again.
struct Window {
  std::string name;
  std::string reason;    // for people; may be empty
  std::string timezone;  // an IANA name; empty: the calendar's
  LocalTime start;       // of the first occurrence (DTSTART)
  bool is_all_day = false;
  Length length;
  std::optional<RRule> rule;          // none: once
  std::vector<LocalTime> except;      // occurrences that do not take place, by their start
  std::vector<LocalDay> except_days;  // no occurrence begins on these
  std::vector<LocalTime> extra;       // further ones, of the same length
};

struct Holiday {
  std::string name;
  LocalDay date;
};

// Open while no window of `deny` is active, no holiday is, and one of `allow` is or none is there.
struct CalendarSpec {
  std::string name;
  std::string title;
  std::string timezone = "UTC";
  std::vector<Window> allow;
  std::vector<Window> deny;
  std::vector<Holiday> holidays;  // whole days, in the calendar's time zone
  bool overrun = true;            // what runs when it closes may finish
  Duration min_runway{0};         // nothing starts closer to the close than this
};

inline constexpr std::size_t kMaxWindows = 20'000;          // of a calendar, holidays included
inline constexpr std::size_t kMaxRecurringWindows = 1'000;  // among them
inline constexpr std::size_t kMaxExceptions = 2'000;        // of a window, of each kind

}  // namespace gatewright::calendar
