#include "engine/cel/moment.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>

namespace gatewright::cel {
namespace {

constexpr std::int64_t kFirstSecond = -62'135'596'800;  // 0001-01-01T00:00:00Z
constexpr std::int64_t kLastSecond = 253'402'300'799;   // 9999-12-31T23:59:59Z
// What 64 bits of nanoseconds hold, some 292 years: the specification asks for no more.
constexpr std::int64_t kLongest = 9'223'372'036;
constexpr TimeSpan kLongestBack = {-kLongest - 1, 145'224'192},
                   kLongestOn = {kLongest, 854'775'807};
constexpr std::int32_t kNanosPerSecond = 1'000'000'000;

template <class Moment>
bool IsInRange(const Moment& moment) {
  if constexpr (std::is_same_v<Moment, Timestamp>) {
    return moment.seconds >= kFirstSecond && moment.seconds <= kLastSecond;
  } else {
    return moment >= kLongestBack && moment <= kLongestOn;
  }
}

// Neither side can be so large that the seconds overflow: both are in range.
template <class To>
std::optional<To> Combine(std::int64_t seconds, std::int64_t nanos) {
  if (nanos < 0) {
    nanos += kNanosPerSecond;
    --seconds;
  } else if (nanos >= kNanosPerSecond) {
    nanos -= kNanosPerSecond;
    ++seconds;
  }
  const To result{seconds, static_cast<std::int32_t>(nanos)};
  return IsInRange(result) ? std::optional(result) : std::nullopt;
}

bool Take(std::string_view& text, char wanted) {
  if (!text.starts_with(wanted)) return false;
  text.remove_prefix(1);
  return true;
}

bool IsDigit(std::string_view text) {
  return !text.empty() && text.front() >= '0' && text.front() <= '9';
}

// Exactly `count` digits.
std::optional<int> TakeDigits(std::string_view& text, int count) {
  int value = 0;
  for (; count > 0; --count) {
    if (!IsDigit(text)) return std::nullopt;
    value = value * 10 + (text.front() - '0');
    text.remove_prefix(1);
  }
  return value;
}

// "." and one to nine digits, or nothing: as nanoseconds.
std::optional<std::int32_t> TakeFraction(std::string_view& text) {
  if (!Take(text, '.')) return 0;
  std::int32_t nanos = 0;
  int digits = 0;
  for (; IsDigit(text); text.remove_prefix(1)) {
    if (++digits > 9) return std::nullopt;
    nanos = nanos * 10 + (text.front() - '0');
  }
  if (digits == 0) return std::nullopt;
  for (; digits < 9; ++digits) nanos *= 10;
  return nanos;
}

struct Unit {
  std::string_view name;
  std::int64_t nanos;
};
// A unit comes before those that it starts with.
constexpr std::array<Unit, 8> kUnits = {{{"ns", 1},
                                         {"us", 1'000},
                                         {"µs", 1'000},
                                         {"μs", 1'000},
                                         {"ms", 1'000'000},
                                         {"s", 1'000'000'000},
                                         {"m", 60'000'000'000},
                                         {"h", 3'600'000'000'000}}};

std::string_view TakeAllDigits(std::string_view& text) {
  std::size_t count = 0;
  while (IsDigit(text.substr(count))) ++count;
  const std::string_view digits = text.substr(0, count);
  text.remove_prefix(count);
  return digits;
}

// 0.digits of a unit. A thousandth of a nanosecond is where it stops to look.
std::int64_t FractionOf(std::int64_t nanos, std::string_view digits) {
  std::int64_t place = nanos * 1'000, sum = 0;
  for (const char digit : digits) {
    place /= 10;
    sum += place * (digit - '0');
  }
  return sum / 1'000;
}

// "1.5h": digits, a fraction and a unit.
std::optional<TimeSpan> TakePart(std::string_view& text) {
  std::int64_t whole = 0;
  std::size_t digits = 0;
  for (; IsDigit(text); text.remove_prefix(1), ++digits) {
    if (whole > std::numeric_limits<std::int64_t>::max() / 10 - 1) return std::nullopt;
    whole = whole * 10 + (text.front() - '0');
  }
  const std::string_view fraction = Take(text, '.') ? TakeAllDigits(text) : std::string_view();
  digits += fraction.size();
  if (digits == 0) return std::nullopt;
  for (const Unit& unit : kUnits) {
    if (!text.starts_with(unit.name)) continue;
    text.remove_prefix(unit.name.size());
    // Whole seconds and what is over, apart, so that nothing overflows.
    const std::int64_t units_per_second =
        unit.nanos < kNanosPerSecond ? kNanosPerSecond / unit.nanos : 1;
    const std::int64_t seconds_per_unit = std::max<std::int64_t>(1, unit.nanos / kNanosPerSecond);
    if (whole / units_per_second > kLongest / seconds_per_unit) return std::nullopt;
    const std::int64_t nanos = whole % units_per_second * unit.nanos % kNanosPerSecond;
    const std::int64_t more = FractionOf(unit.nanos, fraction);
    return Combine<TimeSpan>(whole / units_per_second * seconds_per_unit + more / kNanosPerSecond,
                             (units_per_second == 1 ? 0 : nanos) + more % kNanosPerSecond);
  }
  return std::nullopt;
}

// ".5" of 500'000'000; nothing for 0.
std::string FractionText(std::int32_t nanos) {
  if (nanos == 0) return "";
  std::string text = fmt::format(".{:09}", nanos);
  text.erase(text.find_last_not_of('0') + 1);
  return text;
}

}  // namespace

std::optional<Timestamp> Add(Timestamp time, TimeSpan span) {
  return Combine<Timestamp>(time.seconds + span.seconds, std::int64_t{time.nanos} + span.nanos);
}
std::optional<Timestamp> Subtract(Timestamp time, TimeSpan span) {
  return Combine<Timestamp>(time.seconds - span.seconds, std::int64_t{time.nanos} - span.nanos);
}
std::optional<TimeSpan> Subtract(Timestamp later, Timestamp earlier) {
  return Combine<TimeSpan>(later.seconds - earlier.seconds,
                           std::int64_t{later.nanos} - earlier.nanos);
}
std::optional<TimeSpan> Add(TimeSpan a, TimeSpan b) {
  return Combine<TimeSpan>(a.seconds + b.seconds, std::int64_t{a.nanos} + b.nanos);
}
std::optional<TimeSpan> Subtract(TimeSpan a, TimeSpan b) {
  return Combine<TimeSpan>(a.seconds - b.seconds, std::int64_t{a.nanos} - b.nanos);
}

std::optional<Timestamp> TimestampOfSeconds(std::int64_t seconds) {
  const Timestamp time{seconds, 0};
  return IsInRange(time) ? std::optional(time) : std::nullopt;
}

std::optional<Timestamp> TimestampOfMicros(std::int64_t micros) {
  return Combine<Timestamp>(micros / 1'000'000, micros % 1'000'000 * 1'000);
}

std::int64_t ToMillis(TimeSpan span) {
  const bool is_rounded_down = span.seconds < 0 && span.nanos % 1'000'000 != 0;
  return span.seconds * 1'000 + span.nanos / 1'000'000 + (is_rounded_down ? 1 : 0);
}

double ToSeconds(TimeSpan span) {
  return static_cast<double>(span.seconds) + static_cast<double>(span.nanos) / kNanosPerSecond;
}

std::optional<Timestamp> ParseTimestamp(std::string_view text) {
  const auto year = TakeDigits(text, 4);
  if (!year || !Take(text, '-')) return std::nullopt;
  const auto month = TakeDigits(text, 2);
  if (!month || !Take(text, '-')) return std::nullopt;
  const auto day = TakeDigits(text, 2);
  if (!day || !(Take(text, 'T') || Take(text, 't'))) return std::nullopt;
  const auto hour = TakeDigits(text, 2);
  if (!hour || !Take(text, ':')) return std::nullopt;
  const auto minute = TakeDigits(text, 2);
  if (!minute || !Take(text, ':')) return std::nullopt;
  const auto second = TakeDigits(text, 2);
  if (!second || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  const auto nanos = TakeFraction(text);
  if (!nanos) return std::nullopt;
  std::optional<std::int64_t> offset = 0;
  if (!Take(text, 'Z') && !Take(text, 'z')) {
    if (!text.starts_with('+') && !text.starts_with('-')) return std::nullopt;
    offset = ParseOffset(text);
    text = {};
  }
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!offset || !text.empty() || !date.ok()) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days{date}.time_since_epoch().count();
  return Combine<Timestamp>(days * 86'400 + *hour * 3'600 + *minute * 60 + *second - *offset,
                            *nanos);
}

std::string FormatTimestamp(Timestamp time) {
  const CivilTime civil = ToCivil(time, 0);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}Z", civil.year, civil.month, civil.day,
                     civil.hour, civil.minute, civil.second, FractionText(time.nanos));
}

std::optional<TimeSpan> ParseTimeSpan(std::string_view text) {
  const bool is_negative = text.starts_with('-');
  if (is_negative || text.starts_with('+')) text.remove_prefix(1);
  if (text == "0") return TimeSpan{};
  if (text.empty()) return std::nullopt;
  TimeSpan total;
  while (!text.empty()) {
    const auto part = TakePart(text);
    if (!part) return std::nullopt;
    const auto sum = Add(total, *part);
    if (!sum) return std::nullopt;
    total = *sum;
  }
  return is_negative ? Subtract(TimeSpan{}, total) : total;
}

std::string FormatTimeSpan(TimeSpan span) {
  const bool is_negative = span.seconds < 0;
  if (is_negative) span = *Subtract(TimeSpan{}, span);
  return fmt::format("{}{}{}s", is_negative ? "-" : "", span.seconds, FractionText(span.nanos));
}

CivilTime ToCivil(Timestamp time, std::int64_t offset_seconds) {
  using std::chrono::days;
  const std::chrono::sys_seconds wall{std::chrono::seconds{time.seconds + offset_seconds}};
  const auto day = std::chrono::floor<days>(wall);
  const std::chrono::year_month_day date{day};
  const auto new_year = std::chrono::sys_days{date.year() / 1 / 1};
  const auto second = static_cast<int>((wall - day).count());
  return {static_cast<int>(date.year()),
          static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day())),
          static_cast<int>(std::chrono::weekday{day}.c_encoding()),
          static_cast<int>((day - new_year).count()),
          second / 3'600,
          second / 60 % 60,
          second % 60,
          time.nanos / 1'000'000};
}

std::optional<std::int64_t> ParseOffset(std::string_view text) {
  if (text == "UTC" || text == "Z") return 0;
  const bool is_behind = text.starts_with('-');
  if (is_behind || text.starts_with('+')) text.remove_prefix(1);
  const auto hours = TakeDigits(text, 2);
  if (!hours || !Take(text, ':')) return std::nullopt;
  const auto minutes = TakeDigits(text, 2);
  if (!minutes || !text.empty() || *hours > 23 || *minutes > 59) return std::nullopt;
  const std::int64_t offset = *hours * 3'600 + *minutes * 60;
  return is_behind ? -offset : offset;
}

}  // namespace gatewright::cel
