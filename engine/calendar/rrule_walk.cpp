#include "engine/calendar/rrule_walk.h"

#include <algorithm>

namespace gatewright::calendar {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::local_days;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::year;
using std::chrono::year_month;
using std::chrono::year_month_day;
using std::chrono::year_month_day_last;

unsigned LastDayOf(year_month month) {
  return static_cast<unsigned>(
      year_month_day_last{month.year(), std::chrono::month_day_last{month.month()}}.day());
}

year_month MonthOf(std::int64_t index) {
  return year{static_cast<int>(index / 12)} / static_cast<int>(index % 12 + 1);
}

std::int64_t FloorDiv(std::int64_t a, std::int64_t b) {
  return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}

template <class T>
bool IsIn(const std::vector<T>& list, T value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

// The first day of week 1 of a year: the first week with at least four days in it.
local_days FirstWeekOf(year of, std::chrono::weekday week_start) {
  const local_days fourth{of / 1 / 4};
  return fourth - (std::chrono::weekday{fourth} - week_start);
}

}  // namespace

RRuleWalk::RRuleWalk(const RRule& rule, LocalTime start, LocalTime from, LocalTime end)
    : rule_(rule), start_(start), from_(std::max(start, from)), end_(end) {
  if (rule_.until) {
    until_ = rule_.until->local;
    if (rule_.until->is_date) *until_ += days{1} - seconds{1};
  }
  PrepareDayFilter();
  PrepareTimes();
  base_ = PeriodOf(start_);
  if (!rule_.count) periods_ = (PeriodOf(from_) - base_) / rule_.interval;
}

// What the rule leaves out comes from DTSTART.
void RRuleWalk::PrepareDayFilter() {
  const year_month_day date{DayOf(start_)};
  const std::chrono::weekday weekday{DayOf(start_)};
  const bool has_days =
      !rule_.by_day.empty() || !rule_.by_month_day.empty() || !rule_.by_year_day.empty();
  const int day_of_month = static_cast<int>(static_cast<unsigned>(date.day()));
  if (!has_days) {
    switch (rule_.frequency) {
      case Frequency::kYearly:
        if (!rule_.by_week_no.empty()) {
          rule_.by_day = {{0, weekday}};
          break;
        }
        if (rule_.by_month.empty()) rule_.by_month = {static_cast<unsigned>(date.month())};
        rule_.by_month_day = {day_of_month};
        break;
      case Frequency::kMonthly:
        rule_.by_month_day = {day_of_month};
        break;
      case Frequency::kWeekly:
        rule_.by_day = {{0, weekday}};
        break;
      case Frequency::kDaily:
      case Frequency::kHourly:
        break;
    }
  }
  for (const unsigned month : rule_.by_month) months_ |= 1u << month;
  for (const WeekdayOf& day : rule_.by_day) {
    if (day.ordinal == 0) weekdays_ |= 1u << day.day.c_encoding();
    has_ordinals_ = has_ordinals_ || day.ordinal != 0;
  }
}

void RRuleWalk::PrepareTimes() {
  const seconds start = start_ - DayOf(start_);
  const bool is_hourly = rule_.frequency == Frequency::kHourly;
  std::vector<unsigned> of_day = rule_.by_hour;
  if (is_hourly) {
    of_day = {0};  // the period is the hour
  } else if (of_day.empty()) {
    of_day = {static_cast<unsigned>(floor<hours>(start).count())};
  }
  std::vector<unsigned> of_hour = rule_.by_minute;
  if (of_hour.empty()) of_hour = {static_cast<unsigned>(floor<minutes>(start).count() % 60)};
  for (const unsigned hour : of_day) {
    for (const unsigned minute : of_hour) {
      times_.push_back(hours{hour} + minutes{minute} + start % minutes{1});
    }
  }
  std::sort(times_.begin(), times_.end());
}

std::int64_t RRuleWalk::PeriodOf(LocalTime time) const {
  const local_days day = DayOf(time);
  const year_month_day date{day};
  switch (rule_.frequency) {
    case Frequency::kYearly:
      return static_cast<int>(date.year());
    case Frequency::kMonthly:
      return static_cast<int>(date.year()) * 12 + static_cast<unsigned>(date.month()) - 1;
    case Frequency::kWeekly: {
      const local_days week = day - (std::chrono::weekday{day} - rule_.week_start);
      return FloorDiv(week.time_since_epoch().count(), 7);
    }
    case Frequency::kDaily:
      return day.time_since_epoch().count();
    case Frequency::kHourly:
      return floor<hours>(time).time_since_epoch().count();
  }
  return 0;
}

std::optional<LocalTime> RRuleWalk::Next(Budget& budget) {
  while (!is_done_) {
    while (const auto candidate = Candidate()) {
      --budget.steps;
      if (*candidate < start_) continue;
      if (*candidate >= end_ || (until_ && *candidate > *until_) ||
          (rule_.count && given_ >= *rule_.count)) {
        is_done_ = true;
        return std::nullopt;
      }
      ++given_;
      if (*candidate >= from_) return candidate;
      if (budget.is_exhausted()) return std::nullopt;
    }
    if (budget.is_exhausted() || (rule_.count && given_ >= *rule_.count)) return std::nullopt;
    is_done_ = !FillPeriod(budget);
  }
  return std::nullopt;
}

// The next of the current period.
std::optional<LocalTime> RRuleWalk::Candidate() {
  const std::size_t count =
      rule_.by_set_pos.empty() ? days_.size() * times_.size() : positions_.size();
  if (next_ >= count) return std::nullopt;
  const std::size_t at = rule_.by_set_pos.empty() ? next_ : positions_[next_];
  ++next_;
  return LocalTime{days_[at / times_.size()]} + hour_ + times_[at % times_.size()];
}

// Answers whether there was a period left.
bool RRuleWalk::FillPeriod(Budget& budget) {
  days_.clear();
  next_ = 0;
  --budget.steps;
  const std::int64_t period = base_ + periods_ * rule_.interval;
  ++periods_;
  LocalTime last_start = end_;
  if (until_ && *until_ < last_start) last_start = *until_;
  if (period > PeriodOf(last_start)) return false;
  switch (rule_.frequency) {
    case Frequency::kYearly: {
      const year of{static_cast<int>(period)};
      if (months_ != 0 || !rule_.by_month_day.empty()) {
        for (unsigned month = 1; month <= 12; ++month) AddMonth(of / month, budget);
      } else {
        AddDays(local_days{of / 1 / 1}, local_days{(of + std::chrono::years{1}) / 1 / 1}, budget);
      }
      break;
    }
    case Frequency::kMonthly:
      AddMonth(MonthOf(period), budget);
      break;
    case Frequency::kWeekly: {
      const auto into_week = std::chrono::weekday{local_days{days{0}}} - rule_.week_start;
      const local_days week{days{period * 7} + (days{7} - into_week) % days{7}};
      AddDays(week, week + days{7}, budget);
      break;
    }
    case Frequency::kDaily: {
      const local_days day{days{period}};
      AddDays(day, day + days{1}, budget);
      break;
    }
    case Frequency::kHourly: {
      const std::int64_t day = FloorDiv(period, 24);
      hour_ = hours{period - day * 24};
      AddDays(local_days{days{day}}, local_days{days{day + 1}}, budget);
      if (days_.empty()) {  // nor will it in the other hours of this day
        periods_ = FloorDiv((day + 1) * 24 - base_ + rule_.interval - 1, rule_.interval);
      }
      if (!rule_.by_hour.empty() && !IsIn(rule_.by_hour, static_cast<unsigned>(hour_.count()))) {
        days_.clear();
      }
      break;
    }
  }
  PickPositions();
  return true;
}

// Only the days that BYMONTHDAY names, where it does: birthdays need no look at every day.
void RRuleWalk::AddMonth(year_month month, Budget& budget) {
  if (months_ != 0 && !(months_ >> static_cast<unsigned>(month.month()) & 1)) return;
  const unsigned length = LastDayOf(month);
  if (rule_.by_month_day.empty()) {
    const local_days first{month / 1};
    return AddDays(first, first + days{length}, budget);
  }
  const std::size_t before = days_.size();
  for (const int wanted : rule_.by_month_day) {
    const int day = wanted > 0 ? wanted : static_cast<int>(length) + 1 + wanted;
    if (day < 1 || day > static_cast<int>(length)) continue;
    const local_days candidate{month / day};
    if (IsIn(days_, candidate)) continue;
    AddDays(candidate, candidate + days{1}, budget);
  }
  std::sort(days_.begin() + static_cast<std::ptrdiff_t>(before), days_.end());
}

void RRuleWalk::AddDays(Day first, Day end, Budget& budget) {
  for (Day day = first; day < end; day += days{1}) {
    --budget.steps;
    if (Matches(day)) days_.push_back(day);
  }
}

void RRuleWalk::PickPositions() {
  positions_.clear();
  const auto count = static_cast<std::int64_t>(days_.size() * times_.size());
  for (const int wanted : rule_.by_set_pos) {
    const std::int64_t at = wanted > 0 ? wanted - 1 : count + wanted;
    if (at >= 0 && at < count) positions_.push_back(static_cast<std::size_t>(at));
  }
  std::sort(positions_.begin(), positions_.end());
  positions_.erase(std::unique(positions_.begin(), positions_.end()), positions_.end());
}

bool RRuleWalk::Matches(Day day) const {
  if (weekdays_ != 0 && !has_ordinals_ &&
      !(weekdays_ >> std::chrono::weekday{day}.c_encoding() & 1)) {
    return false;
  }
  const year_month_day date{day};
  if (months_ != 0 && !(months_ >> static_cast<unsigned>(date.month()) & 1)) return false;
  if (!rule_.by_month_day.empty()) {
    const int of_month = static_cast<int>(static_cast<unsigned>(date.day()));
    const int from_end = of_month - static_cast<int>(LastDayOf(date.year() / date.month())) - 1;
    if (!IsIn(rule_.by_month_day, of_month) && !IsIn(rule_.by_month_day, from_end)) return false;
  }
  if (has_ordinals_ && !MatchesWeekday(date, day)) return false;
  if (!rule_.by_week_no.empty() && !MatchesWeekNo(day)) return false;
  return rule_.by_year_day.empty() || MatchesYearDay(date, day);
}

// The nth weekday of the month or, of a yearly rule without BYMONTH, of the year.
bool RRuleWalk::MatchesWeekday(const year_month_day& date, Day day) const {
  const std::chrono::weekday weekday{day};
  const bool is_of_year = rule_.frequency == Frequency::kYearly && rule_.by_month.empty();
  const Day first = is_of_year ? Day{date.year() / 1 / 1} : Day{date.year() / date.month() / 1};
  const Day last = is_of_year ? Day{date.year() / 12 / 31}
                              : first + days{LastDayOf(date.year() / date.month()) - 1};
  const auto from_start = static_cast<int>((day - first).count() / 7 + 1);
  const auto from_end = static_cast<int>(-((last - day).count() / 7 + 1));
  return std::any_of(rule_.by_day.begin(), rule_.by_day.end(), [&](const WeekdayOf& wanted) {
    if (wanted.day != weekday) return false;
    return wanted.ordinal == 0 || wanted.ordinal == from_start || wanted.ordinal == from_end;
  });
}

bool RRuleWalk::MatchesWeekNo(Day day) const {
  const Day week = day - (std::chrono::weekday{day} - rule_.week_start);
  // A week belongs to the year that most of its days are in.
  const year of = year_month_day{week + days{3}}.year();
  const Day first = FirstWeekOf(of, rule_.week_start);
  const Day next = FirstWeekOf(of + std::chrono::years{1}, rule_.week_start);
  const auto number = static_cast<int>((week - first).count() / 7 + 1);
  const auto from_end = -static_cast<int>((next - week).count() / 7);
  return IsIn(rule_.by_week_no, number) || IsIn(rule_.by_week_no, from_end);
}

bool RRuleWalk::MatchesYearDay(const year_month_day& date, Day day) const {
  const Day first{date.year() / 1 / 1};
  const Day next{(date.year() + std::chrono::years{1}) / 1 / 1};
  return IsIn(rule_.by_year_day, static_cast<int>((day - first).count() + 1)) ||
         IsIn(rule_.by_year_day, -static_cast<int>((next - day).count()));
}

}  // namespace gatewright::calendar
