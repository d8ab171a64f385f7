// Every mistake in a rule has a sentence, and a rule's mistakes come all at once.
#include "tests/calendar/instances.h"

namespace gatewright::calendar {
namespace {

struct Row {
  const char* rule;
  const char* mistake;
};

const Row kRows[] = {
    {"",
     "expected parts such as FREQ=DAILY joined by ';', found ''; FREQ is missing (expected FREQ= "
     "and one of HOURLY, DAILY, WEEKLY, MONTHLY, YEARLY)"},
    {"FREQ=DALY",
     "FREQ: expected one of HOURLY, DAILY, WEEKLY, MONTHLY, YEARLY, found 'DALY'. Did you mean "
     "'DAILY'?"},
    {"FREQ=MINUTELY",
     "FREQ=MINUTELY is not supported: windows that often are no windows (allowed: HOURLY, DAILY, "
     "WEEKLY, MONTHLY, YEARLY)"},
    {"FREQ=DAILY;BYSECOND=1", "BYSECOND is not supported: windows begin at minutes"},
    {"FREQ=DAILY;BYDAYS=MO",
     "unknown part 'BYDAYS' (known: FREQ, INTERVAL, COUNT, UNTIL, BYMONTH, BYWEEKNO, BYYEARDAY, "
     "BYMONTHDAY, BYDAY, BYHOUR, BYMINUTE, BYSETPOS, WKST). Did you mean 'BYDAY'?"},
    {"FREQ=DAILY;FREQ=DAILY", "FREQ is there twice"},
    {"FREQ=DAILY;", "expected parts such as FREQ=DAILY joined by ';', found ''"},
    {"FREQ=DAILY;INTERVAL=0", "INTERVAL: expected a whole number from 1 to 1000, found '0'"},
    {"FREQ=DAILY;INTERVAL=1.5", "INTERVAL: expected a whole number from 1 to 1000, found '1.5'"},
    {"FREQ=DAILY;COUNT=99999999999",
     "COUNT: expected a whole number from 1 to 10000, found '99999999999'"},
    {"FREQ=DAILY;UNTIL=2026-01-01",
     "UNTIL: expected a date such as 20261231, or a time such as 20261231T170000Z, from 1970 to "
     "2199, found '2026-01-01'"},
    {"FREQ=DAILY;UNTIL=20260230",
     "UNTIL: expected a date such as 20261231, or a time such as 20261231T170000Z, from 1970 to "
     "2199, found '20260230'"},
    {"FREQ=DAILY;COUNT=1;UNTIL=20260101", "COUNT and UNTIL are both there (allowed: one of them)"},
    {"FREQ=DAILY;BYMONTH=0,13",
     "BYMONTH: expected a whole number from 1 to 12, found '0'; BYMONTH: expected a whole number "
     "from 1 to 12, found '13'"},
    {"FREQ=MONTHLY;BYMONTHDAY=0",
     "BYMONTHDAY: expected a whole number from 1 to 31 or from -31 to -1, found '0'"},
    {"FREQ=MONTHLY;BYMONTHDAY=+-1",
     "BYMONTHDAY: expected a whole number from 1 to 31 or from -31 to -1, found '+-1'"},
    {"FREQ=MONTHLY;BYDAY=XX",
     "BYDAY: expected one of SU, MO, TU, WE, TH, FR, SA, with a number from 1 to 53 or from -53 to "
     "-1 in front where the nth is meant, found 'XX'"},
    {"FREQ=MONTHLY;BYDAY=0MO",
     "BYDAY: expected one of SU, MO, TU, WE, TH, FR, SA, with a number from 1 to 53 or from -53 to "
     "-1 in front where the nth is meant, found '0MO'"},
    {"FREQ=WEEKLY;BYDAY=1MO",
     "BYDAY with a number in front has no meaning with FREQ=WEEKLY (allowed with: MONTHLY, "
     "YEARLY)"},
    {"FREQ=YEARLY;BYWEEKNO=3;BYDAY=1MO",
     "BYDAY has a number in front, which has no meaning with BYWEEKNO"},
    {"FREQ=MONTHLY;BYWEEKNO=3", "BYWEEKNO has no meaning with FREQ=MONTHLY (allowed with: YEARLY)"},
    {"FREQ=DAILY;BYYEARDAY=3",
     "BYYEARDAY has no meaning with FREQ=DAILY (allowed with: HOURLY, YEARLY)"},
    {"FREQ=WEEKLY;BYMONTHDAY=3",
     "BYMONTHDAY has no meaning with FREQ=WEEKLY (allowed with: HOURLY, DAILY, MONTHLY, YEARLY)"},
    {"FREQ=DAILY;BYHOUR=24", "BYHOUR: expected a whole number from 0 to 23, found '24'"},
    {"FREQ=DAILY;BYSETPOS=1", "BYSETPOS picks from what another BY… part gives, and there is none"},
    {"FREQ=DAILY;WKST=1", "WKST: expected one of SU, MO, TU, WE, TH, FR, SA, found '1'"},
    {"FREQ=DAILY;INTERVAL=x;BYHOUR=99;NOPE=1",
     "INTERVAL: expected a whole number from 1 to 1000, found 'X'; BYHOUR: expected a whole number "
     "from 0 to 23, found '99'; unknown part 'NOPE' (known: FREQ, INTERVAL, COUNT, UNTIL, BYMONTH, "
     "BYWEEKNO, BYYEARDAY, BYMONTHDAY, BYDAY, BYHOUR, BYMINUTE, BYSETPOS, WKST)."},
};

TEST(RRuleMistakes, HaveASentence) {
  for (const Row& row : kRows) {
    const auto rule = ParseRRule(row.rule);
    ASSERT_FALSE(rule) << row.rule;
    EXPECT_EQ(rule.error().message, row.mistake) << row.rule;
    EXPECT_EQ(rule.error().code, ErrorCode::kInvalid);
  }
}

TEST(RRuleMistakes, TooLongIsNotEvenRead) {
  const std::string rule = "FREQ=DAILY;BYHOUR=" + std::string(3'000, '1');
  EXPECT_EQ(ParseRRule(rule).error().message, "3018 characters are too many (allowed: 2000)");
}

TEST(RRule, IsReadWhateverItsLettersOrOrder) {
  const RRule rule = Rule("byday=-1fr,+2mo,tu;until=20261231T170000Z;freq=monthly;interval=2");
  EXPECT_EQ(rule.frequency, Frequency::kMonthly);
  EXPECT_EQ(rule.interval, 2u);
  EXPECT_EQ(rule.by_day,
            (std::vector<WeekdayOf>{
                {-1, std::chrono::Friday}, {2, std::chrono::Monday}, {0, std::chrono::Tuesday}}));
  EXPECT_EQ(rule.until->local, LocalOf(2026, 12, 31, 17));
  EXPECT_EQ(rule.until->utc_offset, std::chrono::seconds{0});
}

}  // namespace
}  // namespace gatewright::calendar
