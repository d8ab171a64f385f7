// What RFC 5545 has no example for: the ends of years, impossible rules, and beginning in the
// middle.
#include <algorithm>
#include <cstdlib>
#include <random>

#include "tests/calendar/instances.h"

namespace gatewright::calendar {
namespace {

struct Row {
  const char* start;
  const char* rule;
  std::size_t limit;
  const char* expected;
};

const Row kRows[] = {
    {"2024-02-29T08:00", "FREQ=YEARLY", 3, "2024-02: 29, 2028-02: 29, 2032-02: 29 …"},
    {"2096-02-29T08:00", "FREQ=YEARLY", 2, "2096-02: 29, 2104-02: 29 …"},
    {"2026-01-31T08:00", "FREQ=MONTHLY", 4, "2026-01: 31, 2026-03: 31, 2026-05: 31, 2026-07: 31 …"},
    {"2026-01-31T08:00", "FREQ=MONTHLY;BYMONTHDAY=-1", 4,
     "2026-01: 31, 2026-02: 28, 2026-03: 31, 2026-04: 30 …"},
    {"2024-01-01T08:00", "FREQ=YEARLY;BYYEARDAY=-1,366", 4,
     "2024-12: 31, 2025-12: 31, 2026-12: 31, 2027-12: 31 …"},
    {"2024-01-01T08:00", "FREQ=YEARLY;BYYEARDAY=366", 2, "2024-12: 31, 2028-12: 31 …"},
    {"2024-01-01T08:00", "FREQ=YEARLY;BYYEARDAY=60", 3, "2024-02: 29, 2025-03: 1, 2026-03: 1 …"},
    // Week 1 may begin in December, week 53 end in January.
    {"2024-12-01T08:00", "FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO", 3,
     "2024-12: 30, 2025-12: 29, 2027-01: 4 …"},
    {"2020-01-01T08:00", "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO,SU", 4,
     "2020-12: 28, 2021-01: 3, 2026-12: 28, 2027-01: 3 …"},
    {"2020-01-01T08:00", "FREQ=YEARLY;BYWEEKNO=-1;BYDAY=MO", 3,
     "2020-12: 28, 2021-12: 27, 2022-12: 26 …"},
    // Without BYDAY the weekday of the start, here a Thursday.
    {"2026-01-01T08:00", "FREQ=YEARLY;BYWEEKNO=20", 2, "2026-05: 14, 2027-05: 20 …"},
    {"2026-01-01T08:00", "FREQ=YEARLY;BYDAY=-1FR", 2, "2026-12: 25, 2027-12: 31 …"},
    {"2026-01-01T08:00", "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", 2, "2026-11: 26, 2027-11: 25 …"},
    {"2026-01-01T08:00", "FREQ=YEARLY;BYMONTH=4;BYDAY=1SU,MO", 6,
     "2026-04: 5 6 13 20 27, 2027-04: 4 …"},
    {"2026-01-01T00:00", "FREQ=HOURLY;BYDAY=SA;BYHOUR=22,23", 4,
     "2026-01: 3T22:00 3T23:00 10T22:00 10T23:00 …"},
    {"2026-01-01T00:30", "FREQ=HOURLY;INTERVAL=7;BYMONTHDAY=3", 3,
     "2026-01: 3T01:30 3T08:30 3T15:30 …"},
    {"2026-01-01T09:00:30", "FREQ=DAILY;BYHOUR=9,17;BYSETPOS=-1", 2,
     "2026-01: 1T17:00:30 2T17:00:30 …"},
    {"2026-01-01T09:00", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=9,17;BYSETPOS=1,-1", 4,
     "2026-01: 1 30T17:00, 2026-02: 2 27T17:00 …"},
    // DTSTART, a Thursday, is no instance of a rule that says Mondays.
    {"2026-01-01T09:00", "FREQ=WEEKLY;BYDAY=MO;COUNT=2", 9, "2026-01: 5 12"},
    // UNTIL: the moment itself counts, a date counts as a whole.
    {"2026-01-01T09:00", "FREQ=DAILY;UNTIL=20260103T090000", 9, "2026-01: 1 2 3"},
    {"2026-01-01T09:00", "FREQ=DAILY;UNTIL=20260103T085959", 9, "2026-01: 1 2"},
    {"2026-01-01T09:00", "FREQ=DAILY;UNTIL=20260103", 9, "2026-01: 1 2 3"},
    {"2026-01-01T09:00", "FREQ=DAILY;UNTIL=20251231", 9, ""},
};

TEST(RRuleWalk, GivesTheInstances) {
  for (const Row& row : kRows) {
    EXPECT_EQ(Instances(row.rule, row.start, row.limit), row.expected) << row.rule;
  }
}

TEST(RRuleWalk, ARuleThatNeverHappensEnds) {
  for (const char* rule :
       {"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=3",
        "FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=4", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31",
        "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=31", "FREQ=YEARLY;BYWEEKNO=10;BYMONTH=12",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6"}) {
    EXPECT_EQ(Instances(rule, "2026-01-01T09:00", 5), "") << rule;
  }
}

TEST(RRuleWalk, StopsWhenItsBudgetIsSpent) {
  Budget budget{100};
  RRuleWalk walk(Rule("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31"), At("2026-01-01"), At("2026-01-01"),
                 At("2199-01-01"));
  EXPECT_FALSE(walk.Next(budget));
  EXPECT_TRUE(budget.is_exhausted());
  EXPECT_GT(budget.steps, -1000);
}

TEST(RRuleWalk, BeginsQuicklyHoweverLongAgoTheRuleBegan) {
  Budget budget{50};
  const LocalTime now = At("2199-06-01T00:00");
  RRuleWalk walk(Rule("FREQ=HOURLY;INTERVAL=5"), At("1970-01-01T00:00"), now, LocalOf(2200, 1, 1));
  const auto first = walk.Next(budget);
  ASSERT_TRUE(first);
  EXPECT_GE(*first, now);
  EXPECT_LT(*first, now + std::chrono::hours{5});
}

// ---- a walk from the middle gives the rest of a walk from the start ----

class RandomRule {
 public:
  explicit RandomRule(unsigned seed) : random_(seed) {}

  int Below(int end) { return std::uniform_int_distribution<int>(0, end - 1)(random_); }

  LocalTime Start() {
    return LocalOf(2015 + Below(10), 1, 1) + std::chrono::days{Below(365)} +
           std::chrono::minutes{Below(24 * 60)};
  }

  RRule Make() {
    RRule rule;
    rule.frequency = static_cast<Frequency>(1 + Below(5));
    rule.interval = static_cast<unsigned>(1 + Below(4) * Below(5));
    rule.week_start = std::chrono::weekday{static_cast<unsigned>(Below(7))};
    const bool is_yearly = rule.frequency == Frequency::kYearly;
    const bool has_weeks = is_yearly && Below(4) == 0;
    if (Below(3) == 0) rule.by_month = {unsigned(1 + Below(6)), unsigned(7 + Below(6))};
    if (has_weeks) rule.by_week_no = {1 + Below(53), -1 - Below(53)};
    if (is_yearly && !has_weeks && Below(4) == 0)
      rule.by_year_day = {1 + Below(366), -1 - Below(9)};
    if (rule.frequency != Frequency::kWeekly && Below(3) == 0) {
      rule.by_month_day = {1 + Below(31), -1 - Below(31)};
    }
    if (Below(2) == 0) {
      const bool may_count = (is_yearly || rule.frequency == Frequency::kMonthly) && !has_weeks;
      for (unsigned day = 0; day < 7; day += unsigned(1 + Below(4))) {
        rule.by_day.push_back({may_count ? Below(5) - 2 : 0, std::chrono::weekday{day}});
      }
    }
    if (Below(3) == 0) rule.by_hour = {unsigned(Below(12)), unsigned(12 + Below(12))};
    if (Below(3) == 0) rule.by_minute = {unsigned(Below(30)), unsigned(30 + Below(30))};
    const bool has_any = !rule.by_day.empty() || !rule.by_hour.empty() || !rule.by_month.empty();
    if (has_any && Below(4) == 0) rule.by_set_pos = {1 + Below(3), -1 - Below(2)};
    return rule;
  }

 private:
  std::mt19937 random_;
};

TEST(RRuleWalk, FromTheMiddleGivesTheRest) {
  const char* given = std::getenv("GATEWRIGHT_SEED");
  const auto seed = given ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : 20260301u;
  SCOPED_TRACE(fmt::format("GATEWRIGHT_SEED={}", seed));
  RandomRule random(seed);
  std::size_t instance_count = 0;
  for (int round = 0; round < 2'000; ++round) {
    const RRule rule = random.Make();
    const LocalTime start = random.Start();
    const LocalTime end = start + std::chrono::days{3 * 366};
    const auto all = Walk(rule, start, 100'000, start, end);
    instance_count += all.size();
    ASSERT_TRUE(std::is_sorted(all.begin(), all.end()));
    ASSERT_TRUE(std::adjacent_find(all.begin(), all.end()) == all.end());
    for (int i = 0; i < 5; ++i) {
      const LocalTime from = start + std::chrono::hours{random.Below(3 * 366 * 24)};
      const auto first = std::lower_bound(all.begin(), all.end(), from);
      const std::vector<LocalTime> rest(first, all.end());
      ASSERT_EQ(Walk(rule, start, 100'000, from, end), rest)
          << "round " << round << ", from " << FormatLocal(from);
    }
  }
  EXPECT_GT(instance_count, 100'000u);
}

}  // namespace
}  // namespace gatewright::calendar
