#include "engine/codec/utf8.h"

#include <gtest/gtest.h>

namespace gatewright::codec {
namespace {

TEST(Utf8, CountsWhatPeopleWouldCall_characters) {
  EXPECT_EQ(CountCodePoints("na\xc3\xafve \xf0\x9f\x9a\x80"), 7u);
}

TEST(Utf8, FindsTheFirstBadByte) {
  EXPECT_EQ(FindInvalidUtf8("0123456789ab\xc3("), 12u);
  EXPECT_TRUE(IsUtf8("0123456789 \xe2\x82\xac \xf0\x9f\x98\x80"));
}

TEST(Utf8, RefusesOverlongSurrogateAndOutOfRangeForms) {
  for (const char* bad :
       {"\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\x80", "\xe2\x82"}) {
    EXPECT_FALSE(IsUtf8(bad)) << bad;
  }
}

}  // namespace
}  // namespace gatewright::codec
