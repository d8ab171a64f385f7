// However an expression is written, and whatever it is given, it ends soon and stays small.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/cel/limits.h"
#include "tests/cel/evaluate.h"

namespace gatewright::cel {
namespace {

using testing::CompileError;
using testing::Evaluate;

std::string Repeat(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

const std::string kTooDeep = "expected at most 64 expressions within each other; split this one up";

TEST(Limits, LengthOfAnExpression) {
  const std::string most = "'" + std::string(kMaxExpressionBytes - 2, 'a') + "'";
  EXPECT_EQ(CompileError(most), "compiled");
  EXPECT_EQ(CompileError(most + " "), "expected an expression of at most 65536 bytes, found 65537");
}

TEST(Limits, DepthOfEveryKindOfNesting) {
  for (const auto& [open, close] :
       std::vector<std::pair<std::string, std::string>>{{"(", ")"},
                                                        {"[", "]"},
                                                        {"{1: ", "}"},
                                                        {"dyn(", ")"},
                                                        {"!", ""},
                                                        {"-", ""},
                                                        {"[1].map(x, ", ")"},
                                                        {"true ? (", ") : 1"}}) {
    const auto nested = [&, o = open, c = close](std::size_t depth) {
      const std::string inner = o == "!" ? "true" : "dyn(1)";
      return Repeat(o, depth) + inner + Repeat(c, depth);
    };
    EXPECT_EQ(CompileError(nested(30)), "compiled") << open;
    EXPECT_NE(CompileError(nested(70)).find(kTooDeep), std::string::npos) << open;
    EXPECT_NE(CompileError(nested(4'000)).find(kTooDeep), std::string::npos) << open;
  }
  for (const std::string link : {".a", "[0]", " + 1", ".map(x, x)"}) {
    EXPECT_NE(CompileError("a" + Repeat(link, 6'000)).find(kTooDeep), std::string::npos) << link;
  }
}

TEST(Limits, ChainsOfLogicAndChoicesAreNotNesting) {
  EXPECT_EQ(Evaluate("false" + Repeat(" || false", 1'000) + " || true"), "true");
  EXPECT_EQ(Evaluate(Repeat("false ? 1 : ", 1'000) + "2"), "2");
}

std::string CostError(std::uint64_t limit) {
  return fmt::format("the expression costs more than {} units; make it walk over less", limit);
}

TEST(Limits, CostOfWalking) {
  Value::List many(1'000, Value::Int(1));
  const Bindings bindings = std::move(Bindings().Set("l", Value::ListOf(many)));
  Declarations known;
  known.Add("l", Type::List(Type::Int()));
  EXPECT_EQ(Evaluate("l.all(x, x == 1)", known, bindings), "true");
  EXPECT_EQ(Evaluate("l.all(x, l.all(y, x == y))", known, bindings), CostError(10'000));
  EXPECT_EQ(
      Evaluate("[l, l, l, l, l, l, l, l, l, l] == [l, l, l, l, l, l, l, l, l, l]", known, bindings),
      CostError(10'000));
  EXPECT_EQ(Evaluate("l.all(x, x in l) && l + l + l + l + l + l + l + l + l == l", known, bindings),
            CostError(10'000));
}

TEST(Limits, CostIsNothingThatLogicCanIgnore) {
  Declarations known;
  known.Add("l", Type::List(Type::Int()));
  const auto program = Compile("l.all(x, l.all(y, l.all(z, z == 1))) || true", known);
  ASSERT_TRUE(program) << program.error().message;
  const auto bindings = Bindings().Set("l", Value::ListOf(Value::List(100, Value::Int(1))));
  const auto evaluation = program->Run(bindings);
  ASSERT_FALSE(evaluation.value);
  EXPECT_EQ(evaluation.value.error().message, CostError(10'000));
  EXPECT_EQ(evaluation.cost, 10'000u);
  EXPECT_TRUE(program->Run(bindings, {.cost_limit = 10'000'000}).value);
}

TEST(Limits, CostOfText) {
  Declarations known;
  known.Add("s", Type::String());
  const auto with = [](std::size_t size) {
    return std::move(Bindings().Set("s", Value::String(std::string(size, 'a'))));
  };
  EXPECT_EQ(Evaluate("s.contains(s + 'b')", known, with(100)), "false");
  EXPECT_EQ(Evaluate("s.contains(s + 'b')", known, with(10'000)), CostError(10'000));
  EXPECT_EQ(Evaluate("size(s) > 0", known, with(200'000)), CostError(10'000));
  EXPECT_EQ(Evaluate("s + s == s", known, with(100'000)), CostError(10'000));
}

// Doubling a value makes it large in few steps; sharing it makes that cheap. Its weight tells.
TEST(Limits, SizeOfAResult) {
  const std::string lists = "[1]" + Repeat(".map(x, [x, x])", 40);
  EXPECT_NE(Evaluate(lists).find("the result is too large"), std::string::npos) << Evaluate(lists);
  std::string nested = "x";
  for (int i = 0; i < 15; ++i) nested = fmt::format("[{}].map(x, [x, x, x])[0]", nested);
  Declarations known;
  known.Add("x", Type());
  EXPECT_NE(
      Evaluate(nested, known, Bindings().Set("x", Value::Int(1))).find("the result is too large"),
      std::string::npos);
}

TEST(Limits, PatternsNeverRunAway) {
  Declarations known;
  known.Add("s", Type::String()).Add("p", Type::String());
  const auto with = [](std::string text, std::string pattern) {
    return std::move(Bindings()
                         .Set("s", Value::String(std::move(text)))
                         .Set("p", Value::String(std::move(pattern))));
  };
  const std::string text(2'000, 'a');
  EXPECT_EQ(Evaluate("s.matches('^(a+)+$')", known, with(text + "!", "")), "false");
  EXPECT_EQ(Evaluate("s.matches('(a|a)*(a|a)*b')", known, with(text, "")), "false");
  EXPECT_EQ(Evaluate("s.matches(p)", known, with(text, "(x+x+)+y")), "false");
  EXPECT_EQ(Evaluate("s.matches(p)", known, with("a", std::string(2'000, 'a'))),
            "1:3: expected a pattern of at most 1024 bytes, found 2000");
  EXPECT_NE(Evaluate("s.matches(p)", known, with("a", "((a{100}){100}){100}")).find("RE2"),
            std::string::npos);
  EXPECT_NE(CompileError("'a'.matches('(((a{30}){30}){30})')").find("1:13: "), std::string::npos);
  EXPECT_EQ(Evaluate("s.matches(p)", known, with(std::string(50'000, 'a'), "(a|b|c)*d")),
            CostError(10'000));
}

}  // namespace
}  // namespace gatewright::cel
