// Random calendars, asked about random moments, agree with a list of every single minute. The list
// is made the slow way: every occurrence from its rule's beginning on, marked minute by minute.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "engine/calendar/compiled_calendar.h"
#include "engine/calendar/rrule_walk.h"
#include "engine/calendar/window_check.h"

namespace gatewright::calendar {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

constexpr int kCalendars = 60;
constexpr int kQuestions = 25;
constexpr days kSpan{60};

struct Place {
  const char* zone;
  const char* from;  // 60 days around a change of the clocks
};
constexpr Place kPlaces[] = {
    {"UTC", "2026-01-01"},
    {"Europe/Berlin", "2026-03-01"},
    {"Europe/Berlin", "2026-10-01"},
    {"America/New_York", "2026-02-20"},
    {"America/New_York", "2026-10-10"},
    {"Australia/Lord_Howe", "2026-09-10"},
    {"Australia/Lord_Howe", "2026-03-20"},
    {"Pacific/Apia", "2011-12-10"},
    {"Asia/Kathmandu", "2026-06-01"},
};

class Maker {
 public:
  explicit Maker(unsigned seed) : random_(seed) {}

  int Below(int end) { return std::uniform_int_distribution<int>(0, end - 1)(random_); }

  CalendarSpec Make(const Place& place) {
    first_ = ParseWrittenTime(place.from)->local;
    CalendarSpec spec;
    spec.timezone = place.zone;
    for (int n = Below(4); n > 0; --n) spec.allow.push_back(MakeWindow());
    for (int n = Below(4); n > 0; --n) spec.deny.push_back(MakeWindow());
    for (int n = Below(3); n > 0; --n) {
      spec.holidays.push_back({"", DayOf(first_) + days{Below(static_cast<int>(kSpan.count()))}});
    }
    return spec;
  }

 private:
  Window MakeWindow() {
    Window window;
    window.is_all_day = Below(4) == 0;
    window.start = first_ + days{Below(80) - 30};
    if (!window.is_all_day) window.start += minutes{15 * Below(96)};
    if (Below(4) == 0) window.timezone = kPlaces[Below(std::size(kPlaces))].zone;
    const auto recurs = Below(4) != 0;
    if (window.is_all_day) {
      window.length.wall = days{1 + Below(3)};
    } else if (Below(3) == 0) {
      window.length.exact = minutes{15 * (1 + Below(60))};
    } else {
      window.length.wall = minutes{15 * (1 + Below(60))};
    }
    if (recurs) window.rule = MakeRule(window);
    if (Below(4) == 0) window.extra.push_back(window.start + days{Below(30)} + Jitter(window));
    if (Below(3) == 0) window.except.push_back(window.start + days{Below(14)});
    if (Below(4) == 0) window.except_days.push_back(DayOf(window.start) + days{Below(14)});
    return window;
  }

  minutes Jitter(const Window& window) { return minutes{window.is_all_day ? 0 : 15 * Below(40)}; }

  RRule MakeRule(const Window& window) {
    RRule rule;
    // HOURLY only where the window is short enough.
    const bool may_be_hourly =
        !window.is_all_day && window.length.wall + window.length.exact < hours{12};
    rule.frequency = static_cast<Frequency>(may_be_hourly ? 1 + Below(4) : 2 + Below(3));
    rule.interval = static_cast<unsigned>(1 + Below(3));
    if (Below(2) == 0 && rule.frequency != Frequency::kMonthly) {
      for (unsigned day = static_cast<unsigned>(Below(3)); day < 7;
           day += static_cast<unsigned>(1 + Below(3))) {
        rule.by_day.push_back({0, std::chrono::weekday{day}});
      }
    }
    switch (Below(4)) {
      case 0:
        rule.count = static_cast<unsigned>(1 + Below(40));
        break;
      case 1:
        rule.until = WrittenTime{window.start + days{Below(60)} + minutes{15 * Below(96)}, false,
                                 std::nullopt};
        if (!window.is_all_day && Below(2) == 0) rule.until->utc_offset = hours{0};
        break;
      default:
        break;
    }
    return rule;
  }

  std::mt19937 random_;
  LocalTime first_;
};

// One entry for each minute of a span: is it open?
class Minutes {
 public:
  Minutes(const CalendarSpec& spec, Time from) : from_(from) {
    std::vector<char> allowed(kCount, spec.allow.empty());
    std::vector<char> denied(kCount, 0);
    for (const Window& window : spec.allow) Mark(window, spec.timezone, allowed);
    for (const Window& window : spec.deny) Mark(window, spec.timezone, denied);
    for (const Holiday& holiday : spec.holidays) {
      Window window;
      window.start = LocalTime{holiday.date};
      window.length.wall = days{1};
      Mark(window, spec.timezone, denied);
    }
    for (std::size_t i = 0; i < kCount; ++i) is_open_.push_back(allowed[i] && !denied[i]);
  }

  static constexpr std::size_t kCount = static_cast<std::size_t>(minutes{kSpan}.count());

  bool operator[](std::size_t i) const { return is_open_[i]; }
  Time At(std::size_t i) const { return from_ + minutes{i}; }

  // Each: kCount when it lies beyond the span.
  std::size_t ChangeAfter(std::size_t i) const {
    std::size_t at = i;
    while (at < kCount && is_open_[at] == is_open_[i]) ++at;
    return at;
  }
  std::size_t OpenFor(std::size_t from, std::size_t runway) const {
    for (std::size_t i = from; i < kCount; ++i) {
      std::size_t length = 0;
      while (i + length < kCount && is_open_[i + length]) ++length;
      if (length > 0 && length >= runway) return i;
      i += length;
    }
    return kCount;
  }
  std::size_t AfterOpen(std::size_t from, std::size_t wanted) const {
    std::size_t i = from;
    for (; i < kCount && wanted > 0; ++i) wanted -= is_open_[i] ? 1 : 0;
    return wanted == 0 ? i : kCount;
  }

 private:
  void Mark(const Window& window, const std::string& default_zone, std::vector<char>& minutes_of) {
    const Zone zone = *Zone::Find(window.timezone.empty() ? default_zone : window.timezone);
    std::vector<LocalTime> starts = window.extra;
    if (!window.rule) starts.push_back(window.start);
    if (window.rule) {
      RRule rule = *window.rule;
      const auto until = rule.until;
      if (until && until->utc_offset) rule.until.reset();  // compared as a moment, below
      Budget budget;
      RRuleWalk walk(rule, window.start, window.start, window.start + days{200});
      while (const auto start = walk.Next(budget)) {
        if (until && until->utc_offset &&
            zone.Resolve(*start) > Time{until->local.time_since_epoch()}) {
          break;
        }
        starts.push_back(*start);
      }
    }
    const auto is_in = [](const auto& list, auto value) {
      return std::find(list.begin(), list.end(), value) != list.end();
    };
    for (const LocalTime start : starts) {
      if (is_in(window.except, start) || is_in(window.except_days, DayOf(start))) continue;
      const Time end = EndOf(start, window.length, zone);
      for (Time at = zone.Resolve(start); at < end; at += minutes{1}) {
        if (at >= from_ && at < At(kCount)) {
          minutes_of[static_cast<std::size_t>((at - from_) / minutes{1})] = 1;
        }
      }
    }
  }

  Time from_;
  std::vector<bool> is_open_;
};

TEST(CalendarProperty, AgreesWithEverySingleMinute) {
  const char* given = std::getenv("GATEWRIGHT_SEED");
  const auto seed = given ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : 20260301u;
  SCOPED_TRACE(fmt::format("GATEWRIGHT_SEED={}", seed));
  Maker maker(seed);
  int compiled = 0;
  int changes = 0;
  for (int round = 0; round < kCalendars; ++round) {
    const Place& place = kPlaces[maker.Below(std::size(kPlaces))];
    const CalendarSpec spec = maker.Make(place);
    const auto calendar = CompiledCalendar::Compile(spec);
    if (!calendar) continue;  // a rule that never happens
    ++compiled;
    const Time from = Zone::Find(place.zone)->Resolve(ParseWrittenTime(place.from)->local);
    const Minutes expected(spec, from);
    const auto same = [&](std::optional<Time> answer, std::size_t minute) {
      return minute == Minutes::kCount ? !answer || *answer >= expected.At(minute)
                                       : answer == expected.At(minute);
    };
    for (int i = 0; i < kQuestions; ++i) {
      const auto minute = static_cast<std::size_t>(maker.Below(Minutes::kCount));
      const Time at = expected.At(minute);
      SCOPED_TRACE(fmt::format("round {}, {} in {}", round, FormatTime(at), place.zone));
      const auto opening = (*calendar)->At(at);
      ASSERT_EQ(opening.is_open, expected[minute]) << opening.reason;
      const std::size_t change = expected.ChangeAfter(minute);
      ASSERT_TRUE(same(opening.changes_at, change)) << opening.reason;
      if (opening.changes_at) {
        ++changes;
        const Time change_at = *opening.changes_at;
        ASSERT_NE((*calendar)->At(change_at).is_open, opening.is_open);
        ASSERT_EQ((*calendar)->At(change_at - Duration{1}).is_open, opening.is_open);
      }
      const auto runway = static_cast<std::size_t>(maker.Below(600));
      const std::size_t opens = expected.OpenFor(minute, runway);
      // What is open at the end of the span may stay so for long enough.
      const auto next = (*calendar)->NextOpen(at, minutes{runway});
      const bool may_go_on = next && *next + minutes{runway} > expected.At(Minutes::kCount);
      ASSERT_TRUE(same(next, opens) || may_go_on) << fmt::format("NextOpen({})", runway);
      const auto wanted = static_cast<std::size_t>(maker.Below(40 * 60));
      const std::size_t after = expected.AfterOpen(minute, wanted);
      ASSERT_TRUE(same((*calendar)->AfterOpenTime(at, minutes{wanted}), after))
          << fmt::format("AfterOpenTime({})", wanted);
    }
  }
  EXPECT_GT(compiled, kCalendars * 3 / 4);
  EXPECT_GT(changes, 500);
}

}  // namespace
}  // namespace gatewright::calendar
