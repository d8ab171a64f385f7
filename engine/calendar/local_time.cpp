#include "engine/calendar/local_time.h"

#include <fmt/format.h>

namespace gatewright::calendar {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// Exactly `digits` decimal digits from the front of `text`.
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

// `separator` is '-' or, in the basic form, 0 for none.
std::optional<LocalTime> TakeDate(std::string_view& text, char separator) {
  const auto year = TakeDigits(text, 4);
  if (!year || (separator && !Take(text, separator))) return std::nullopt;
  const auto month = TakeDigits(text, 2);
  if (!month || (separator && !Take(text, separator))) return std::nullopt;
  const auto day = TakeDigits(text, 2);
  if (!day || *year < kFirstYear || *year >= kLastYear) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return LocalTime{LocalDay{date}};
}

std::optional<seconds> TimeOfDay(int hour, int minute, int second) {
  if (hour > 23 || minute > 59 || second > 59) return std::nullopt;
  return hours{hour} + minutes{minute} + seconds{second};
}

// "Z" or "+hh:mm".
std::optional<seconds> TakeOffset(std::string_view& text) {
  if (Take(text, 'Z')) return seconds{0};
  if (text.empty() || (text.front() != '+' && text.front() != '-')) return std::nullopt;
  const int sign = text.front() == '-' ? -1 : 1;
  text.remove_prefix(1);
  const auto hour = TakeDigits(text, 2);
  if (!hour || !Take(text, ':')) return std::nullopt;
  const auto minute = TakeDigits(text, 2);
  if (!minute || *hour > 14 || *minute > 59) return std::nullopt;
  return sign * (hours{*hour} + minutes{*minute});
}

}  // namespace

LocalTime LocalOf(int year, unsigned month, unsigned day, unsigned hour, unsigned minute,
                  unsigned second) {
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                                         std::chrono::day{day}};
  return LocalTime{LocalDay{date}} + hours{hour} + minutes{minute} + seconds{second};
}

std::optional<WrittenTime> ParseWrittenTime(std::string_view text) {
  const auto date = TakeDate(text, '-');
  if (!date) return std::nullopt;
  if (text.empty()) return WrittenTime{*date, true, std::nullopt};
  if (!Take(text, 'T')) return std::nullopt;
  const auto hour = TakeDigits(text, 2);
  if (!hour || !Take(text, ':')) return std::nullopt;
  const auto minute = TakeDigits(text, 2);
  if (!minute) return std::nullopt;
  const auto second = Take(text, ':') ? TakeDigits(text, 2) : std::optional<int>(0);
  if (!second) return std::nullopt;
  const auto time = TimeOfDay(*hour, *minute, *second);
  if (!time) return std::nullopt;
  if (text.empty()) return WrittenTime{*date + *time, false, std::nullopt};
  const auto offset = TakeOffset(text);
  if (!offset || !text.empty()) return std::nullopt;
  return WrittenTime{*date + *time, false, offset};
}

std::optional<WrittenTime> ParseBasicTime(std::string_view text) {
  const auto date = TakeDate(text, 0);
  if (!date) return std::nullopt;
  if (text.empty()) return WrittenTime{*date, true, std::nullopt};
  if (!Take(text, 'T')) return std::nullopt;
  const auto hour = TakeDigits(text, 2);
  const auto minute = hour ? TakeDigits(text, 2) : std::nullopt;
  const auto second = minute ? TakeDigits(text, 2) : std::nullopt;
  if (!second) return std::nullopt;
  // iCalendar knows leap seconds; our clock does not.
  const auto time = TimeOfDay(*hour, *minute, *second == 60 ? 59 : *second);
  if (!time) return std::nullopt;
  if (text.empty()) return WrittenTime{*date + *time, false, std::nullopt};
  if (text != "Z") return std::nullopt;
  return WrittenTime{*date + *time, false, seconds{0}};
}

std::string FormatDate(LocalDay day) {
  const std::chrono::year_month_day date{day};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::string FormatLocal(LocalTime time) {
  const LocalDay day = DayOf(time);
  const auto second = (time - day).count();
  std::string text =
      fmt::format("{}T{:02}:{:02}", FormatDate(day), second / 3600, second / 60 % 60);
  if (second % 60 != 0) text += fmt::format(":{:02}", second % 60);
  return text;
}

}  // namespace gatewright::calendar
