#include "plugins/host/text.h"

#include <gtest/gtest.h>

namespace gatewright::host {
namespace {

TEST(CleanText, RepairsWhatIsNotUtf8) {
  EXPECT_EQ(CleanText("all is well: ä€😀"), "all is well: ä€😀");
  EXPECT_EQ(CleanText("a\xff"
                      "b"),
            "a\uFFFDb");
  EXPECT_EQ(CleanText("\xed\xa0\x80"), "\uFFFD\uFFFD\uFFFD");  // a lone surrogate
  EXPECT_EQ(CleanText(""), "");
}

TEST(CleanText, CutsBetweenCharacters) {
  EXPECT_EQ(CleanText("ab€", 4), "ab");
  EXPECT_EQ(CleanText("ab€", 5), "ab€");
  EXPECT_EQ(CleanText("\xff\xff", 5), "\uFFFD");
}

TEST(CleanLine, CannotPretendToBeASecondLine) {
  EXPECT_EQ(CleanLine("a\nb\r\x1b[31m\tc\x7f\xc2\x9b"), "a\\nb\\x0d\\x1b[31m\\tc\\x7f\\x9b");
}

TEST(View, OfANullPointerIsEmpty) { EXPECT_EQ(View(gw_string{nullptr, 7}), ""); }

TEST(FindJsonObjectProblem, WantsAnObjectOrNothing) {
  EXPECT_EQ(FindJsonObjectProblem(""), "");
  EXPECT_EQ(FindJsonObjectProblem("{}"), "");
  EXPECT_NE(FindJsonObjectProblem("[]"), "");
  EXPECT_NE(FindJsonObjectProblem("{"), "");
  EXPECT_NE(FindJsonObjectProblem(std::string(kMaxJson + 1, ' ')), "");
}

}  // namespace
}  // namespace gatewright::host
