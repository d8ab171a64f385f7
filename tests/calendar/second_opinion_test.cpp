// Ours and another implementation, the package rrule, come to the same instances for recurrence
// rules out of a seed. Both work on the clock on the wall alone: no zone is in play.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>

#include "tests/calendar/instances.h"

namespace gatewright::calendar {
namespace {

namespace fs = std::filesystem;

constexpr unsigned long kRules = 600;
constexpr std::size_t kInstances = 30;
constexpr std::chrono::days kSpan{365 * 40};
constexpr char kFolder[] = "tests/calendar/second-opinion";

unsigned long Setting(const char* name, unsigned long otherwise) {
  const char* const given = std::getenv(name);
  return given ? std::strtoul(given, nullptr, 10) : otherwise;
}

struct Question {
  std::string rule;
  LocalTime start;
};

class RandomRule {
 public:
  explicit RandomRule(unsigned seed) : random_(seed) {}

  Question Make() {
    const LocalTime start = LocalOf(1990, 1, 1) + std::chrono::days{Below(40 * 365)} +
                            std::chrono::minutes{15 * Below(96)};
    const auto frequency = static_cast<Frequency>(1 + Below(5));
    const bool is_yearly = frequency == Frequency::kYearly;
    const bool is_monthly = frequency == Frequency::kMonthly;
    rule_ = fmt::format("FREQ={}", ToString(frequency));
    if (OneIn(3)) rule_ += fmt::format(";INTERVAL={}", 2 + Below(3));
    if (OneIn(3)) rule_ += fmt::format(";WKST={}", kDays[Below(7)]);
    const std::size_t before = rule_.size();
    if (OneIn(4)) Add("BYMONTH", [&] { return std::to_string(1 + Below(12)); });
    const bool has_weeks = is_yearly && OneIn(4);
    if (has_weeks) Add("BYWEEKNO", [&] { return Signed(53); });
    if ((is_yearly || frequency == Frequency::kHourly) && OneIn(5)) {
      Add(
          "BYYEARDAY", [&] { return Signed(366); }, 12);
    }
    if (frequency != Frequency::kWeekly && OneIn(4)) {
      Add(
          "BYMONTHDAY", [&] { return Signed(31); }, 6);
    }
    if (has_weeks || OneIn(3)) {
      const bool may_count = (is_yearly || is_monthly) && !has_weeks && OneIn(2);
      Add("BYDAY", [&] {
        return (may_count && OneIn(2) ? Signed(is_monthly ? 5 : 20) : "") + kDays[Below(7)];
      });
    }
    // In order, and of two digits: the other side gives times in the order of the rule.
    if (OneIn(5)) Add("BYHOUR", [&] { return fmt::format("{:02}", Below(24)); });
    if (OneIn(6)) Add("BYMINUTE", [&] { return fmt::format("{:02}", Below(60)); });
    // From the front or the very last: the other side gives an instance twice that is picked from
    // both ends, and the first for what is before it.
    if (rule_.size() != before && OneIn(4)) {
      if (OneIn(2)) {
        rule_ += ";BYSETPOS=-1";
      } else {
        Add("BYSETPOS", [&] { return std::to_string(1 + Below(4)); });
      }
    }
    return {rule_, start};
  }

  // How the rule ends.
  std::string End(LocalTime start) {
    if (OneIn(4)) return fmt::format(";COUNT={}", 1 + Below(20));
    if (!OneIn(4)) return "";
    std::string until = FormatLocal(start + std::chrono::days{Below(1'000)});
    std::erase_if(until, [](char c) { return c == '-' || c == ':'; });
    return fmt::format(";UNTIL={}00", until);
  }

 private:
  static constexpr const char* kDays[] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};

  int Below(int end) { return std::uniform_int_distribution<int>(0, end - 1)(random_); }
  bool OneIn(int many) { return Below(many) == 0; }
  std::string Signed(int most) { return fmt::format("{}{}", OneIn(3) ? "-" : "", 1 + Below(most)); }

  template <class Value>
  void Add(std::string_view part, Value value, int most = 3) {
    std::vector<std::string> values;
    for (int n = 1 + Below(most); n > 0; --n) {
      std::string one = value();
      if (std::ranges::find(values, one) == values.end()) values.push_back(std::move(one));
    }
    std::ranges::sort(values);
    rule_ += fmt::format(";{}={}", part, fmt::join(values, ","));
  }

  std::mt19937 random_;
  std::string rule_;
};

std::string Ours(const RRule& rule, LocalTime start) {
  std::vector<std::string> texts;
  for (const LocalTime instance : Walk(rule, start, kInstances, start, start + kSpan)) {
    texts.push_back(FormatLocal(instance).substr(0, 16));
  }
  return fmt::format("{}", fmt::join(texts, " "));
}

// There is no end to their search for the next instance of a rule that has none.
bool HasMany(const RRule& rule, LocalTime start) {
  return Walk(rule, start, kInstances, start, start + kSpan).size() == kInstances;
}

std::vector<std::string> Ask(const std::vector<std::string>& questions) {
  const fs::path file = fs::temp_directory_path() / fmt::format("gatewright-rrule-{}", getpid());
  const fs::path answers = file.string() + ".answers";
  {
    std::ofstream stream(file);
    for (const std::string& question : questions) stream << question << "\n";
  }
  const std::string command =
      fmt::format("node {}/instances.mjs < '{}' > '{}'", kFolder, file.string(), answers.string());
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
  std::vector<std::string> lines;
  std::ifstream stream(answers);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  stream.close();
  fs::remove(file);
  fs::remove(answers);
  return lines;
}

// Where the other side is known to differ, and why it is no mistake of ours. Empty: it is not.
std::string KnownDifference(const RRule& rule) {
  const auto counts = [](const WeekdayOf& day) { return day.ordinal != 0; };
  const auto& days = rule.by_day;
  if (std::ranges::any_of(days, counts) && !std::ranges::all_of(days, counts)) {
    return "BYDAY=2TU,FR: only days that are both, there";
  }
  if (rule.frequency == Frequency::kWeekly && !rule.by_set_pos.empty()) {
    return "WEEKLY with BYSETPOS: the first week begins with the start, there";
  }
  if (!rule.by_week_no.empty()) {
    return "BYWEEKNO: week -53 of the next year is missed, week 53 of a year of 52 is not, there";
  }
  return "";
}

TEST(SecondOpinionOnRules, AgreesOnRandomRules) {
  ASSERT_TRUE(fs::exists(fs::path(kFolder) / "node_modules" / "rrule"))
      << "rrule is not installed: run `./dev check`, or `npm ci` in " << kFolder;
  const auto seed = static_cast<unsigned>(Setting("GATEWRIGHT_SEED", 20260301));
  const auto count = Setting("GATEWRIGHT_RULES", kRules);
  fmt::print("seed {} (set GATEWRIGHT_SEED to repeat)\n", seed);
  RandomRule random(seed);
  std::vector<Question> asked;
  std::vector<std::string> lines;
  while (asked.size() < count) {
    Question question = random.Make();
    const auto rule = ParseRRule(question.rule);
    ASSERT_TRUE(rule) << question.rule << ": " << rule.error().message;
    const bool is_yearly = rule->frequency == Frequency::kYearly;
    if (!is_yearly && !HasMany(*rule, question.start)) continue;
    question.rule += random.End(question.start);
    lines.push_back(fmt::format(R"({{"rule":"{}","start":"{}","end":"{}","limit":{}}})",
                                question.rule, FormatLocal(question.start).substr(0, 16),
                                FormatLocal(question.start + kSpan).substr(0, 16), kInstances));
    asked.push_back(std::move(question));
  }
  const auto answers = Ask(lines);
  ASSERT_EQ(answers.size(), asked.size());

  std::map<std::string, std::size_t> known;
  std::size_t instances = 0, disagreements = 0;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const RRule rule = Rule(asked[i].rule);
    const std::string ours = Ours(rule, asked[i].start);
    instances += (ours.size() + 1) / 17;
    if (ours == answers[i]) continue;
    if (const auto why = KnownDifference(rule); !why.empty()) {
      ++known[why];
      continue;
    }
    if (++disagreements > 10) continue;
    ADD_FAILURE() << asked[i].rule << " from " << FormatLocal(asked[i].start)
                  << "\n  ours:   " << ours << "\n  theirs: " << answers[i];
  }
  fmt::print("{} rules, {} instances, {} disagreements\n", asked.size(), instances, disagreements);
  std::size_t all_known = 0;
  for (const auto& [why, times] : known) {
    fmt::print("  {} known: {}\n", times, why);
    all_known += times;
  }
  EXPECT_LE(all_known, asked.size() / 20);
  EXPECT_EQ(disagreements, 0u);
  EXPECT_GE(instances, asked.size() * kInstances / 4) << "hardly any has instances";
}

}  // namespace
}  // namespace gatewright::calendar
