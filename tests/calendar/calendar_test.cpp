// What a calendar answers: stories, reasons, and the days on which clocks change.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/calendar/compiled_calendar.h"
#include "engine/calendar/window_text.h"

namespace gatewright::calendar {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using Calendar = std::shared_ptr<const CompiledCalendar>;

Time Utc(std::string_view text) {
  const auto time = ParseTime(fmt::format("{}:00Z", text));
  EXPECT_TRUE(time) << text;
  return time.value_or(Time{});
}

std::string Show(std::optional<Time> time) {
  return time ? FormatTime(*time).substr(0, 16) : "never";
}

Window Read(std::string_view zone, const char* name, const char* start, const char* end,
            const char* rrule = nullptr) {
  WindowText text;
  text.name = name;
  text.start = start;
  if (end) text.end = end;
  if (rrule) text.rrule = rrule;
  std::vector<Problem> problems;
  auto window = ReadWindow(text, *Zone::Find(zone), problems);
  EXPECT_TRUE(window) << (problems.empty() ? "" : problems[0].message);
  return window.value_or(Window{});
}

Calendar Must(CalendarSpec spec) {
  auto calendar = CompiledCalendar::Compile(std::move(spec));
  EXPECT_TRUE(calendar) << calendar.error().message;
  return calendar ? *calendar : nullptr;
}

constexpr char kBerlin[] = "Europe/Berlin";

// Monday to Friday, 9 to 5 in Berlin, not at Christmas nor around the turn of the year.
CalendarSpec BusinessHours() {
  CalendarSpec spec;
  spec.timezone = kBerlin;
  spec.allow = {Read(kBerlin, "weekdays", "2026-01-05T09:00", "2026-01-05T17:00",
                     "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR")};
  spec.deny = {Read(kBerlin, "year-end freeze", "2026-12-28", "2027-01-07")};
  spec.holidays = {{"Christmas", DayOf(LocalOf(2026, 12, 25))}};
  return spec;
}

TEST(Calendar, WithoutWindowsIsAlwaysOpen) {
  const Calendar calendar = Must({});
  const auto opening = calendar->At(Utc("2026-06-01T12:00"));
  EXPECT_EQ(opening, (core::Opening{true, std::nullopt, "open"}));
  EXPECT_EQ(Show(calendar->NextOpen(Utc("2026-06-01T12:00"), hours{24})), "2026-06-01T12:00");
  EXPECT_EQ(Show(calendar->AfterOpenTime(Utc("2026-06-01T12:00"), hours{24})), "2026-06-02T12:00");
}

struct Question {
  const char* at;  // UTC
  bool is_open;
  const char* changes_at;
  const char* reason;
};

const Question kQuestions[] = {
    {"2026-06-01T06:59", false, "2026-06-01T07:00",
     "closed outside of its windows until 2026-06-01T09:00+02:00 Europe/Berlin"},
    {"2026-06-01T07:00", true, "2026-06-01T15:00",
     "open by 'weekdays' until 2026-06-01T17:00+02:00 Europe/Berlin"},
    {"2026-06-01T14:59", true, "2026-06-01T15:00",
     "open by 'weekdays' until 2026-06-01T17:00+02:00 Europe/Berlin"},
    {"2026-06-01T15:00", false, "2026-06-02T07:00",
     "closed outside of its windows until 2026-06-02T09:00+02:00 Europe/Berlin"},
    {"2026-06-06T12:00", false, "2026-06-08T07:00",
     "closed outside of its windows until 2026-06-08T09:00+02:00 Europe/Berlin"},
    {"2026-12-25T12:00", false, "2027-01-07T08:00",
     "closed by 'Christmas' (holiday) until 2026-12-26T00:00+01:00 Europe/Berlin, opens "
     "2027-01-07T09:00+01:00 Europe/Berlin"},
    {"2027-01-04T12:00", false, "2027-01-07T08:00",
     "closed by 'year-end freeze' until 2027-01-07T00:00+01:00 Europe/Berlin, opens "
     "2027-01-07T09:00+01:00 Europe/Berlin"},
    {"2025-06-01T12:00", false, "2026-01-05T08:00",
     "closed outside of its windows until 2026-01-05T09:00+01:00 Europe/Berlin"},
};

TEST(Calendar, SaysWhetherWhyAndUntilWhen) {
  const Calendar calendar = Must(BusinessHours());
  for (const Question& question : kQuestions) {
    const auto opening = calendar->At(Utc(question.at));
    EXPECT_EQ(opening.is_open, question.is_open) << question.at;
    EXPECT_EQ(Show(opening.changes_at), question.changes_at) << question.at;
    EXPECT_EQ(opening.reason, question.reason);
  }
}

TEST(Calendar, AFreezeEndsWhenItOpens) {
  CalendarSpec spec;
  spec.timezone = kBerlin;
  Window freeze = Read(kBerlin, "year-end", "2025-12-20T18:00", "2026-01-07T08:00");
  freeze.reason = "nobody is here";
  spec.deny = {freeze};
  const Calendar calendar = Must(spec);
  EXPECT_EQ(calendar->At(Utc("2026-01-01T00:00")).reason,
            "closed by 'year-end' (nobody is here) until 2026-01-07T08:00+01:00 Europe/Berlin");
  EXPECT_EQ(calendar->At(Utc("2025-12-01T00:00")).reason,
            "open until 2025-12-20T18:00+01:00 Europe/Berlin");
  EXPECT_EQ(calendar->At(Utc("2026-02-01T00:00")).reason, "open");
}

TEST(Calendar, NeverToOpenAgainIsSaid) {
  CalendarSpec spec;
  spec.allow = {Read("UTC", "launch", "2026-01-05T09:00", "2026-01-05T10:00")};
  spec.deny = {Read("UTC", "", "2020-01-01", "2150-01-01")};
  const Calendar calendar = Must(spec);
  const auto opening = calendar->At(Utc("2026-01-05T09:30"));
  EXPECT_FALSE(opening.is_open);
  EXPECT_FALSE(opening.changes_at);
  EXPECT_EQ(opening.reason,
            "closed by the window that starts 2020-01-01T00:00 until 2150-01-01T00:00Z, and not "
            "known to open again");
  EXPECT_FALSE(calendar->NextOpen(Utc("2026-01-01T00:00"), minutes{0}));
  EXPECT_FALSE(calendar->AfterOpenTime(Utc("2026-01-01T00:00"), minutes{1}));
}

TEST(Calendar, OpensForAsLongAsIsNeeded) {
  const Calendar calendar = Must(BusinessHours());
  const auto next = [&](const char* from, Duration runway) {
    return Show(calendar->NextOpen(Utc(from), runway));
  };
  EXPECT_EQ(next("2026-06-01T14:40", minutes{0}), "2026-06-01T14:40");
  EXPECT_EQ(next("2026-06-01T14:40", minutes{20}), "2026-06-01T14:40");
  EXPECT_EQ(next("2026-06-01T14:41", minutes{20}), "2026-06-02T07:00");
  EXPECT_EQ(next("2026-06-05T15:00", minutes{0}), "2026-06-08T07:00");
  EXPECT_EQ(next("2026-06-05T15:00", hours{8}), "2026-06-08T07:00");
  EXPECT_EQ(next("2026-06-05T15:00", hours{9}), "never");
}

TEST(Calendar, CountsBusinessTime) {
  const Calendar calendar = Must(BusinessHours());
  const auto after = [&](const char* from, Duration open_time) {
    return Show(calendar->AfterOpenTime(Utc(from), open_time));
  };
  EXPECT_EQ(after("2026-06-01T07:00", hours{8}), "2026-06-01T15:00");
  EXPECT_EQ(after("2026-06-01T07:00", hours{9}), "2026-06-02T08:00");
  EXPECT_EQ(after("2026-06-05T14:00", hours{2}), "2026-06-08T08:00");  // over a weekend
  EXPECT_EQ(after("2026-06-06T00:00", 5 * hours{8}), "2026-06-12T15:00");
  EXPECT_EQ(after("2026-12-24T15:00", hours{2}),
            "2027-01-07T09:00");  // over Christmas and New Year
  EXPECT_EQ(after("2026-06-06T00:00", hours{0}), "2026-06-06T00:00");
}

TEST(Calendar, LooksFiveYearsAhead) {
  CalendarSpec spec;
  spec.allow = {Read("UTC", "eclipse", "2026-01-05T09:00", "2026-01-05T10:00")};
  const Calendar calendar = Must(spec);
  EXPECT_EQ(Show(calendar->At(Utc("2021-02-01T00:00")).changes_at), "2026-01-05T09:00");
  EXPECT_EQ(Show(calendar->At(Utc("2020-12-01T00:00")).changes_at), "never");
  EXPECT_EQ(Show(calendar->NextOpen(Utc("2020-12-01T00:00"), minutes{0})), "never");
}

TEST(Calendar, WindowsThatTouchAreOne) {
  CalendarSpec spec;
  spec.allow = {Read("UTC", "am", "2026-01-05T08:00", "2026-01-05T12:00", "FREQ=DAILY"),
                Read("UTC", "pm", "2026-01-05T12:00", "2026-01-05T16:00", "FREQ=DAILY")};
  EXPECT_EQ(Show(Must(spec)->At(Utc("2026-02-01T09:00")).changes_at), "2026-02-01T16:00");
  spec.allow = {Read("UTC", "always", "2026-01-05", nullptr, "FREQ=DAILY")};
  EXPECT_EQ(Show(Must(spec)->At(Utc("2026-02-01T09:00")).changes_at), "never");
}

TEST(Calendar, ExceptionsAndFurtherOccurrencesCount) {
  CalendarSpec spec;
  Window window = Read("UTC", "w", "2026-01-05T08:00", "2026-01-05T12:00", "FREQ=WEEKLY;COUNT=3");
  window.except = {LocalOf(2026, 1, 12, 8)};
  window.except_days = {DayOf(LocalOf(2026, 1, 5))};
  window.extra = {LocalOf(2026, 1, 14, 20)};
  spec.allow = {window};
  const Calendar calendar = Must(spec);
  EXPECT_EQ(Show(calendar->NextOpen(Utc("2026-01-01T00:00"), minutes{0})), "2026-01-14T20:00");
  EXPECT_EQ(Show(calendar->NextOpen(Utc("2026-01-15T00:00"), minutes{0})), "2026-01-19T08:00");
  EXPECT_EQ(Show(calendar->NextOpen(Utc("2026-01-20T00:00"), minutes{0})), "never");
}

// ---- on the days when clocks change ----

struct ClockChange {
  const char* zone;
  const char* start;  // a window of every day
  const char* end;
  const char* from;  // UTC
  const char* opens;
  const char* closes;
};

const ClockChange kClockChanges[] = {
    // Spring in Berlin, 29 March: 02:00 to 03:00 is skipped.
    {"Europe/Berlin", "2026-01-01T01:00", "2026-01-01T04:00", "2026-03-28T12:00",
     "2026-03-29T00:00", "2026-03-29T02:00"},  // lasts two hours
    {"Europe/Berlin", "2026-01-01T02:30", "2026-01-01T04:00", "2026-03-28T12:00",
     "2026-03-29T01:00", "2026-03-29T02:00"},  // begins at the first moment after it
    {"Europe/Berlin", "2026-01-01T01:00", "2026-01-01T02:30", "2026-03-28T12:00",
     "2026-03-29T00:00", "2026-03-29T01:00"},  // ends there
    {"Europe/Berlin", "2026-01-01T02:10", "2026-01-01T02:50", "2026-03-28T12:00",
     "2026-03-30T00:10", "2026-03-30T00:50"},  // lies within it: not on that day
    // Autumn in Berlin, 25 October: 02:00 to 03:00 is there twice and counts once.
    {"Europe/Berlin", "2026-01-01T01:00", "2026-01-01T04:00", "2026-10-24T12:00",
     "2026-10-24T23:00", "2026-10-25T03:00"},  // lasts four hours
    {"Europe/Berlin", "2026-01-01T02:30", "2026-01-01T04:00", "2026-10-24T12:00",
     "2026-10-25T00:30", "2026-10-25T03:00"},  // begins the first time
    {"Europe/Berlin", "2026-01-01T01:00", "2026-01-01T02:30", "2026-10-24T12:00",
     "2026-10-24T23:00", "2026-10-25T00:30"},  // ends the first time
    {"Europe/Berlin", "2026-01-01T02:10", "2026-01-01T02:50", "2026-10-24T12:00",
     "2026-10-25T00:10", "2026-10-25T00:50"},
    {"Europe/Berlin", "2026-01-01T02:10", "2026-01-01T02:50", "2026-10-25T00:50",
     "2026-10-26T01:10", "2026-10-26T01:50"},  // and not once more
    {"America/New_York", "2026-01-01T02:30", "2026-01-01T05:00", "2026-03-08T00:00",
     "2026-03-08T07:00", "2026-03-08T09:00"},
    {"America/New_York", "2026-01-01T01:30", "2026-01-01T02:00", "2026-11-01T00:00",
     "2026-11-01T05:30", "2026-11-01T07:00"},
    // Half an hour on Lord Howe: 4 October and 5 April.
    {"Australia/Lord_Howe", "2026-01-01T02:15", "2026-01-01T03:00", "2026-10-03T06:00",
     "2026-10-03T15:30", "2026-10-03T16:00"},
    {"Australia/Lord_Howe", "2026-01-01T01:45", "2026-01-01T02:15", "2026-04-04T06:00",
     "2026-04-04T14:45", "2026-04-04T15:45"},
    // Samoa went from 29 to 31 December 2011.
    {"Pacific/Apia", "2011-01-01T09:00", "2011-01-01T17:00", "2011-12-30T03:00", "2011-12-30T19:00",
     "2011-12-31T03:00"},
    {"Pacific/Apia", "2011-01-01T22:00", "2011-01-02T02:00", "2011-12-30T06:00", "2011-12-30T08:00",
     "2011-12-30T12:00"},  // and on into that of the day that never was
};

TEST(Calendar, FollowsTheClocksOnTheWall) {
  for (const ClockChange& row : kClockChanges) {
    CalendarSpec spec;
    spec.timezone = row.zone;
    spec.allow = {Read(row.zone, "w", row.start, row.end, "FREQ=DAILY")};
    const Calendar calendar = Must(spec);
    const auto opens = calendar->NextOpen(Utc(row.from), minutes{0});
    ASSERT_TRUE(opens) << row.from;
    EXPECT_EQ(Show(opens), row.opens) << row.zone << " " << row.start;
    EXPECT_EQ(Show(calendar->At(*opens).changes_at), row.closes) << row.zone << " " << row.start;
  }
}

TEST(Calendar, ADurationIsMeasuredByTheStopwatch) {
  CalendarSpec spec;
  spec.timezone = kBerlin;
  WindowText text;
  text.start = "2026-01-01T01:00";
  text.duration = "3h";
  text.rrule = "FREQ=DAILY";
  std::vector<Problem> problems;
  spec.allow = {*ReadWindow(text, *Zone::Find(kBerlin), problems)};
  EXPECT_EQ(Show(Must(spec)->At(Utc("2026-03-29T00:00")).changes_at), "2026-03-29T03:00");
  EXPECT_EQ(Show(Must(spec)->At(Utc("2026-10-24T23:00")).changes_at), "2026-10-25T02:00");
}

TEST(Calendar, AnHourlyWindowIsThereOnceInTheDoubledHour) {
  CalendarSpec spec;
  spec.timezone = kBerlin;
  spec.allow = {Read(kBerlin, "w", "2026-01-01T00:00", "2026-01-01T00:10", "FREQ=HOURLY")};
  const Calendar calendar = Must(spec);
  EXPECT_EQ(Show(calendar->NextOpen(Utc("2026-10-24T23:30"), minutes{0})), "2026-10-25T00:00");
  EXPECT_EQ(Show(calendar->NextOpen(Utc("2026-10-25T00:30"), minutes{0})), "2026-10-25T02:00");
}

TEST(Calendar, ADayOfADoubledHourLasts25Hours) {
  CalendarSpec spec;
  spec.timezone = kBerlin;
  spec.holidays = {{"clocks", DayOf(LocalOf(2026, 10, 25))}};
  const Calendar calendar = Must(spec);
  EXPECT_EQ(Show(calendar->At(Utc("2026-10-24T21:59")).changes_at), "2026-10-24T22:00");
  EXPECT_EQ(Show(calendar->At(Utc("2026-10-24T22:00")).changes_at), "2026-10-25T23:00");
}

TEST(Calendar, UntilMayBeAMomentInTheSecondPassOfADoubledHour) {
  for (const auto& [until, last] :
       {std::pair("20261025T003000Z", "2026-10-25T00:30"),  // the occurrence itself
        std::pair("20261025T011500Z", "2026-10-25T00:30"),  // later, though clocks show less
        std::pair("20261025T002900Z", "2026-10-24T00:30")}) {
    CalendarSpec spec;
    spec.timezone = kBerlin;
    spec.allow = {Read(kBerlin, "w", "2026-10-20T02:30", "2026-10-20T02:40",
                       fmt::format("FREQ=DAILY;UNTIL={}", until).c_str())};
    const Calendar calendar = Must(spec);
    std::optional<Time> opens;
    for (Time from = Utc("2026-10-20T00:00");;) {
      const auto next = calendar->NextOpen(from, minutes{0});
      if (!next) break;
      opens = next;
      from = *next + minutes{10};
    }
    EXPECT_EQ(Show(opens), last) << until;
  }
}

// ---- limits ----

TEST(Calendar, WhatMeansNothingIsRefused) {
  CalendarSpec spec;
  spec.timezone = "Mars/Olympus";
  EXPECT_EQ(CompiledCalendar::Compile(spec).error().code, ErrorCode::kNotFound);
  spec.timezone = "UTC";
  Window nothing;
  nothing.name = "nothing";
  nothing.start = LocalOf(2026, 1, 1);
  spec.allow = {nothing};
  spec.deny = {nothing};
  EXPECT_EQ(CompiledCalendar::Compile(spec).error().message,
            "allow: 'nothing': 'end': expected an end after the start; deny: 'nothing': 'end': "
            "expected an end after the start");
  spec.deny.clear();
  spec.allow.assign(1'001, Read("UTC", "w", "2026-01-01", nullptr, "FREQ=YEARLY"));
  EXPECT_EQ(CompiledCalendar::Compile(spec).error().message,
            "1001 recurring windows are too many (allowed: 1000)");
  spec.allow.assign(20'001, Read("UTC", "w", "2026-01-01", nullptr));
  EXPECT_EQ(CompiledCalendar::Compile(spec).error().message,
            "20001 windows and holidays are too many (allowed: 20000)");
}

TEST(Calendar, AThousandRecurringWindowsStillAnswer) {
  CalendarSpec spec;
  for (int i = 0; i < 1'000; ++i) {
    spec.deny.push_back(Read("UTC", "d", "2000-01-01", nullptr, "FREQ=YEARLY;BYDAY=-1FR"));
  }
  const Calendar calendar = Must(spec);
  EXPECT_EQ(Show(calendar->At(Utc("2026-06-01T00:00")).changes_at), "2026-12-25T00:00");
}

TEST(Calendar, WhatTakesTooLongIsNotKnown) {
  CalendarSpec spec;  // always open, said in the longest way
  for (int i = 0; i < 10; ++i) {
    spec.allow.push_back(Read("UTC", "h", "2000-01-01T00:00", "2000-01-01T01:00", "FREQ=HOURLY"));
  }
  const Calendar calendar = Must(spec);
  const auto opening = calendar->At(Utc("2026-06-01T00:30"));
  EXPECT_TRUE(opening.is_open);
  EXPECT_FALSE(opening.changes_at);
  EXPECT_FALSE(calendar->NextOpen(Utc("2026-06-01T00:30"), minutes{1}));
}

TEST(Calendar, FarAwayMomentsAreHarmless) {
  const Calendar calendar = Must(BusinessHours());
  EXPECT_FALSE(calendar->At(Time::min()).is_open);
  EXPECT_FALSE(calendar->At(Time::max()).is_open);
  EXPECT_FALSE(calendar->NextOpen(Time::max(), Duration::max()));
  EXPECT_FALSE(calendar->AfterOpenTime(Time::max(), Duration::max()));
  EXPECT_FALSE(calendar->AfterOpenTime(Utc("2026-06-01T00:30"), Duration::max()));
}

}  // namespace
}  // namespace gatewright::calendar
