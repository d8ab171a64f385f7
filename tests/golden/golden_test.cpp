// tests/golden/golden_test.cpp: logs written by earlier versions still make the runs they made.
// A new member of a run may add lines to its description; no line that was there may change.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "engine/codec/events.h"
#include "tests/golden/golden_log.h"

namespace gatewright::golden {
namespace {

constexpr std::string_view kWhatToDo =
    "The meaning of a released event has changed: logs that exist would now tell another story.\n"
    "Leave the old event, its reading and its Apply as they were, and give the new meaning a new\n"
    "event type. Never edit a golden log. Tell the new event in a scenario file and add it with\n"
    "  <build folder>/tests/golden_add tests/scenario/stories/<story>.yaml\n";

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::filesystem::path> Logs() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(GATEWRIGHT_GOLDEN_LOGS)) {
    if (entry.path().extension() == ".jsonl") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

// The lines of the run that the log made once and does not make now.
std::string LostLines(const std::string& expected, const std::vector<std::string>& now) {
  std::string lost;
  std::istringstream lines(expected);
  for (std::string line; std::getline(lines, line);) {
    if (std::ranges::find(now, line) != now.end()) continue;
    const std::string path = line.substr(0, line.find(" = ") + 3);
    const auto found = std::ranges::find_if(
        now, [&](const std::string& other) { return other.starts_with(path); });
    lost += fmt::format("  was: {}\n  now: {}\n", line, found == now.end() ? "nothing" : *found);
  }
  return lost;
}

class Golden : public ::testing::TestWithParam<std::filesystem::path> {};

TEST_P(Golden, LogMakesTheRunItMadeWhenItWasWritten) {
  const auto log = FromText(ReadFile(GetParam()));
  ASSERT_TRUE(log.has_value()) << GetParam() << " cannot be read any more: " << log.error().message
                               << "\n"
                               << kWhatToDo;
  auto run_file = GetParam();
  const std::string expected = ReadFile(run_file.replace_extension(".run.txt"));
  ASSERT_FALSE(expected.empty()) << run_file << " is missing";

  EXPECT_EQ(LostLines(expected, Describe(Replay(*log))), "") << GetParam() << "\n" << kWhatToDo;
}

TEST_P(Golden, EventsSurviveBeingWrittenAgain) {
  const auto log = FromText(ReadFile(GetParam()));
  ASSERT_TRUE(log.has_value());
  for (const auto& entry : *log) {
    const auto again = codec::EventsFromJson(codec::EventsToJson(entry.events));
    ASSERT_TRUE(again.has_value()) << again.error().message;
    EXPECT_TRUE(*again == entry.events);
  }
}

INSTANTIATE_TEST_SUITE_P(Logs, Golden, ::testing::ValuesIn(Logs()),
                         [](const auto& param) { return param.param.stem().string(); });

TEST(GoldenLogs, HoldEveryEventAtLeastOnce) {
  std::set<std::size_t> seen;
  for (const auto& file : Logs()) {
    const auto log = FromText(ReadFile(file));
    ASSERT_TRUE(log.has_value()) << file;
    for (const auto& entry : *log) {
      for (const core::Event& event : entry.events) seen.insert(event.index());
    }
  }
  EXPECT_EQ(seen.size(), std::variant_size_v<core::Event>)
      << "an event has no golden log yet; tell it in a scenario file and add it with\n"
         "  <build folder>/tests/golden_add tests/scenario/stories/<story>.yaml";
}

}  // namespace
}  // namespace gatewright::golden
