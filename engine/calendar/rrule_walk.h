// engine/calendar/rrule_walk.h: the instances of a recurrence rule, in order, one at a time. Works
// on local times alone. One thread; borrows nothing.
//
// Follows RFC 5545, section 3.3.10. Where it leaves things open: DTSTART itself is an instance only
// when the rule says so, and BYWEEKNO without BYDAY means the weekday of DTSTART.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/calendar/rrule.h"

namespace gatewright::calendar {

// How much work a question may still cost. A step is a day or hour looked at, or an instance given.
struct Budget {
  std::int64_t steps = 200'000;

  bool is_exhausted() const { return steps <= 0; }
};

class RRuleWalk {
 public:
  // The instances from `from` on and before `end`. `start` is DTSTART. `rule.until` is compared
  // with local times as it stands, whatever its offset. Reaching `from` is quick, unless the rule
  // counts: then it is walked from `start`.
  RRuleWalk(const RRule& rule, LocalTime start, LocalTime from, LocalTime end);

  // Nothing: there is none before `end`, or the budget is exhausted.
  std::optional<LocalTime> Next(Budget& budget);

 private:
  using Day = std::chrono::local_days;

  void PrepareDayFilter();
  void PrepareTimes();
  std::int64_t PeriodOf(LocalTime time) const;
  bool FillPeriod(Budget& budget);
  void AddMonth(std::chrono::year_month month, Budget& budget);
  void AddDays(Day first, Day end, Budget& budget);
  void PickPositions();
  bool Matches(Day day) const;
  bool MatchesWeekday(const std::chrono::year_month_day& date, Day day) const;
  bool MatchesWeekNo(Day day) const;
  bool MatchesYearDay(const std::chrono::year_month_day& date, Day day) const;
  std::optional<LocalTime> Candidate();

  RRule rule_;
  LocalTime start_;
  LocalTime from_;
  LocalTime end_;
  std::optional<LocalTime> until_;
  std::uint32_t months_ = 0;    // bit 1 is January; 0: all
  std::uint32_t weekdays_ = 0;  // bit 0 is Sunday: those without an ordinal
  bool has_ordinals_ = false;

  std::int64_t base_ = 0;                    // the period of `start`
  std::int64_t periods_ = 0;                 // how many intervals after it the next period is
  std::vector<Day> days_;                    // of the current period, in order
  std::chrono::hours hour_{0};               // the hour of the current period, when that is an hour
  std::vector<std::chrono::seconds> times_;  // of each of these days, or of the hour; in order
  std::vector<std::size_t> positions_;       // with BYSETPOS: which of days_ × times_
  std::size_t next_ = 0;                     // of the current period
  unsigned given_ = 0;
  bool is_done_ = false;
};

}  // namespace gatewright::calendar
