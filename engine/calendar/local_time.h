// engine/calendar/local_time.h: what a clock on the wall shows, as read and written by people.
// Pure values and functions; any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace gatewright::calendar {

using LocalTime = std::chrono::local_seconds;
using LocalDay = std::chrono::local_days;

// Calendars know these years, the last one excluded; what begins or ends elsewhere is refused.
inline constexpr int kFirstYear = 1970;
inline constexpr int kLastYear = 2200;

inline LocalDay DayOf(LocalTime time) { return std::chrono::floor<std::chrono::days>(time); }
LocalTime LocalOf(int year, unsigned month, unsigned day, unsigned hour = 0, unsigned minute = 0,
                  unsigned second = 0);

// A time as written down: a date, a local time, or a moment with its offset from UTC.
struct WrittenTime {
  LocalTime local;  // midnight of a date
  bool is_date = false;
  std::optional<std::chrono::seconds> utc_offset;  // "Z" is zero; none: local time

  bool operator==(const WrittenTime&) const = default;
};

// "2026-01-05", "2026-01-05T09:00", "2026-01-05T09:00:30", either of the last two with "Z" or
// "+01:00". Nothing when it is none of them, no real date, or of a year we do not know.
std::optional<WrittenTime> ParseWrittenTime(std::string_view text);
inline constexpr std::string_view kWrittenTimeForms =
    "a date such as 2026-01-05, a local time such as 2026-01-05T09:00, or a moment such as "
    "2026-01-05T09:00Z or 2026-01-05T09:00+01:00, from 1970 to 2199";

// The same in the basic form of iCalendar: "20260105", "20260105T090000", "20260105T090000Z".
std::optional<WrittenTime> ParseBasicTime(std::string_view text);

// "2026-01-05T09:00", with seconds only where there are some.
std::string FormatLocal(LocalTime time);
std::string FormatDate(LocalDay day);

}  // namespace gatewright::calendar
