#include "engine/calendar/rrule.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "engine/base/edit_distance.h"

namespace gatewright::calendar {
namespace {

using Words = std::span<const std::string_view>;

constexpr std::array<std::string_view, 5> kFrequencies = {"HOURLY", "DAILY", "WEEKLY", "MONTHLY",
                                                          "YEARLY"};
constexpr std::array<std::string_view, 7> kDays = {"SU", "MO", "TU", "WE", "TH", "FR", "SA"};
constexpr std::array<std::string_view, 13> kParts = {
    "FREQ",       "INTERVAL", "COUNT",  "UNTIL",    "BYMONTH",  "BYWEEKNO", "BYYEARDAY",
    "BYMONTHDAY", "BYDAY",    "BYHOUR", "BYMINUTE", "BYSETPOS", "WKST"};
constexpr std::size_t kMaxValues = 400;  // of one part

std::string_view Shorten(std::string_view text) { return text.substr(0, 40); }

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == text.npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::string ToUpper(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

// A whole number, a leading '+' allowed.
std::optional<int> ReadNumber(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  int value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || problem != std::errc{} || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

class Parser {
 public:
  Result<RRule> Parse(std::string_view text) {
    if (text.size() > kMaxRRuleLength) {
      return Error{ErrorCode::kInvalid, fmt::format("{} characters are too many (allowed: {})",
                                                    text.size(), kMaxRRuleLength)};
    }
    for (const std::string_view part : Split(text, ';')) ReadPart(part);
    if (!seen_.contains("FREQ")) {
      Mistake(fmt::format("FREQ is missing (expected FREQ= and one of {})",
                          fmt::join(kFrequencies, ", ")));
    } else if (is_frequency_known_) {
      CheckCombinations();
    }
    if (mistakes_.empty()) return std::move(rule_);
    return Error{ErrorCode::kInvalid, fmt::format("{}", fmt::join(mistakes_, "; "))};
  }

 private:
  void Mistake(std::string text) {
    if (mistakes_.size() < 20) mistakes_.push_back(std::move(text));
  }

  void ReadPart(std::string_view part) {
    const auto equals = part.find('=');
    if (equals == part.npos) {
      return Mistake(fmt::format("expected parts such as FREQ=DAILY joined by ';', found '{}'",
                                 Shorten(part)));
    }
    const std::string name = ToUpper(part.substr(0, equals));
    const std::string value = ToUpper(part.substr(equals + 1));
    if (name == "BYSECOND") return Mistake("BYSECOND is not supported: windows begin at minutes");
    if (std::find(kParts.begin(), kParts.end(), name) == kParts.end()) {
      return Mistake(fmt::format("unknown part '{}' (known: {}).{}", Shorten(name),
                                 fmt::join(kParts, ", "),
                                 DidYouMeanSuffix(Shorten(name), Words(kParts))));
    }
    if (!seen_.insert(name).second) return Mistake(fmt::format("{} is there twice", name));
    ReadValue(name, value);
  }

  void ReadValue(std::string_view name, std::string_view value) {
    if (name == "FREQ") return ReadFrequency(value);
    if (name == "INTERVAL") {
      rule_.interval = Single(name, value, 1, kMaxInterval).value_or(1);
    } else if (name == "COUNT") {
      rule_.count = Single(name, value, 1, kMaxCount);
    } else if (name == "UNTIL") {
      ReadUntil(value);
    } else if (name == "BYMONTH") {
      rule_.by_month = List(name, value, 1, 12);
    } else if (name == "BYWEEKNO") {
      rule_.by_week_no = SignedList(name, value, 53);
    } else if (name == "BYYEARDAY") {
      rule_.by_year_day = SignedList(name, value, 366);
    } else if (name == "BYMONTHDAY") {
      rule_.by_month_day = SignedList(name, value, 31);
    } else if (name == "BYDAY") {
      ReadDays(value);
    } else if (name == "BYHOUR") {
      rule_.by_hour = List(name, value, 0, 23);
    } else if (name == "BYMINUTE") {
      rule_.by_minute = List(name, value, 0, 59);
    } else if (name == "BYSETPOS") {
      rule_.by_set_pos = SignedList(name, value, 366);
    } else if (const auto day = FindDay(value)) {
      rule_.week_start = *day;
    } else {
      Mistake(fmt::format("WKST: expected one of {}, found '{}'", fmt::join(kDays, ", "),
                          Shorten(value)));
    }
  }

  void ReadFrequency(std::string_view value) {
    const auto found = std::find(kFrequencies.begin(), kFrequencies.end(), value);
    if (found != kFrequencies.end()) {
      rule_.frequency = static_cast<Frequency>(found - kFrequencies.begin() + 1);
      is_frequency_known_ = true;
    } else if (value == "MINUTELY" || value == "SECONDLY") {
      Mistake(
          fmt::format("FREQ={} is not supported: windows that often are no windows (allowed: "
                      "{})",
                      value, fmt::join(kFrequencies, ", ")));
    } else {
      Mistake(fmt::format("FREQ: expected one of {}, found '{}'.{}", fmt::join(kFrequencies, ", "),
                          Shorten(value), DidYouMeanSuffix(Shorten(value), Words(kFrequencies))));
    }
  }

  void ReadUntil(std::string_view value) {
    rule_.until = ParseBasicTime(value);
    if (!rule_.until) {
      Mistake(
          fmt::format("UNTIL: expected a date such as 20261231, or a time such as "
                      "20261231T170000Z, from 1970 to 2199, found '{}'",
                      Shorten(value)));
    }
  }

  std::optional<unsigned> Single(std::string_view name, std::string_view value, unsigned min,
                                 unsigned max) {
    const auto number = ReadNumber(value);
    if (number && *number >= static_cast<int>(min) && *number <= static_cast<int>(max)) {
      return static_cast<unsigned>(*number);
    }
    Mistake(fmt::format("{}: expected a whole number from {} to {}, found '{}'", name, min, max,
                        Shorten(value)));
    return std::nullopt;
  }

  std::vector<std::string_view> Values(std::string_view name, std::string_view value) {
    auto values = Split(value, ',');
    if (values.size() > kMaxValues) {
      Mistake(
          fmt::format("{}: {} values are too many (allowed: {})", name, values.size(), kMaxValues));
      values.clear();
    }
    return values;
  }

  std::vector<unsigned> List(std::string_view name, std::string_view value, unsigned min,
                             unsigned max) {
    std::set<unsigned> numbers;
    for (const std::string_view item : Values(name, value)) {
      if (const auto number = Single(name, item, min, max)) numbers.insert(*number);
    }
    return {numbers.begin(), numbers.end()};
  }

  std::vector<int> SignedList(std::string_view name, std::string_view value, int max) {
    std::set<int> numbers;
    for (const std::string_view item : Values(name, value)) {
      const auto number = ReadNumber(item);
      if (number && *number != 0 && *number >= -max && *number <= max) {
        numbers.insert(*number);
        continue;
      }
      Mistake(fmt::format("{}: expected a whole number from 1 to {} or from -{} to -1, found '{}'",
                          name, max, max, Shorten(item)));
    }
    return {numbers.begin(), numbers.end()};
  }

  static std::optional<std::chrono::weekday> FindDay(std::string_view word) {
    const auto found = std::find(kDays.begin(), kDays.end(), word);
    if (found == kDays.end()) return std::nullopt;
    return std::chrono::weekday{static_cast<unsigned>(found - kDays.begin())};
  }

  void ReadDays(std::string_view value) {
    for (const std::string_view item : Values("BYDAY", value)) {
      const auto split = item.size() < 2 ? 0 : item.size() - 2;
      const auto day = FindDay(item.substr(split));
      const std::string_view ordinal = item.substr(0, split);
      const auto number = ordinal.empty() ? std::optional<int>(0) : ReadNumber(ordinal);
      const bool is_ordinal_good =
          ordinal.empty() || (number && *number != 0 && *number >= -53 && *number <= 53);
      if (!day || !is_ordinal_good) {
        Mistake(
            fmt::format("BYDAY: expected one of {}, with a number from 1 to 53 or from -53 to "
                        "-1 in front where the nth is meant, found '{}'",
                        fmt::join(kDays, ", "), Shorten(item)));
        continue;
      }
      rule_.by_day.push_back({*number, *day});
    }
  }

  void Forbid(bool is_there, std::string_view part, std::string_view allowed) {
    if (!is_there) return;
    Mistake(fmt::format("{} has no meaning with FREQ={} (allowed with: {})", part,
                        ToString(rule_.frequency), allowed));
  }

  // What RFC 5545 says must not go together.
  void CheckCombinations() {
    const Frequency frequency = rule_.frequency;
    const bool is_yearly = frequency == Frequency::kYearly;
    const bool has_ordinal = std::any_of(rule_.by_day.begin(), rule_.by_day.end(),
                                         [](const WeekdayOf& day) { return day.ordinal != 0; });
    if (seen_.contains("COUNT") && seen_.contains("UNTIL")) {
      Mistake("COUNT and UNTIL are both there (allowed: one of them)");
    }
    Forbid(has_ordinal && !is_yearly && frequency != Frequency::kMonthly,
           "BYDAY with a number in front", "MONTHLY, YEARLY");
    if (has_ordinal && !rule_.by_week_no.empty()) {
      Mistake("BYDAY has a number in front, which has no meaning with BYWEEKNO");
    }
    Forbid(!rule_.by_week_no.empty() && !is_yearly, "BYWEEKNO", "YEARLY");
    Forbid(!rule_.by_year_day.empty() && !is_yearly && frequency != Frequency::kHourly, "BYYEARDAY",
           "HOURLY, YEARLY");
    Forbid(!rule_.by_month_day.empty() && frequency == Frequency::kWeekly, "BYMONTHDAY",
           "HOURLY, DAILY, MONTHLY, YEARLY");
    const bool has_other = !rule_.by_month.empty() || !rule_.by_week_no.empty() ||
                           !rule_.by_year_day.empty() || !rule_.by_month_day.empty() ||
                           !rule_.by_day.empty() || !rule_.by_hour.empty() ||
                           !rule_.by_minute.empty();
    if (!rule_.by_set_pos.empty() && !has_other) {
      Mistake("BYSETPOS picks from what another BY… part gives, and there is none");
    }
  }

  RRule rule_;
  std::set<std::string, std::less<>> seen_;
  bool is_frequency_known_ = false;
  std::vector<std::string> mistakes_;
};

}  // namespace

std::string_view ToString(Frequency frequency) {
  return kFrequencies[static_cast<std::size_t>(frequency) - 1];
}

Result<RRule> ParseRRule(std::string_view text) { return Parser().Parse(text); }

}  // namespace gatewright::calendar
