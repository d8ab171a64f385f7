// What is read from .ics files, and what is refused, with its line.
#include "engine/calendar/ics.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/calendar/compiled_calendar.h"

namespace gatewright::calendar {
namespace {

Zone Berlin() { return *Zone::Find("Europe/Berlin"); }

std::string Wrap(std::string_view events) {
  return fmt::format("BEGIN:VCALENDAR\nVERSION:2.0\n{}END:VCALENDAR\n", events);
}

// "name: the first occurrences, in UTC" for each window, by asking a calendar that allows only it.
std::string Occurrences(const IcsFile& file) {
  std::string all;
  for (const auto& problem : file.problems) {
    all += fmt::format("{}{}: {}", all.empty() ? "" : "\n", problem.line, problem.message);
  }
  for (const Window& window : file.windows) {
    CalendarSpec spec;
    spec.timezone = "Europe/Berlin";
    spec.allow = {window};
    const auto calendar = CompiledCalendar::Compile(spec);
    EXPECT_TRUE(calendar) << calendar.error().message;
    if (!calendar) return "";
    all += fmt::format("{}{}:", all.empty() ? "" : "\n", window.name);
    auto at = (*calendar)->NextOpen(*ParseTime("2026-01-01T00:00:00Z"), Duration{0});
    for (int i = 0; i < 3 && at; ++i) {
      const auto end = (*calendar)->At(*at).changes_at;
      all += fmt::format(" {}/{}", FormatTime(*at).substr(0, 16),
                         end ? FormatTime(*end).substr(0, 16) : "never");
      at = end ? (*calendar)->NextOpen(*end, Duration{0}) : std::nullopt;
    }
  }
  return all;
}

struct Row {
  const char* event;  // between BEGIN:VEVENT, line 3, and END:VEVENT
  const char* expected;
};

const Row kGood[] = {
    {"SUMMARY:day\nDTSTART;VALUE=DATE:20260105\n", "day: 2026-01-04T23:00/2026-01-05T23:00"},
    {"SUMMARY:days\nDTSTART;VALUE=DATE:20260105\nDTEND;VALUE=DATE:20260108\n",
     "days: 2026-01-04T23:00/2026-01-07T23:00"},
    {"SUMMARY:utc\nDTSTART:20260105T090000Z\nDTEND:20260105T100000Z\n",
     "utc: 2026-01-05T09:00/2026-01-05T10:00"},
    {"SUMMARY:floating\nDTSTART:20260105T090000\nDTEND:20260105T100000\n",
     "floating: 2026-01-05T08:00/2026-01-05T09:00"},
    {"SUMMARY:zone\nDTSTART;TZID=America/New_York:20260105T090000\nDURATION:PT90M\n",
     "zone: 2026-01-05T14:00/2026-01-05T15:30"},
    {"SUMMARY:prefix\nDTSTART;TZID=/freeassociation.sourceforge.net/Europe/Berlin:20260105T090000\n"
     "DURATION:P1W\n",
     "prefix: 2026-01-05T08:00/2026-01-12T08:00"},
    {"SUMMARY:quoted\nDTSTART;X-A=\"a;b:c\";TZID=\"Europe/"
     "Berlin\":20260105T090000\nDURATION:PT1H\n",
     "quoted: 2026-01-05T08:00/2026-01-05T09:00"},
    {"SUMMARY:flight\nDTSTART;TZID=Europe/Berlin:20260105T100000\n"
     "DTEND;TZID=America/New_York:20260105T130000\n",
     "flight: 2026-01-05T09:00/2026-01-05T18:00"},
    {"SUMMARY:weekly\nDTSTART;TZID=Europe/Berlin:20260318T090000\n"
     "DTEND;TZID=Europe/Berlin:20260318T100000\nRRULE:FREQ=WEEKLY;UNTIL=20260401T070000Z\n",
     "weekly: 2026-03-18T08:00/2026-03-18T09:00 2026-03-25T08:00/2026-03-25T09:00 "
     "2026-04-01T07:00/2026-04-01T08:00"},
    {"SUMMARY:but\nDTSTART;TZID=Europe/Berlin:20260105T090000\nDURATION:PT1H\n"
     "RRULE:FREQ=DAILY;COUNT=6\nEXDATE;TZID=Europe/Berlin:20260105T090000,20260107T090000\n"
     "EXDATE:20260108T080000Z\nEXDATE;VALUE=DATE:20260109\n",
     "but: 2026-01-06T08:00/2026-01-06T09:00 2026-01-10T08:00/2026-01-10T09:00"},
    {"SUMMARY:and\nDTSTART:20260105T090000Z\nDURATION:PT1H\nRDATE:20260201T090000Z\n",
     "and: 2026-01-05T09:00/2026-01-05T10:00 2026-02-01T09:00/2026-02-01T10:00"},
    {"SUMMARY;LANGUAGE=de:a\\, b\\; c\\\\d\\ne\nDTSTART;VALUE=DATE:20260105\n",
     "a, b; c\\d e: 2026-01-04T23:00/2026-01-05T23:00"},
    {"SUMMARY:fol\n ded\n\t twice\nDTSTART;VALUE=DA\n TE:20260105\n",
     "folded twice: 2026-01-04T23:00/2026-01-05T23:00"},
    {"SUMMARY:bad \xFF bytes\nDTSTART;VALUE=DATE:20260105\n",
     "bad ? bytes: 2026-01-04T23:00/2026-01-05T23:00"},
    {"SUMMARY:free\nTRANSP:TRANSPARENT\nDTSTART;VALUE=DATE:20260105\n",
     "free: 2026-01-04T23:00/2026-01-05T23:00"},
    {"SUMMARY:alarm\nDTSTART;VALUE=DATE:20260105\nBEGIN:VALARM\nDURATION:nonsense\nEND:VALARM\n",
     "alarm: 2026-01-04T23:00/2026-01-05T23:00"},
    {"SUMMARY:cancelled\nSTATUS:CANCELLED\nDTSTART;VALUE=DATE:20260105\n", ""},
    {"SUMMARY:reminder\nDTSTART:20260105T090000Z\n", ""},
};

TEST(Ics, EventsBecomeWindows) {
  for (const Row& row : kGood) {
    const std::string text = Wrap(fmt::format("BEGIN:VEVENT\n{}END:VEVENT\n", row.event));
    EXPECT_EQ(Occurrences(ReadIcs(text, Berlin())), row.expected) << row.event;
  }
}

TEST(Ics, LinesMayEndEitherWayAndBeginWithAMark) {
  std::string text =
      "\xEF\xBB\xBF" + Wrap("BEGIN:VEVENT\nDTSTART;VALUE=DATE:20260105\nEND:VEVENT\n");
  EXPECT_EQ(ReadIcs(text, Berlin()).windows.size(), 1u);
  for (std::size_t at = 0; (at = text.find('\n', at)) != text.npos; at += 2) text.insert(at, "\r");
  EXPECT_EQ(ReadIcs(text, Berlin()).windows.size(), 1u);
}

TEST(Ics, OneOccurrenceMayBeMovedAndAnotherCancelled) {
  const std::string text = Wrap(R"(BEGIN:VEVENT
UID:standup
SUMMARY:standup
DTSTART;TZID=Europe/Berlin:20260105T090000
DURATION:PT1H
RRULE:FREQ=DAILY;COUNT=4
END:VEVENT
BEGIN:VEVENT
UID:standup
RECURRENCE-ID;TZID=Europe/Berlin:20260106T090000
SUMMARY:later
DTSTART;TZID=Europe/Berlin:20260106T150000
DURATION:PT1H
END:VEVENT
BEGIN:VEVENT
UID:standup
RECURRENCE-ID:20260107T080000Z
STATUS:CANCELLED
END:VEVENT
)");
  const IcsFile file = ReadIcs(text, Berlin());
  EXPECT_EQ(Occurrences(file),
            "standup: 2026-01-05T08:00/2026-01-05T09:00 2026-01-08T08:00/2026-01-08T09:00\n"
            "later: 2026-01-06T14:00/2026-01-06T15:00");
  EXPECT_EQ(file.skipped, 1u);
}

TEST(Ics, TimeZonesOfTheFileItselfAreNotLookedAt) {
  const std::string text = Wrap(R"(BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:STANDARD
DTSTART:19701025T030000
TZOFFSETFROM:+0900
TZOFFSETTO:+0900
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
SUMMARY:zone
DTSTART;TZID=Europe/Berlin:20260105T090000
DURATION:PT1H
END:VEVENT
)");
  EXPECT_EQ(Occurrences(ReadIcs(text, Berlin())), "zone: 2026-01-05T08:00/2026-01-05T09:00");
}

const Row kBad[] = {
    {"SUMMARY:x\n", "3: the event has no DTSTART"},
    {"DTSTART:2026-01-05\n",
     "4: DTSTART: expected a time such as 20260105T090000, 20260105T090000Z or, with VALUE=DATE, "
     "20260105, from 1970 to 2199, found '2026-01-05'"},
    {"DTSTART;VALUE=DATE:20260105T090000\n",
     "4: DTSTART: expected a date such as 20260105, from 1970 to 2199, found '20260105T090000'"},
    {"DTSTART;VALUE=DATE:20260105\nDTSTART;VALUE=DATE:20260106\n",
     "5: the event has DTSTART twice (first in line 4)"},
    {"DTSTART;TZID=W. Europe Standard Time:20260105T090000\nDURATION:PT1H\n",
     "4: DTSTART: 'W. Europe Standard Time' is not a time zone (expected an IANA name such as "
     "Europe/Berlin or UTC)."},
    {"DTSTART:20260105T090000Z\nDTEND:20260105T080000Z\n", "5: DTEND is before DTSTART"},
    {"DTSTART:20260105T090000Z\nDTEND;VALUE=DATE:20260106\n",
     "5: DTEND: expected a date or a time, as DTSTART has it"},
    {"DTSTART:20260105T090000Z\nDTEND:20260105T100000Z\nDURATION:PT1H\n",
     "6: the event has DTEND and DURATION (allowed: one of them)"},
    {"DTSTART:20260105T090000Z\nDURATION:1h\n",
     "5: DURATION: expected a duration such as PT8H or P1D, found '1h'"},
    {"DTSTART:20260105T090000Z\nDURATION:-PT1H\n",
     "5: DURATION: expected a duration such as PT8H or P1D, found '-PT1H'"},
    {"DTSTART;VALUE=DATE:20260105\nDURATION:PT1H\n",
     "5: DURATION: expected whole days, because DTSTART is a date"},
    {"DTSTART:20260105T090000Z\nDURATION:PT1H\nRRULE:FREQ=SECONDLY\n",
     "6: RRULE: FREQ=SECONDLY is not supported: windows that often are no windows (allowed: "
     "HOURLY, "
     "DAILY, WEEKLY, MONTHLY, YEARLY)"},
    {"DTSTART:20260105T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY\nRRULE:FREQ=DAILY\n",
     "7: the event has RRULE twice (first in line 6)"},
    {"DTSTART:20260105T090000Z\nDURATION:P40D\nRRULE:FREQ=DAILY\n",
     "5: the window lasts 5w5d (allowed: 4w3d for one that recurs with FREQ=DAILY)"},
    {"DTSTART:20260105T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL=20250101\n",
     "6: the rule never happens from 2026-01-05T09:00 on"},
    {"DTSTART:20260105T090000Z\nDURATION:PT1H\nEXRULE:FREQ=DAILY\n",
     "6: EXRULE is not supported: RFC 5545 has done away with it (expected EXDATE)"},
    {"DTSTART:20260105T090000Z\nDURATION:PT1H\nRDATE;VALUE=PERIOD:20260105T090000Z/PT1H\n",
     "6: RDATE: periods are not supported (expected dates or times)"},
    {"DTSTART:20260105T090000Z\nDURATION:PT1H\nRDATE:20260106\n",
     "6: RDATE: expected dates or times, as DTSTART has them"},
    {"DTSTART:20260105T090000Z\nDURATION:PT1H\nEXDATE:20260106T090000Z,\n",
     "6: EXDATE: expected a time such as 20260105T090000, 20260105T090000Z or, with VALUE=DATE, "
     "20260105, from 1970 to 2199, found ''"},
    {"DTSTART:20260105T090000Z\nDURATION:PT1H\nRECURRENCE-ID;RANGE=THISANDFUTURE:"
     "20260105T090000Z\n",
     "6: RECURRENCE-ID: RANGE is not supported (expected a change of one occurrence)"},
    {"DTSTART;VALUE=DATE:20260105\nwhat is this?\nDTEND;\"x:1\n",
     "5: expected a line such as DTSTART;TZID=Europe/Berlin:20260105T090000, found 'what is "
     "this?'\n"
     "6: expected a line such as DTSTART;TZID=Europe/Berlin:20260105T090000, found 'DTEND;\"x:1'"},
    {"DTSTART;VALUE=DATE:20260105\nEND:VALARM\n",
     "5: END:VALARM ends nothing (expected END:VEVENT)"},
};

TEST(Ics, EveryMistakeHasALineAndASentence) {
  for (const Row& row : kBad) {
    const std::string text = Wrap(fmt::format("BEGIN:VEVENT\n{}END:VEVENT\n", row.event));
    const IcsFile file = ReadIcs(text, Berlin());
    EXPECT_TRUE(file.windows.empty());
    EXPECT_EQ(Occurrences(file), row.expected) << row.event;
  }
}

TEST(Ics, WhatIsNoCalendarIsRefused) {
  const std::string expected = "1: expected an iCalendar file, which begins with BEGIN:VCALENDAR";
  EXPECT_EQ(Occurrences(ReadIcs("", Berlin())), expected);
  EXPECT_EQ(Occurrences(ReadIcs("BEGIN:VCARD\nEND:VCARD\n", Berlin())), expected);
  EXPECT_EQ(Occurrences(
                ReadIcs("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20260105\n", Berlin())),
            "3: the file ends within VEVENT of line 2 (expected END:VEVENT)");
}

TEST(Ics, HasLimits) {
  EXPECT_EQ(ReadIcs(std::string(kMaxIcsBytes + 1, 'x'), Berlin()).problems.at(0).message,
            "5242881 bytes are too many (allowed: 5242880)");
  std::string events;
  for (std::size_t i = 0; i < kMaxIcsEvents; ++i) {
    events += "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20260105\nEND:VEVENT\n";
  }
  EXPECT_EQ(ReadIcs(Wrap(events), Berlin()).windows.size(), kMaxIcsEvents);
  events += "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20260105\nEND:VEVENT\n";
  EXPECT_EQ(ReadIcs(Wrap(events), Berlin()).problems.at(0).message,
            "more events than the allowed 10000");
  const std::string deep = Wrap([] {
    std::string lines;
    for (int i = 0; i < 1'000; ++i) lines += "BEGIN:X\n";
    return lines;
  }());
  EXPECT_LE(ReadIcs(deep, Berlin()).problems.size(), 100u);
}

}  // namespace
}  // namespace gatewright::calendar
