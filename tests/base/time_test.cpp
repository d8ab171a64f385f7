// tests/base/time_test.cpp: wall time as text: what is read, what is refused, what is written.
#include "engine/base/time.h"

#include <gtest/gtest.h>

namespace gatewright {
namespace {

TEST(Time, IsWrittenInUtcWithMillisecondsOrMicrosecondsWhereThereAreSome) {
  EXPECT_EQ(FormatTime(FromMicros(0)), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(FormatTime(FromMicros(1'772'357'400'250'000)), "2026-03-01T09:30:00.250Z");
  EXPECT_EQ(FormatTime(FromMicros(1'772'357'400'250'999)), "2026-03-01T09:30:00.250999Z");
  EXPECT_EQ(FormatTime(FromMicros(-1'000)), "1969-12-31T23:59:59.999Z");
}

TEST(Time, IsAppendedToWhatIsThere) {
  std::string text = "at ";
  AppendTime(text, FromMicros(0));
  EXPECT_EQ(text, "at 1970-01-01T00:00:00.000Z");
}

struct Read {
  std::string_view text;
  std::string_view same_as;
};

TEST(Time, IsReadInEveryFormOfRfc3339) {
  for (const auto& [text, same_as] : {
           Read{"2026-03-01T09:30:00Z", "2026-03-01T09:30:00.000Z"},
           Read{"2026-03-01T09:30:00.25Z", "2026-03-01T09:30:00.250Z"},
           Read{"2026-03-01t09:30:00.250000z", "2026-03-01T09:30:00.250Z"},
           Read{"2026-03-01 09:30:00Z", "2026-03-01T09:30:00.000Z"},
           Read{"2026-03-01T09:30:00+02:00", "2026-03-01T07:30:00.000Z"},
           Read{"2026-03-01T00:30:00+05:30", "2026-02-28T19:00:00.000Z"},
           Read{"2026-12-31T20:00:00-08:00", "2027-01-01T04:00:00.000Z"},
           Read{"2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"},
           Read{"9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"},
       }) {
    const auto time = ParseTime(text);
    ASSERT_TRUE(time.has_value()) << text;
    EXPECT_EQ(FormatTime(*time), same_as) << text;
  }
}

TEST(Time, KeepsMicrosecondsWhenRead) {
  EXPECT_EQ(ToMicros(*ParseTime("1970-01-01T00:00:00.000001Z")), 1);
  EXPECT_EQ(ToMicros(*ParseTime("1970-01-01T00:00:00.1Z")), 100'000);
}

TEST(Time, IsRefusedWhenItIsNone) {
  for (const std::string_view text : {"",
                                      "now",
                                      "2026",
                                      "2026-03-01",
                                      "2026-03-01T09:30Z",
                                      "2026-03-01T09:30:00",
                                      "2026-13-01T00:00:00Z",
                                      "2026-00-01T00:00:00Z",
                                      "2026-02-29T00:00:00Z",
                                      "2026-02-30T00:00:00Z",
                                      "2026-03-01T24:00:00Z",
                                      "2026-03-01T00:60:00Z",
                                      "2026-03-01T00:00:60Z",
                                      "2026-03-01T09:30:00.Z",
                                      "2026-03-01T09:30:00.1234567Z",
                                      "2026-03-01T09:30:00+2:00",
                                      "2026-03-01T09:30:00+02",
                                      "2026-03-01T09:30:00+24:00",
                                      "2026-03-01T09:30:00Z ",
                                      " 2026-03-01T09:30:00Z",
                                      "2026-03-01T09:30:00ZZ",
                                      "26-03-01T09:30:00Z",
                                      "-026-03-01T09:30:00Z",
                                      "2026-03-01T09:30:00é"}) {
    EXPECT_FALSE(ParseTime(text).has_value()) << text;
  }
}

TEST(Time, SurvivesTheWayThroughText) {
  for (std::int64_t day = -719'000; day < 2'900'000; day += 12'345) {
    const Time time = FromMicros((day * 86'400 + 3'661) * 1'000'000 + 42'000);
    const auto text = FormatTime(time);
    EXPECT_EQ(ParseTime(text), time) << text;
  }
}

TEST(Time, BeyondFourDigitsOfYearsIsTheNearestTimeThatCanBeWritten) {
  EXPECT_EQ(FormatTime(Time::min()), "0000-01-01T00:00:00.000Z");
  EXPECT_EQ(FormatTime(Time::max()), "9999-12-31T23:59:59.999999Z");
}

}  // namespace
}  // namespace gatewright
