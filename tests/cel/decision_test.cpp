// What a policy's expression may answer.
#include <gtest/gtest.h>

#include "tests/cel/evaluate.h"

namespace gatewright::cel {
namespace {

const CompileOptions kPolicy = {.has_decisions = true,
                                .results = {Type(Kind::kDecision), Type::Bool()}};

std::string Decide(std::string_view text) {
  const auto program = Compile(text, {}, kPolicy);
  if (!program) return program.error().message;
  const auto value = program->Evaluate({});
  return value ? ToText(*value) : value.error().message;
}

TEST(Decisions, SayWhatAndWhy) {
  EXPECT_EQ(Decide("1 < 2 ? approve('small ' + string(1)) : no_op()"), "approve(\"small 1\")");
  EXPECT_EQ(Decide("reject('never')"), "reject(\"never\")");
  EXPECT_EQ(Decide("abstain('not mine')"), "abstain(\"not mine\")");
  EXPECT_EQ(Decide("no_op()"), "abstain(\"\")");
  EXPECT_EQ(Decide("wait('1h30m', 'not yet')"), "wait(\"5400s\", \"not yet\")");
  EXPECT_EQ(Decide("wait('2d', 'not yet')"), "wait(\"172800s\", \"not yet\")");
  EXPECT_EQ(Decide("wait(duration('10s') + duration('1s'), 'not yet')"),
            "wait(\"11s\", \"not yet\")");
  EXPECT_EQ(Decide("1 < 2"), "true");
}

TEST(Decisions, MistakesAreFoundWhenCompiling) {
  EXPECT_EQ(
      Decide("wait('soon', 'x')"),
      "1:6: expected how long to wait, as in '10m' or '2d' and at least 1 ms, found \"soon\"");
  EXPECT_EQ(Decide("wait(duration('0s'), 'x')"),
            "1:1: expected how long to wait, as in '10m' or '2d' and at least 1 ms, found "
            "duration(\"0s\")");
  EXPECT_EQ(Decide("approve()"), "1:1: approve() takes (string), not ()");
  EXPECT_EQ(Decide("true ? approve('x') : false"),
            "1:23: both sides of ':' need the same type, found decision and bool");
  EXPECT_EQ(Decide("approve('a') && true"), "1:1: '&&' needs bool, found decision");
  EXPECT_EQ(Decide("'yes'"), "1:1: expected the expression to be decision or bool, found string");
}

}  // namespace
}  // namespace gatewright::cel
