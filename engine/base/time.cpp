#include "engine/base/time.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace gatewright {
namespace {

using std::chrono::days;

// Reads exactly `digits` decimal digits from the front of `text`.
std::optional<int> TakeDigits(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool Take(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<Duration> TakeFraction(std::string_view& text) {
  if (!Take(text, '.')) return Duration::zero();
  std::int64_t micros = 0;
  std::size_t digits = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    if (++digits > 6) return std::nullopt;
    micros = micros * 10 + (text.front() - '0');
    text.remove_prefix(1);
  }
  if (digits == 0) return std::nullopt;
  for (; digits < 6; ++digits) micros *= 10;
  return Duration{micros};
}

std::optional<Duration> TakeOffset(std::string_view& text) {
  if (Take(text, 'Z') || Take(text, 'z')) return Duration::zero();
  if (text.empty() || (text.front() != '+' && text.front() != '-')) return std::nullopt;
  const int sign = text.front() == '-' ? -1 : 1;
  text.remove_prefix(1);
  const auto hours = TakeDigits(text, 2);
  if (!hours || !Take(text, ':')) return std::nullopt;
  const auto minutes = TakeDigits(text, 2);
  if (!minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  return sign * (std::chrono::hours{*hours} + std::chrono::minutes{*minutes});
}

// RFC 3339 has years of four digits.
constexpr Time kFirstTime = std::chrono::sys_days{std::chrono::year{0} / 1 / 1};
constexpr Time kLastTime =
    Time{std::chrono::sys_days{std::chrono::year{10'000} / 1 / 1}} - Duration{1};

// `digits` decimal digits of `value`, which is not negative, with leading zeros.
void PutDigits(char* at, std::size_t digits, std::int64_t value) {
  for (std::size_t i = digits; i > 0; --i) {
    at[i - 1] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
}

struct Unit {
  std::string_view name;
  Duration length;
};

// From the longest to the shortest, so that ParseDuration can insist on falling order.
constexpr std::array<Unit, 6> kUnits = {{{"w", std::chrono::weeks{1}},
                                         {"d", days{1}},
                                         {"h", std::chrono::hours{1}},
                                         {"m", std::chrono::minutes{1}},
                                         {"s", std::chrono::seconds{1}},
                                         {"ms", std::chrono::milliseconds{1}}}};
// Longer ones are slips of the pen, and would lead out of what Time can hold.
constexpr Duration kLongest = days{36525};

}  // namespace

// Written by hand: a list of fifty runs has a hundred of them.
void AppendTime(std::string& out, Time time) {
  time = std::clamp(time, kFirstTime, kLastTime);
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date{day};
  const std::int64_t micros = (time - day).count();
  const std::int64_t seconds = micros / 1'000'000;
  char text[] = "0000-00-00T00:00:00.000000Z";
  PutDigits(text, 4, static_cast<int>(date.year()));
  PutDigits(text + 5, 2, static_cast<unsigned>(date.month()));
  PutDigits(text + 8, 2, static_cast<unsigned>(date.day()));
  PutDigits(text + 11, 2, seconds / 3'600);
  PutDigits(text + 14, 2, seconds / 60 % 60);
  PutDigits(text + 17, 2, seconds % 60);
  PutDigits(text + 20, 6, micros % 1'000'000);
  const bool is_whole_millis = micros % 1'000 == 0;
  out.append(text, is_whole_millis ? 23 : 26);
  out += 'Z';
}

std::string FormatTime(Time time) {
  std::string out;
  AppendTime(out, time);
  return out;
}

std::optional<Time> ParseTime(std::string_view text) {
  const auto year = TakeDigits(text, 4);
  if (!year || !Take(text, '-')) return std::nullopt;
  const auto month = TakeDigits(text, 2);
  if (!month || !Take(text, '-')) return std::nullopt;
  const auto day = TakeDigits(text, 2);
  if (!day || !(Take(text, 'T') || Take(text, 't') || Take(text, ' '))) return std::nullopt;
  const auto hour = TakeDigits(text, 2);
  if (!hour || !Take(text, ':')) return std::nullopt;
  const auto minute = TakeDigits(text, 2);
  if (!minute || !Take(text, ':')) return std::nullopt;
  const auto second = TakeDigits(text, 2);
  if (!second) return std::nullopt;
  const auto fraction = TakeFraction(text);
  if (!fraction) return std::nullopt;
  const auto offset = TakeOffset(text);
  if (!offset || !text.empty()) return std::nullopt;

  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  return Time{std::chrono::sys_days{date}} + std::chrono::hours{*hour} +
         std::chrono::minutes{*minute} + std::chrono::seconds{*second} + *fraction - *offset;
}

std::optional<Duration> ParseDuration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  Duration total{0};
  std::size_t next_unit = 0;
  while (!text.empty()) {
    std::int64_t count = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (problem != std::errc{} || count < 0) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const auto name = text.substr(0, text.starts_with("ms") ? 2 : 1);
    while (next_unit < kUnits.size() && kUnits[next_unit].name != name) ++next_unit;
    if (next_unit == kUnits.size()) return std::nullopt;
    const Duration unit = kUnits[next_unit++].length;
    if (count > (kLongest - total) / unit) return std::nullopt;
    total += count * unit;
    text.remove_prefix(name.size());
  }
  return total;
}

std::string FormatDuration(Duration duration) {
  std::string out;
  for (const Unit& unit : kUnits) {
    const auto count = duration / unit.length;
    if (count == 0) continue;
    out += std::to_string(count);
    out += unit.name;
    duration -= count * unit.length;
  }
  return out.empty() ? "0s" : out;
}

}  // namespace gatewright
