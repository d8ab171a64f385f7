#include "engine/calendar/window_check.h"

#include <fmt/format.h>

#include "engine/calendar/rrule_walk.h"

namespace gatewright::calendar {
namespace {

using std::chrono::days;

constexpr std::int64_t kMaxCountingSteps = 1'000'000;

// Bounds how many occurrences of one window can be active at once.
days LongestOf(Frequency frequency) {
  switch (frequency) {
    case Frequency::kHourly:
      return days{1};
    case Frequency::kDaily:
      return days{31};
    case Frequency::kWeekly:
      return days{92};
    case Frequency::kMonthly:
    case Frequency::kYearly:
      break;
  }
  return days{366};
}

RRule WithLocalUntil(RRule rule, const Zone& zone) {
  if (rule.until && rule.until->utc_offset) {
    const Time last{rule.until->local.time_since_epoch() - *rule.until->utc_offset};
    rule.until = WrittenTime{zone.LastLocalUntil(last), false, std::nullopt};
  }
  return rule;
}

class Checker {
 public:
  Checker(const Window& window, const Zone& zone) : window_(window), zone_(zone) {}

  std::vector<Problem> Check() {
    CheckStart();
    CheckLength();
    if (window_.rule) CheckRule(*window_.rule);
    CheckSize("exdates", window_.except.size() + window_.except_days.size());
    CheckSize("rdates", window_.extra.size());
    return std::move(problems_);
  }

 private:
  void Mistake(std::string field, std::string message) {
    problems_.push_back({std::move(field), std::nullopt, std::move(message)});
  }

  void CheckStart() {
    const auto is_known = [](LocalTime time) {
      return time >= LocalOf(kFirstYear, 1, 1) && time < LocalOf(kLastYear, 1, 1);
    };
    bool is_good = is_known(window_.start);
    for (const LocalTime extra : window_.extra) is_good = is_good && is_known(extra);
    if (!is_good) Mistake("start", "expected a time from 1970 to 2199");
  }

  void CheckLength() {
    const auto whole = window_.length.wall + window_.length.exact;
    if (window_.length.wall.count() < 0 || window_.length.exact.count() < 0 || whole.count() == 0) {
      return Mistake("end", "expected an end after the start");
    }
    if (window_.start + whole > LocalOf(kLastYear, 1, 1)) {
      return Mistake("end", "expected an end before the year 2200");
    }
    if (!window_.rule && window_.extra.empty()) return;
    const days allowed = window_.rule ? LongestOf(window_.rule->frequency) : days{366};
    if (whole <= allowed) return;
    Mistake("end", fmt::format("the window lasts {} (allowed: {}{})", FormatDuration(whole),
                               FormatDuration(allowed),
                               window_.rule ? fmt::format(" for one that recurs with FREQ={}",
                                                          ToString(window_.rule->frequency))
                                            : " for one with rdates"));
  }

  void CheckRule(const RRule& rule) {
    if (window_.is_all_day && (rule.frequency == Frequency::kHourly || !rule.by_hour.empty() ||
                               !rule.by_minute.empty())) {
      return Mistake("rrule",
                     "FREQ=HOURLY, BYHOUR and BYMINUTE have no meaning for a window of whole days "
                     "(expected a start with a time of day, or a rule without them)");
    }
    RRule once = WithLocalUntil(rule, zone_);
    once.count.reset();
    Budget budget{kMaxCountingSteps};
    RRuleWalk walk(once, window_.start, window_.start, LocalOf(kLastYear, 1, 1));
    if (!walk.Next(budget)) {
      return Mistake("rrule",
                     fmt::format("the rule never happens from {} on", FormatLocal(window_.start)));
    }
    if (!rule.count) return;
    budget = Budget{kMaxCountingSteps};
    RRuleWalk counted(rule, window_.start, window_.start, LocalOf(kLastYear, 1, 1));
    while (counted.Next(budget)) {
    }
    if (budget.is_exhausted()) {
      Mistake("rrule", "it takes too long to count to COUNT (expected UNTIL instead)");
    }
  }

  void CheckSize(std::string field, std::size_t size) {
    if (size <= kMaxExceptions) return;
    Mistake(std::move(field), fmt::format("{} are too many (allowed: {})", size, kMaxExceptions));
  }

  const Window& window_;
  const Zone& zone_;
  std::vector<Problem> problems_;
};

}  // namespace

std::vector<Problem> CheckWindow(const Window& window, const Zone& zone) {
  return Checker(window, zone).Check();
}

RRule BoundedRule(const Window& window, const Zone& zone) {
  RRule rule = WithLocalUntil(*window.rule, zone);
  if (!rule.count) return rule;
  Budget budget{kMaxCountingSteps};
  RRuleWalk walk(rule, window.start, window.start, LocalOf(kLastYear, 1, 1));
  LocalTime last = window.start - std::chrono::seconds{1};  // none at all
  while (const auto instance = walk.Next(budget)) last = *instance;
  rule.count.reset();
  rule.until = WrittenTime{last, false, std::nullopt};
  return rule;
}

Time EndOf(LocalTime start, const Length& length, const Zone& zone) {
  return zone.Resolve(start + length.wall) + length.exact;
}

}  // namespace gatewright::calendar
