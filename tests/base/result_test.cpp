// tests/base/result_test.cpp: a value or an error, and the two macros that pass errors on.
#include "engine/base/result.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace gatewright {
namespace {

Result<int> Half(int number) {
  if (number % 2 != 0) return Error{ErrorCode::kInvalid, "expected an even number"};
  return number / 2;
}

Result<int> Quarter(int number) {
  GW_TRY(half, Half(number));
  GW_TRY(quarter, Half(half));
  return quarter;
}

Result<void> MustBeEven(int number) {
  GW_TRY(half, Half(number));
  (void)half;
  return {};
}

Result<std::string> Checked(int number) {
  GW_CHECK(MustBeEven(number));
  return std::string("even");
}

TEST(Result, HoldsAValue) {
  const auto result = Half(8);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(*result, 4);
  EXPECT_EQ(result.value(), 4);
}

TEST(Result, HoldsAnError) {
  const auto result = Half(7);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kInvalid);
  EXPECT_EQ(result.error().message, "expected an even number");
}

TEST(Result, TryPassesTheFirstErrorOn) {
  EXPECT_EQ(*Quarter(8), 2);
  EXPECT_FALSE(Quarter(6).has_value());
  EXPECT_EQ(Quarter(7).error().message, "expected an even number");
}

TEST(Result, CheckDoesTheSameForNoValue) {
  EXPECT_EQ(*Checked(2), "even");
  EXPECT_EQ(Checked(3).error().code, ErrorCode::kInvalid);
}

TEST(Result, MovesWhatCannotBeCopied) {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(5));
  const std::unique_ptr<int> taken = *std::move(result);
  EXPECT_EQ(*taken, 5);
}

TEST(Result, AValueMayLookLikeAnErrorMessage) {
  const Result<std::string> result(std::string("expected"));
  EXPECT_TRUE(result.has_value());
  EXPECT_EQ(result->size(), 8U);
}

TEST(Error, OnlyUnavailableMayBeRetried) {
  EXPECT_TRUE(IsRetryable({ErrorCode::kUnavailable, ""}));
  for (const ErrorCode code :
       {ErrorCode::kInvalid, ErrorCode::kNotFound, ErrorCode::kConflict, ErrorCode::kTimeout,
        ErrorCode::kCancelled, ErrorCode::kCorrupt, ErrorCode::kInternal}) {
    EXPECT_FALSE(IsRetryable({code, ""}));
  }
}

}  // namespace
}  // namespace gatewright
