// engine/cel/moment.h: points in time and spans between them, with nanoseconds, as CEL has them:
// years 1 to 9999, spans of up to 292 years. Plain values; any thread.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gatewright::cel {

// Whole seconds, rounded down, and what is over. -0.5 s is {-1, 500'000'000}.
struct Timestamp {  // since 1970-01-01T00:00:00Z
  std::int64_t seconds = 0;
  std::int32_t nanos = 0;
  auto operator<=>(const Timestamp&) const = default;
};
struct TimeSpan {
  std::int64_t seconds = 0;
  std::int32_t nanos = 0;
  auto operator<=>(const TimeSpan&) const = default;
};

// Empty when the result is out of range.
std::optional<Timestamp> Add(Timestamp time, TimeSpan span);
std::optional<Timestamp> Subtract(Timestamp time, TimeSpan span);
std::optional<TimeSpan> Subtract(Timestamp later, Timestamp earlier);
std::optional<TimeSpan> Add(TimeSpan a, TimeSpan b);
std::optional<TimeSpan> Subtract(TimeSpan a, TimeSpan b);
std::optional<Timestamp> TimestampOfSeconds(std::int64_t seconds);
std::optional<Timestamp> TimestampOfMicros(std::int64_t micros);

// Rounded toward zero; saturating.
std::int64_t ToMillis(TimeSpan span);
double ToSeconds(TimeSpan span);

// RFC 3339, up to nine fraction digits, any offset.
std::optional<Timestamp> ParseTimestamp(std::string_view text);
std::string FormatTimestamp(Timestamp time);  // in UTC
// "1h30m", "-1.5s", "250ms"; units h m s ms us ns.
std::optional<TimeSpan> ParseTimeSpan(std::string_view text);
std::string FormatTimeSpan(TimeSpan span);  // "5400s", "-1.5s"

// What a calendar on the wall shows.
struct CivilTime {
  int year, month, day;  // month and day from 1
  int day_of_week;       // 0 = Sunday
  int day_of_year;       // 0 = January 1st
  int hour, minute, second, millisecond;
};
// `offset_seconds` is how far the wall clock is ahead of UTC.
CivilTime ToCivil(Timestamp time, std::int64_t offset_seconds);
// "UTC", "Z", "+02:00", "-08:30", "02:00": seconds ahead of UTC. Empty for anything else, such as a
// named zone, whose rules are not here.
std::optional<std::int64_t> ParseOffset(std::string_view text);

}  // namespace gatewright::cel
