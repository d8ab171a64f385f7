// The instances of a rule as one line of text, for tables: "1997-09: 2 9 16, 1997-10: 7".
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "engine/calendar/rrule_walk.h"

namespace gatewright::calendar {

inline LocalTime At(std::string_view text) {
  const auto written = ParseWrittenTime(text);
  EXPECT_TRUE(written) << text;
  return written ? written->local : LocalTime{};
}

inline RRule Rule(std::string_view text) {
  auto rule = ParseRRule(text);
  EXPECT_TRUE(rule) << text << ": " << rule.error().message;
  return rule ? *rule : RRule{};
}

inline std::vector<LocalTime> Walk(const RRule& rule, LocalTime start, std::size_t limit,
                                   LocalTime from, LocalTime end = LocalOf(2200, 1, 1)) {
  Budget budget;
  RRuleWalk walk(rule, start, from, end);
  std::vector<LocalTime> instances;
  while (instances.size() < limit) {
    const auto instance = walk.Next(budget);
    if (!instance) break;
    instances.push_back(*instance);
  }
  return instances;
}

// Days; with the time of day where that is not the one of `start`. Ends with " …" when there is
// more.
inline std::string Instances(std::string_view rule, std::string_view start, std::size_t limit) {
  const LocalTime first = At(start);
  auto instances = Walk(Rule(rule), first, limit + 1, first);
  const bool is_more = instances.size() > limit;
  if (is_more) instances.pop_back();
  std::string text;
  std::string month;
  for (const LocalTime instance : instances) {
    const std::string written = FormatLocal(instance);
    if (written.substr(0, 7) != month) {
      month = written.substr(0, 7);
      text += fmt::format("{}{}:", text.empty() ? "" : ", ", month);
    }
    text += fmt::format(" {}", std::stoi(written.substr(8, 2)));
    if (instance - DayOf(instance) != first - DayOf(first)) text += written.substr(10);
  }
  return is_more ? text + " …" : text;
}

}  // namespace gatewright::calendar
