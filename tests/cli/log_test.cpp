// A log line is one line, whatever is in it.
#include "server/cli/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace gatewright::cli {
namespace {

constexpr Time kAt{std::chrono::seconds(1'700'000'000)};

TEST(Log, AnEntryIsALineOfText) {
  EXPECT_EQ(FormatEntry(LogFormat::kText, kAt, ports::LogLevel::kInfo, "listening"),
            "2023-11-14T22:13:20.000Z info    listening\n");
}

TEST(Log, AnEntryIsALineOfJson) {
  EXPECT_EQ(FormatEntry(LogFormat::kJson, kAt, ports::LogLevel::kError, "a \"b\"\nc"),
            "{\"time\":\"2023-11-14T22:13:20.000Z\",\"level\":\"error\",\"message\":\"a "
            "\\\"b\\\"\\nc\"}\n");
}

TEST(Log, NobodyForgesAnEntry) {
  const std::string line = FormatEntry(LogFormat::kText, kAt, ports::LogLevel::kInfo,
                                       "name\n2023-11-14T22:13:20.000Z error forged\r\x1b[2J");
  EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
  EXPECT_THAT(line, ::testing::HasSubstr("name\\n2023"));
  EXPECT_THAT(line, ::testing::HasSubstr("\\x0d\\x1b[2J"));
}

TEST(Log, AHugeTextIsCut) {
  const std::string huge(1 << 20, 'x');
  EXPECT_LT(FormatEntry(LogFormat::kText, kAt, ports::LogLevel::kInfo, huge).size(), 20'000u);
  EXPECT_THAT(FormatEntry(LogFormat::kJson, kAt, ports::LogLevel::kInfo, huge),
              ::testing::HasSubstr("\"cut\":true"));
}

}  // namespace
}  // namespace gatewright::cli
