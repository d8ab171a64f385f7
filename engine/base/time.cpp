#include "engine/base/time.h"

#include <array>
#include <charconv>
#include <cstdio>

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

void AppendTime(std::string& out, Time time) {
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date{day};
  const std::int64_t micros = (time - day).count();
  const std::int64_t seconds = micros / 1'000'000;
  const bool is_whole_millis = micros % 1'000 == 0;
  char text[64];
  const int size =
      std::snprintf(text, sizeof text,
                    is_whole_millis ? "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ"
                                    : "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ",
                    static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                    static_cast<unsigned>(date.day()), static_cast<int>(seconds / 3'600),
                    static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60),
                    static_cast<int>(micros % 1'000'000 / (is_whole_millis ? 1'000 : 1)));
  out.append(text, static_cast<std::size_t>(size));
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
