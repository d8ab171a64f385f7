// What expressions come to: a table per topic, beyond what the conformance cases show.
#include <gtest/gtest.h>

#include "tests/cel/evaluate.h"

namespace gatewright::cel {
namespace {

using testing::Evaluate;
using testing::EvaluateUnchecked;

struct Example {
  const char* expression;
  const char* value;
};

TEST(Language, ComparesAVariableWithANumber) {
  Declarations known;
  known.Add("amount", Type::Int());
  const auto program = Compile("amount < 100", known, {.results = {Type::Bool()}});
  ASSERT_TRUE(program) << program.error().message;
  EXPECT_TRUE(program->Evaluate(Bindings().Set("amount", Value::Int(3)))->boolean());
  EXPECT_FALSE(program->Evaluate(Bindings().Set("amount", Value::Int(300)))->boolean());
}

class Values : public ::testing::TestWithParam<Example> {};
TEST_P(Values, AreAsExpected) {
  EXPECT_EQ(Evaluate(GetParam().expression), GetParam().value) << GetParam().expression;
}

INSTANTIATE_TEST_SUITE_P(
    Numbers, Values,
    ::testing::Values(
        Example{"7 / 2", "3"}, Example{"-7 / 2", "-3"}, Example{"-7 % 3", "-1"},
        Example{"1 + 2 * 3 - 4", "3"}, Example{"1 / 0", "1:3: division by zero: 1 / 0"},
        Example{"1u % 0u", "1:4: division by zero: 1u % 0u"}, Example{"1.0 / 0.0", "Infinity"},
        Example{"9223372036854775807 + 1",
                "1:21: overflow: 9223372036854775807 + 1 does not fit int"},
        Example{"-9223372036854775808 / -1",
                "1:22: overflow: -9223372036854775808 / -1 does not fit int"},
        Example{"-(-9223372036854775808)",
                "1:1: overflow: -(-9223372036854775808) does not fit int"},
        Example{"0u - 1u", "1:4: overflow: 0u - 1u does not fit uint"}, Example{"1 < 1.5", "true"},
        Example{"1u == 1.0", "true"}, Example{"0.0/0.0 < 1.0", "false"},
        Example{"string(1e100)", "\"1e+100\""}, Example{"double('1e-400')", "0.0"},
        Example{"0xff", "255"}, Example{".5e1", "5.0"}));

INSTANTIATE_TEST_SUITE_P(
    Logic, Values,
    ::testing::Values(Example{"1/0 == 1 || true", "true"}, Example{"false && 1/0 == 1", "false"},
                      Example{"1/0 == 1 && true", "1:2: division by zero: 1 / 0"},
                      Example{"true ? 1 : 2", "1"},
                      Example{"false ? 1 : false ? 2 : false ? 3 : 4", "4"},
                      Example{"[0, 1].exists(x, 1 / x == 1)", "true"},
                      Example{"[0, 2].exists(x, 1 / x == 1)", "1:20: division by zero: 1 / 0"},
                      Example{"[0, 2].all(x, 1 / x == 1)", "false"}));

INSTANTIATE_TEST_SUITE_P(
    ListsAndMaps, Values,
    ::testing::Values(
        Example{"[1, 2, 3,].map(x, x > 1, x * x)", "[4, 9]"},
        Example{"{'b': 1, 'a': 2,}.map(k, k)", "[\"b\", \"a\"]"},
        Example{"[1, 2].map(x, [3, 4].map(y, x * y))", "[[3, 4], [6, 8]]"},
        Example{"[1].map(x, [2].map(x, x))", "[[2]]"},
        Example{"{1: 'a'}[1u] + {1: 'a'}[1.0]", "\"aa\""},
        Example{"{1: 'a', 1u: 'b'}",
                "1:1: the map key 1u stands more than once; expected every key once"},
        Example{"{'a': 1}['b']", "1:9: no such key: \"b\""},
        Example{"{'a': 1}.b", "1:10: no such key: \"b\"; has({'a': 1}.b) tells beforehand"},
        Example{"has({'a': 1}.b)", "false"}, Example{"{'a-b': 1}.`a-b`", "1"},
        Example{"[1, 2][2]", "1:7: expected an index from 0 to below the size 2, found 2"},
        Example{"[1][-1]", "1:4: expected an index from 0 to below the size 1, found -1"},
        Example{"'a' in {'a': 1}", "true"}, Example{"[1, 2] == [1.0, 2u]", "true"},
        Example{"[[1], {}] == [[1], {}]", "true"}));

INSTANTIATE_TEST_SUITE_P(
    Texts, Values,
    ::testing::Values(
        Example{"size('h\u00e9llo')", "5"}, Example{"'a' + \"b\" + r'\\n'", "\"ab\\\\n\""},
        Example{"'''a\n'b' '''", "\"a\\n'b' \""}, Example{"// a comment\n'x' // another", "\"x\""},
        Example{"b'\\xff' + b'a'", "b\"\\xffa\""},
        Example{"string(b'\\xff')", "1:1: b\"\\xff\" cannot be made string; expected valid UTF-8"},
        Example{"'v1.2.3'.matches('^v[0-9]+\\\\.')", "true"},
        Example{"matches('abc', 'b')", "true"},
        Example{"['a'].exists(p, 'cat'.contains(p))", "true"}));

INSTANTIATE_TEST_SUITE_P(
    Times, Values,
    ::testing::Values(
        Example{"timestamp('2026-03-01T09:30:00Z') + duration('1h30m')",
                "timestamp(\"2026-03-01T11:00:00Z\")"},
        Example{"timestamp('2026-03-01T00:30:00+01:00').getDayOfWeek('+01:00')", "0"},
        Example{"timestamp('2026-03-01T00:30:00+01:00').getDayOfWeek()", "6"},
        Example{"timestamp('2026-03-01T09:30:00Z').getHours('-09:30')", "0"},
        Example{"timestamp('2024-12-31T00:00:00Z').getDayOfYear()", "365"},
        Example{"timestamp(0) - timestamp(90)", "duration(\"-90s\")"},
        Example{"string(duration('-1.5s'))", "\"-1.5s\""},
        Example{"duration('1.000000001h')", "duration(\"3600.0000036s\")"},
        Example{"duration('1h').getMinutes()", "60"},
        Example{"type(timestamp(0)) == google.protobuf.Timestamp", "true"},
        Example{"timestamp('9999-12-31T23:59:59Z') + duration('1s')",
                "1:35: out of range: timestamp(\"9999-12-31T23:59:59Z\") + duration(\"1s\"); times "
                "lie in the years 1 to 9999, durations within 292 years"},
        Example{"timestamp(0).getHours('Europe/Berlin')",
                "1:14: expected 'UTC' or an offset such as '+02:00', found \"Europe/Berlin\"; the "
                "rules of named time zones are not known here"}));

TEST(Language, WithoutTheCheckerMistakesAreErrorsOfTheEvaluation) {
  EXPECT_EQ(EvaluateUnchecked("x"), "1:1: the variable 'x' has no value");
  EXPECT_EQ(EvaluateUnchecked("f(1)"), "1:1: unknown function 'f()'");
  EXPECT_EQ(EvaluateUnchecked("1 + 'a'"),
            "1:3: '+' takes int + int, uint + uint, double + double, string + string, bytes + "
            "bytes, list(dyn) + list(dyn), timestamp + duration, duration + timestamp or duration "
            "+ duration, not int + string");
  EXPECT_EQ(EvaluateUnchecked("1 && true"), "1:1: '&&' needs bool, found int");
  EXPECT_EQ(EvaluateUnchecked("x || true"), "true");
  EXPECT_EQ(EvaluateUnchecked("1.a"), "1:3: expected a map before '.a', found int");
  EXPECT_EQ(EvaluateUnchecked("(1).a"), "1:5: expected a map before '.a', found int");
}

TEST(Language, ANameWithAPointBeforeItIsNeverAMacrosVariable) {
  Declarations known;
  known.Add("x", Type::Int());
  EXPECT_EQ(Evaluate("[1, 2].map(x, x + .x)", known, Bindings().Set("x", Value::Int(10))),
            "[11, 12]");
}

TEST(Language, InputsAreThePathsItReads) {
  const auto program = Compile("a.b.c > 1 && [1].all(x, x < y && a.b.c > x) && size(a.d) > 0", {},
                               {.checks_types = false});
  ASSERT_TRUE(program);
  EXPECT_EQ(program->inputs(), (std::vector<std::string>{"a.b.c", "y", "a.d"}));
}

TEST(Language, AProgramMayBeCopiedAndOutlivesItsText) {
  std::string text = "'a' + 'b'";
  auto program = *Compile(text, {});
  text.clear();
  const Program copy = program;
  EXPECT_EQ(copy.text(), "'a' + 'b'");
  EXPECT_EQ(copy.Evaluate({})->string(), "ab");
}

}  // namespace
}  // namespace gatewright::cel
