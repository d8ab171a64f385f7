// Windows as people write them, and what they are told when they write them wrongly.
#include "engine/calendar/window_text.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace gatewright::calendar {
namespace {

using std::chrono::hours;

std::string Mistakes(const WindowText& text) {
  std::vector<Problem> problems;
  const auto window = ReadWindow(text, *Zone::Find("Europe/Berlin"), problems);
  EXPECT_EQ(window.has_value(), problems.empty());
  std::string all;
  for (const Problem& problem : problems) {
    all += fmt::format("{}{}{}: {}", all.empty() ? "" : "\n", problem.field,
                       problem.item ? fmt::format("[{}]", *problem.item) : "", problem.message);
  }
  return all;
}

Window Good(const WindowText& text) {
  std::vector<Problem> problems;
  auto window = ReadWindow(text, *Zone::Find("Europe/Berlin"), problems);
  EXPECT_TRUE(window) << Mistakes(text);
  return window.value_or(Window{});
}

WindowText Text(const char* start, const char* end, const char* rrule = nullptr) {
  WindowText text;
  text.start = start;
  if (end) text.end = end;
  if (rrule) text.rrule = rrule;
  return text;
}

TEST(WindowText, EndsByTheClockOnTheWallAndDurationsByTheStopwatch) {
  EXPECT_EQ(Good(Text("2026-01-05T09:00", "2026-01-05T17:00")).length,
            (Length{hours{8}, hours{0}}));
  WindowText text = Text("2026-01-05T09:00", nullptr);
  text.duration = "1d8h";
  EXPECT_EQ(Good(text).length, (Length{hours{24}, hours{8}}));
}

TEST(WindowText, ADateAloneIsThatDay) {
  const Window window = Good(Text("2026-12-24", nullptr));
  EXPECT_TRUE(window.is_all_day);
  EXPECT_EQ(window.length.wall, hours{24});
}

TEST(WindowText, MomentsWithAnOffsetAreKeptAsSuch) {
  const Window window = Good(Text("2026-10-25T02:30+01:00", "2026-10-25T03:00"));
  EXPECT_EQ(window.timezone, "UTC");
  EXPECT_EQ(FormatLocal(window.start), "2026-10-25T01:30");
  EXPECT_EQ(window.length.exact, std::chrono::minutes{30});
}

TEST(WindowText, ExceptionsMayBeDaysOrTimes) {
  WindowText text = Text("2026-01-05T09:00", "2026-01-05T17:00", "FREQ=DAILY");
  text.exdates = {"2026-01-06", "2026-01-07T09:00"};
  const Window window = Good(text);
  EXPECT_EQ(window.except_days.size(), 1u);
  EXPECT_EQ(window.except.size(), 1u);
}

struct Row {
  WindowText text;
  const char* mistake;
};

std::vector<Row> Rows() {
  std::vector<Row> rows = {
      {{}, "start: is missing"},
      {Text("5.1.2026", nullptr),
       "start: expected a date such as 2026-01-05, a local time such as 2026-01-05T09:00, or a "
       "moment such as 2026-01-05T09:00Z or 2026-01-05T09:00+01:00, from 1970 to 2199, found "
       "'5.1.2026'"},
      {Text("2026-01-05T09:00", nullptr),
       "start: expected an end or a duration as well, because this is not a whole day"},
      {Text("2026-01-05T09:00", "2026-01-05T09:00"),
       "end: expected an end after the start 2026-01-05T09:00, found '2026-01-05T09:00'"},
      {Text("2026-01-05", "2026-01-05"),
       "end: expected an end after the start 2026-01-05, found '2026-01-05' (a date ends before "
       "that day, not after it)"},
      {Text("2026-01-05", "2026-01-05T10:00"),
       "end: expected a date, like the start, found '2026-01-05T10:00'"},
      {Text("2026-01-05T10:00", "2026-01-06"),
       "end: expected a time, like the start, found '2026-01-06'"},
      {Text("2026-01-05T09:00Z", "2026-01-05T10:00Z", "FREQ=DAILY"),
       "start: expected a local time such as 2026-01-05T09:00, because a window that recurs "
       "follows "
       "the clocks of its time zone, found '2026-01-05T09:00Z' (for UTC say timezone: UTC)\n"
       "end: expected a local time, because a window that recurs follows the clocks of its time "
       "zone, found '2026-01-05T10:00Z'"},
      {Text("2026-01-05T09:00", "2026-01-05T10:00", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"),
       "rrule: the rule never happens from 2026-01-05T09:00 on"},
      {Text("2026-01-05T09:00", "2026-01-05T10:00", "FREQ=DAILY;UNTIL=20250101"),
       "rrule: the rule never happens from 2026-01-05T09:00 on"},
      {Text("2026-01-05T09:00", "2026-01-05T10:00", "FREQ=DAYLY"),
       "rrule: FREQ: expected one of HOURLY, DAILY, WEEKLY, MONTHLY, YEARLY, found 'DAYLY'. Did "
       "you mean 'DAILY'?"},
      {Text("2026-01-05", nullptr, "FREQ=DAILY;BYHOUR=9"),
       "rrule: FREQ=HOURLY, BYHOUR and BYMINUTE have no meaning for a window of whole days "
       "(expected a start with a time of day, or a rule without them)"},
      {Text("2026-01-05T09:00", "2026-01-06T10:00", "FREQ=HOURLY"),
       "end: the window lasts 1d1h (allowed: 1d for one that recurs with FREQ=HOURLY)"},
      {Text("2026-01-05", "2027-01-10", "FREQ=YEARLY"),
       "end: the window lasts 52w6d (allowed: 52w2d for one that recurs with FREQ=YEARLY)"},
      {Text("2199-12-31T09:00", "2199-12-31T08:00"),
       "end: expected an end after the start 2199-12-31T09:00, found '2199-12-31T08:00'"},
  };
  WindowText text = Text("2026-01-05T09:00", "2026-01-05T17:00", "FREQ=DAILY");
  text.duration = "8h";
  rows.push_back({text, "duration: end and duration are both there (allowed: one of them)"});
  text.end.reset();
  text.duration = "8 hours";
  rows.push_back({text,
                  "duration: expected a duration such as 8h, 90m or 2d of whole seconds, found '8 "
                  "hours'"});
  text.duration = "250ms";
  rows.push_back({text,
                  "duration: expected a duration such as 8h, 90m or 2d of whole seconds, found "
                  "'250ms'"});
  text.duration = "0s";
  rows.push_back({text, "duration: expected an end after the start"});
  text.duration = "60d";
  rows.push_back(
      {text,
       "duration: the window lasts 8w4d (allowed: 4w3d for one that recurs with FREQ=DAILY)"});
  text.duration = "8h";
  text.timezone = "Europe/Berln";
  rows.push_back({text,
                  "timezone: 'Europe/Berln' is not a time zone (expected an IANA name such as "
                  "Europe/Berlin or UTC). Did you mean 'Europe/Berlin'?"});
  text.timezone.reset();
  text.exdates = {"2026-01-06T10:00", "2026-01-06", "2026-01-06T09:00Z", "x"};
  text.rdates = {"2026-01-06"};
  rows.push_back(
      {text,
       "exdates[2]: expected a date or a local time, found '2026-01-06T09:00Z'\n"
       "exdates[3]: expected a date such as 2026-01-05, a local time such as 2026-01-05T09:00, or "
       "a moment such as 2026-01-05T09:00Z or 2026-01-05T09:00+01:00, from 1970 to 2199, found "
       "'x'\n"
       "rdates[0]: expected a local time, like the start, found '2026-01-06'"});
  text.exdates = {"2026-01-06T10:00", "2026-01-06", "2026-01-04"};
  text.rdates = {};
  rows.push_back({text,
                  "exdates[0]: no occurrence begins at 2026-01-06T10:00\n"
                  "exdates[2]: no occurrence begins on 2026-01-04"});
  return rows;
}

TEST(WindowText, EveryMistakeHasASentence) {
  for (const Row& row : Rows()) EXPECT_EQ(Mistakes(row.text), row.mistake);
}

TEST(WindowText, WithoutAZoneOnlyTheRestIsLookedAt) {
  std::vector<Problem> problems;
  EXPECT_FALSE(ReadWindow(Text("2026-01-05T09:00", "2026-01-05T17:00"), std::nullopt, problems));
  EXPECT_TRUE(problems.empty());
  EXPECT_FALSE(ReadWindow(Text("2026-01-05T09:00", "x"), std::nullopt, problems));
  EXPECT_EQ(problems.size(), 1u);
}

TEST(HolidayText, IsADate) {
  std::vector<Problem> problems;
  EXPECT_EQ(ReadHoliday("2026-12-25", "Christmas", problems)->date, DayOf(LocalOf(2026, 12, 25)));
  EXPECT_FALSE(ReadHoliday("2026-12-25T09:00", "Christmas", problems));
  EXPECT_EQ(problems.at(0).message, "expected a date such as 2026-12-25, found '2026-12-25T09:00'");
}

}  // namespace
}  // namespace gatewright::calendar
