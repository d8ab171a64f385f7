// engine/calendar/rrule.h: a recurrence rule of RFC 5545 as plain values. What its instances are is
// in rrule_walk.h. Pure; any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/calendar/local_time.h"

namespace gatewright::calendar {

enum class Frequency { kHourly = 1, kDaily, kWeekly, kMonthly, kYearly };
std::string_view ToString(Frequency frequency);

// "MO", "2TU", "-1FR".
struct WeekdayOf {
  int ordinal = 0;  // 0: every one; 2: the second; -1: the last
  std::chrono::weekday day;

  bool operator==(const WeekdayOf&) const = default;
};

struct RRule {
  Frequency frequency = Frequency::kDaily;
  unsigned interval = 1;          // 1 to kMaxInterval
  std::optional<unsigned> count;  // 1 to kMaxCount
  // The last moment an instance may have. A date includes that day. Not together with `count`.
  std::optional<WrittenTime> until;
  std::vector<unsigned> by_month;  // 1 to 12
  std::vector<int> by_week_no;     // 1 to 53 and -53 to -1
  std::vector<int> by_year_day;    // 1 to 366 and -366 to -1
  std::vector<int> by_month_day;   // 1 to 31 and -31 to -1
  std::vector<WeekdayOf> by_day;
  std::vector<unsigned> by_hour;    // 0 to 23
  std::vector<unsigned> by_minute;  // 0 to 59
  std::vector<int> by_set_pos;      // 1 to 366 and -366 to -1
  std::chrono::weekday week_start = std::chrono::Monday;

  bool operator==(const RRule&) const = default;
};

inline constexpr std::size_t kMaxRRuleLength = 2'000;
inline constexpr unsigned kMaxInterval = 1'000;
inline constexpr unsigned kMaxCount = 10'000;

// "FREQ=WEEKLY;BYDAY=MO,WE". The error names every mistake: what was expected, found and allowed.
// Refused although RFC 5545 has them: FREQ=MINUTELY and SECONDLY, BYSECOND.
Result<RRule> ParseRRule(std::string_view text);

}  // namespace gatewright::calendar
