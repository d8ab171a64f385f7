// Damaged rules and files: whatever the bytes are, there is an answer, and it is a value or a
// reason; and what came out well can be asked.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "engine/calendar/compiled_calendar.h"
#include "engine/calendar/ics.h"
#include "engine/calendar/rrule_walk.h"

namespace gatewright::calendar {
namespace {

constexpr int kRules = 30'000;
constexpr int kFiles = 5'000;

constexpr const char* kGoodRules[] = {
    "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU",
    "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;UNTIL=20301231T000000Z",
    "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=28,29,-1;BYMINUTE=0,30;WKST=SU",
    "FREQ=YEARLY;BYYEARDAY=1,100,-1;BYHOUR=9;BYSETPOS=-1,1",
};

constexpr char kGoodFile[] =
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:a\r\n"
    "DTSTART;TZID=Europe/Berlin:20260105T090000\r\nDTEND;TZID=Europe/Berlin:20260105T170000\r\n"
    "RRULE:FREQ=WEEKLY;BYDAY=MO,TU;UNTIL=20270101T000000Z\r\n"
    "EXDATE;TZID=Europe/Berlin:20260106T090000,20260112T090000\r\n"
    "SUMMARY:Office \\, \xC3\xBC\r\n BERALL\r\nBEGIN:VALARM\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\n"
    "END:VEVENT\r\nBEGIN:VEVENT\r\nUID:a\r\nRECURRENCE-ID:20260113T080000Z\r\n"
    "DTSTART:20260113T100000Z\r\nDURATION:P1DT2H\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\n"
    "DTSTART;VALUE=DATE:20261225\r\nRDATE;VALUE=DATE:20271225\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

class Damage {
 public:
  explicit Damage(unsigned seed) : random_(seed) {}

  std::size_t Below(std::size_t end) {
    return std::uniform_int_distribution<std::size_t>(0, end - 1)(random_);
  }

  std::string Apply(std::string text) {
    for (std::size_t n = 1 + Below(4); n > 0; --n) {
      const std::size_t at = Below(text.size());
      switch (Below(5)) {
        case 0:
          text[at] = static_cast<char>(Below(256));
          break;
        case 1:
          text.insert(at, 1, kInteresting[Below(sizeof kInteresting - 1)]);
          break;
        case 2:
          text.erase(at, std::min(1 + Below(20), text.size() - at));
          break;
        case 3:
          text.insert(Below(text.size()), text.substr(at, 1 + Below(40)));
          break;
        case 4:
          text[at] = kInteresting[Below(sizeof kInteresting - 1)];
          break;
      }
      if (text.empty()) text = "x";
    }
    return text;
  }

 private:
  static constexpr char kInteresting[] = "0123456789-+=;:,TZ\r\n \"\\MOFRSU";
  std::mt19937 random_;
};

unsigned Seed() {
  const char* given = std::getenv("GATEWRIGHT_SEED");
  return given ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : 20260301u;
}

TEST(RandomBytes, OfARule) {
  SCOPED_TRACE(fmt::format("GATEWRIGHT_SEED={}", Seed()));
  Damage damage(Seed());
  int good = 0;
  for (int i = 0; i < kRules; ++i) {
    const std::string text = damage.Apply(kGoodRules[damage.Below(std::size(kGoodRules))]);
    const auto rule = ParseRRule(text);
    if (!rule) {
      ASSERT_FALSE(rule.error().message.empty()) << text;
      continue;
    }
    ++good;
    Budget budget{2'000};
    const LocalTime start = LocalOf(2026, 1, 31, 9);
    RRuleWalk walk(*rule, start, start + std::chrono::days{damage.Below(2'000)},
                   LocalOf(2200, 1, 1));
    LocalTime before = start - std::chrono::seconds{1};
    while (const auto instance = walk.Next(budget)) {
      ASSERT_GT(*instance, before) << text;
      before = *instance;
    }
  }
  EXPECT_GT(good, 200);
}

TEST(RandomBytes, OfAnIcsFile) {
  SCOPED_TRACE(fmt::format("GATEWRIGHT_SEED={}", Seed()));
  Damage damage(Seed());
  const Zone zone = *Zone::Find("Europe/Berlin");
  ASSERT_TRUE(ReadIcs(kGoodFile, zone).ok());
  int good = 0;
  for (int i = 0; i < kFiles; ++i) {
    const std::string text = damage.Apply(kGoodFile);
    IcsFile file = ReadIcs(text, zone);
    if (!file.ok()) {
      ASSERT_TRUE(file.windows.empty());
      for (const auto& problem : file.problems) ASSERT_FALSE(problem.message.empty()) << text;
      continue;
    }
    ++good;
    CalendarSpec spec;
    spec.timezone = "Europe/Berlin";
    spec.deny = std::move(file.windows);
    const auto calendar = CompiledCalendar::Compile(std::move(spec));
    ASSERT_TRUE(calendar) << calendar.error().message << "\n" << text;
    const auto opening = (*calendar)->At(FromMicros(1'770'000'000'000'000));
    ASSERT_FALSE(opening.reason.empty());
  }
  EXPECT_GT(good, 200);
}

}  // namespace
}  // namespace gatewright::calendar
