// tests/base/duration_test.cpp: lengths of time as people write them in workflow files.
#include <gtest/gtest.h>

#include "engine/base/time.h"

namespace gatewright {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

struct Case {
  std::string_view text;
  Duration duration;
  std::string_view written;
};

TEST(Duration, IsReadAndWritten) {
  for (const auto& [text, duration, written] : {
           Case{"0s", seconds{0}, "0s"},
           Case{"250ms", milliseconds{250}, "250ms"},
           Case{"15m", minutes{15}, "15m"},
           Case{"90s", seconds{90}, "1m30s"},
           Case{"24h", hours{24}, "1d"},
           Case{"7d", hours{168}, "1w"},
           Case{"1h30m", minutes{90}, "1h30m"},
           Case{"1w2d3h4m5s6ms", hours{168 + 48 + 3} + minutes{4} + seconds{5} + milliseconds{6},
                "1w2d3h4m5s6ms"},
           Case{"007m", minutes{7}, "7m"},
       }) {
    const auto read = ParseDuration(text);
    ASSERT_TRUE(read.has_value()) << text;
    EXPECT_EQ(*read, duration) << text;
    EXPECT_EQ(FormatDuration(*read), written) << text;
    EXPECT_EQ(ParseDuration(written), duration) << written;
  }
}

TEST(Duration, IsRefusedWhenItIsNone) {
  for (const std::string_view text :
       {"",     "5",    "m",     "5 m", " 5m",          "5m ",
        "5M",   "5min", "1.5h",  "-5m", "+5m",          "5m5m",
        "5m1h", "1s1m", "5ms1s", "1y",  "99999999999s", "9999999999999999999999h",
        "5m\n", "٥m"}) {
    EXPECT_FALSE(ParseDuration(text).has_value()) << text;
  }
}

// A number that fits may still be a time that does not: it must not wrap around into the past.
TEST(Duration, ALongerOneThanAHundredYearsIsRefused) {
  EXPECT_EQ(ParseDuration("36525d"), hours{24 * 36525});
  for (const std::string_view text :
       {"36526d", "5217w6d1ms", "1000000000w", "9223372036854775807w", "9223372036854775807ms"}) {
    EXPECT_FALSE(ParseDuration(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace gatewright
