#include "engine/base/edit_distance.h"

#include <gtest/gtest.h>

namespace gatewright {
namespace {

using Words = std::vector<std::string>;

TEST(DidYouMean, FindsTheWordThatWasMeant) {
  const Words known = {"rules", "reject", "auto", "deadline"};
  EXPECT_EQ(DidYouMean("ruls", known), "rules");
  EXPECT_EQ(DidYouMean("ruels", known), "rules");
  EXPECT_EQ(DidYouMean("Deadline", known), "deadline");
}

TEST(DidYouMean, ASwapIsOneMistake) { EXPECT_EQ(EditDistance("gaet", "gate"), 1u); }

TEST(DidYouMean, SaysNothingWhenNothingIsNear) {
  EXPECT_EQ(DidYouMean("calendar", Words{"rules", "auto"}), std::nullopt);
  EXPECT_EQ(DidYouMean("x", Words{"y"}), std::nullopt);
  EXPECT_EQ(DidYouMean("", Words{"a"}), std::nullopt);
  EXPECT_EQ(DidYouMeanSuffix("calendar", Words{"auto"}), "");
}

TEST(DidYouMean, LooksAtNoWordLongerThanALine) {
  EXPECT_EQ(DidYouMean(std::string(1 << 20, 'a'), Words{"a"}), std::nullopt);
}

}  // namespace
}  // namespace gatewright
