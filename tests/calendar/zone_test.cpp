// Where clocks change: what a local time means then. And names of zones.
#include "engine/calendar/zone.h"

#include <gtest/gtest.h>

namespace gatewright::calendar {
namespace {

Zone Get(std::string_view name) {
  const auto zone = Zone::Find(name);
  EXPECT_TRUE(zone) << zone.error().message;
  return *zone;
}

LocalTime Local(std::string_view text) { return ParseWrittenTime(text)->local; }

struct Row {
  const char* zone;
  const char* local;
  const char* moment;  // in UTC
  const char* shown;   // the moment, in the zone
};

const Row kRows[] = {
    // Europe/Berlin: 02:00 to 03:00 is skipped on 29 March 2026 and doubled on 25 October.
    {"Europe/Berlin", "2026-03-29T01:59", "2026-03-29T00:59:00.000Z", "2026-03-29T01:59+01:00"},
    {"Europe/Berlin", "2026-03-29T02:00", "2026-03-29T01:00:00.000Z", "2026-03-29T03:00+02:00"},
    {"Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:00:00.000Z", "2026-03-29T03:00+02:00"},
    {"Europe/Berlin", "2026-03-29T03:00", "2026-03-29T01:00:00.000Z", "2026-03-29T03:00+02:00"},
    {"Europe/Berlin", "2026-10-25T01:59", "2026-10-24T23:59:00.000Z", "2026-10-25T01:59+02:00"},
    {"Europe/Berlin", "2026-10-25T02:00", "2026-10-25T00:00:00.000Z", "2026-10-25T02:00+02:00"},
    {"Europe/Berlin", "2026-10-25T02:59", "2026-10-25T00:59:00.000Z", "2026-10-25T02:59+02:00"},
    {"Europe/Berlin", "2026-10-25T03:00", "2026-10-25T02:00:00.000Z", "2026-10-25T03:00+01:00"},
    // America/New_York: 8 March and 1 November.
    {"America/New_York", "2026-03-08T02:30", "2026-03-08T07:00:00.000Z", "2026-03-08T03:00-04:00"},
    {"America/New_York", "2026-11-01T00:59", "2026-11-01T04:59:00.000Z", "2026-11-01T00:59-04:00"},
    {"America/New_York", "2026-11-01T01:30", "2026-11-01T05:30:00.000Z", "2026-11-01T01:30-04:00"},
    {"America/New_York", "2026-11-01T02:00", "2026-11-01T07:00:00.000Z", "2026-11-01T02:00-05:00"},
    // Australia/Lord_Howe changes by half an hour: 5 April and 4 October.
    {"Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30:00.000Z",
     "2026-10-04T02:30+11:00"},
    {"Australia/Lord_Howe", "2026-10-04T02:30", "2026-10-03T15:30:00.000Z",
     "2026-10-04T02:30+11:00"},
    {"Australia/Lord_Howe", "2026-04-05T01:29", "2026-04-04T14:29:00.000Z",
     "2026-04-05T01:29+11:00"},
    {"Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45:00.000Z",
     "2026-04-05T01:45+11:00"},
    {"Australia/Lord_Howe", "2026-04-05T02:00", "2026-04-04T15:30:00.000Z",
     "2026-04-05T02:00+10:30"},
    // Pacific/Apia had no 30 December 2011.
    {"Pacific/Apia", "2011-12-29T23:59", "2011-12-30T09:59:00.000Z", "2011-12-29T23:59-10:00"},
    {"Pacific/Apia", "2011-12-30T00:00", "2011-12-30T10:00:00.000Z", "2011-12-31T00:00+14:00"},
    {"Pacific/Apia", "2011-12-30T18:00", "2011-12-30T10:00:00.000Z", "2011-12-31T00:00+14:00"},
    {"Pacific/Apia", "2011-12-31T00:00", "2011-12-30T10:00:00.000Z", "2011-12-31T00:00+14:00"},
    // Others.
    {"Asia/Kathmandu", "2026-06-01T00:00", "2026-05-31T18:15:00.000Z", "2026-06-01T00:00+05:45"},
    {"America/St_Johns", "2026-01-01T00:00", "2026-01-01T03:30:00.000Z", "2026-01-01T00:00-03:30"},
};

TEST(Zone, SaysWhatALocalTimeMeans) {
  for (const Row& row : kRows) {
    const Zone zone = Get(row.zone);
    const Time at = zone.Resolve(Local(row.local));
    EXPECT_EQ(FormatTime(at), row.moment) << row.zone << " " << row.local;
    EXPECT_EQ(zone.Format(at), std::string(row.shown) + " " + row.zone);
  }
}

TEST(Zone, UtcNeedsNoName) {
  EXPECT_EQ(Get("UTC").Format(*ParseTime("2026-01-05T09:00:30Z")), "2026-01-05T09:00:30Z");
}

TEST(Zone, TheSecondPassOfADoubledHourLiesAfterAllOfItsLocalTimes) {
  const Zone zone = Get("Europe/Berlin");
  const Time first = *ParseTime("2026-10-25T00:30:00Z");
  const Time second = *ParseTime("2026-10-25T01:30:00Z");
  EXPECT_EQ(FormatLocal(zone.ToLocal(first)), "2026-10-25T02:30");
  EXPECT_EQ(FormatLocal(zone.ToLocal(second)), "2026-10-25T02:30");
  EXPECT_EQ(FormatLocal(zone.LastLocalUntil(first)), "2026-10-25T02:30");
  EXPECT_EQ(FormatLocal(zone.LastLocalUntil(second)), "2026-10-25T02:59:59");
}

TEST(Zone, ResolveNeverGoesBack) {
  for (const char* name : {"Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia"}) {
    const Zone zone = Get(name);
    const bool is_samoa = name == std::string_view("Pacific/Apia");
    LocalTime local = is_samoa ? LocalOf(2011, 1, 1) : LocalOf(2026, 1, 1);
    Time before = zone.Resolve(local);
    for (int i = 0; i < 370 * 24 * 4; ++i) {
      local += std::chrono::minutes{15};
      const Time at = zone.Resolve(local);
      ASSERT_GE(at, before) << FormatLocal(local);
      before = at;
    }
  }
}

TEST(Zone, AMistypedNameIsRecognized) {
  const auto message = [](std::string_view name) { return Zone::Find(name).error().message; };
  const std::string expected =
      " is not a time zone (expected an IANA name such as Europe/Berlin or UTC).";
  EXPECT_EQ(message("Europe/Berln"),
            "'Europe/Berln'" + expected + " Did you mean 'Europe/Berlin'?");
  EXPECT_EQ(message("europe/berlin"),
            "'europe/berlin'" + expected + " Did you mean 'Europe/Berlin'?");
  EXPECT_EQ(message("Berlin"), "'Berlin'" + expected + " Did you mean 'Europe/Berlin'?");
  EXPECT_EQ(message("../../etc/passwd"), "'../../etc/passwd'" + expected);
  EXPECT_EQ(message(""), "''" + expected);
}

TEST(Zone, FarAwayMomentsAreHarmless) {
  const Zone zone = Get("Europe/Berlin");
  for (const Time at : {Time::min(), Time::max(), FromMicros(0)}) {
    EXPECT_FALSE(zone.Format(at).empty());
  }
}

}  // namespace
}  // namespace gatewright::calendar
