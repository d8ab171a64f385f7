// What the compiler says of a mistake: where it is, what was expected and what was found.
#include <gtest/gtest.h>

#include "tests/cel/evaluate.h"

namespace gatewright::cel {
namespace {

using testing::CompileError;

struct Mistake {
  const char* expression;
  const char* message;
};

Declarations Known() {
  const Type owner = Type::Object({{"id", Type::Int()}, {"email", Type::String()}});
  Declarations known;
  known
      .Add("subject", Type::Object({{"environment", Type::String()},
                                    {"amount", Type::Double()},
                                    {"tags", Type::List(Type::String())},
                                    {"owner", owner},
                                    {"anything", Type()}}))
      .Add("limits", Type::Map(Type::String(), Type::Int()))
      .Add("now", Type::Timestamp());
  return known;
}

class Mistakes : public ::testing::TestWithParam<Mistake> {};
TEST_P(Mistakes, AreToldWithTheirPlace) {
  EXPECT_EQ(CompileError(GetParam().expression, Known()), GetParam().message)
      << GetParam().expression;
}

INSTANTIATE_TEST_SUITE_P(
    OfGrammar, Mistakes,
    ::testing::Values(
        Mistake{"", "1:1: expected an expression, found the end"},
        Mistake{"1 +", "1:4: expected an expression, found the end"},
        Mistake{"1 +\n  * 2", "2:3: expected an expression, found '*'"},
        Mistake{"1 2", "1:3: expected an operator or the end, found '2'"},
        Mistake{"(1", "1:3: expected ')' to close the parenthesis, found the end"},
        Mistake{"[1, 2", "1:6: expected ']' or ',' in the list, found the end"},
        Mistake{"{'a' 1}", "1:6: expected ':' after the key, found '1'"},
        Mistake{"size('a'", "1:9: expected ')' or ',' in the call of size(), found the end"},
        Mistake{"size('a',)", "1:10: expected another argument after ',', found ')'"},
        Mistake{"a = b", "1:3: expected '==' to compare, found '='"},
        Mistake{"a & b", "1:3: expected '&&', found '&'"},
        Mistake{"a | b", "1:3: expected '||', found '|'"},
        Mistake{"a # b", "1:3: expected an expression, found '#'"},
        Mistake{"a ? b", "1:6: expected ':' and what else to take, found the end"},
        Mistake{"while",
                "1:1: 'while' is a reserved word; expected the name of a variable or function"},
        Mistake{"a.in", "1:3: expected the name of a field or function after '.', found 'in'"},
        Mistake{"a.?b", "1:3: optional fields ('.?') are not supported"},
        Mistake{"Point{x: 1}",
                "1:6: messages (Name{…}; a map is written {'key': value}) are not supported"},
        Mistake{"[1].all(1, true)",
                "1:9: expected the name of a new variable, as in all(x, …), found '1'"},
        Mistake{"[1].all(x)", "1:5: expected all(variable, expression), found 1 argument"},
        Mistake{"has(a)", "1:1: expected has(object.field)"},
        Mistake{"9223372036854775808",
                "1:1: expected an int from -9223372036854775808 to 9223372036854775807, found "
                "9223372036854775808; a uint is written with a u: 1u"},
        Mistake{"18446744073709551616u", "1:1: expected a number of at most 64 bits"},
        Mistake{"1e999", "1:1: expected a number that a double can hold"},
        Mistake{"12abc", "1:1: expected an operator after the number, found 'a'"},
        Mistake{"0x", "1:1: expected hexadecimal digits after 0x"}));

INSTANTIATE_TEST_SUITE_P(
    OfTexts, Mistakes,
    ::testing::Values(
        Mistake{"'abc", "1:1: expected a closing '"},
        Mistake{"'ab\nc'",
                "1:1: expected a closing ' before the end of the line; use triple quotes "
                "for text of several lines"},
        Mistake{
            "'a\\q'",
            "1:3: unknown escape; expected one of \\a \\b \\f \\n \\r \\t \\v \\\\ \\? \\\" \\' "
            "\\` \\x41 \\101 \\u0041 \\U00000041"},
        Mistake{"'\\x4'", "1:2: expected two hexadecimal digits after the backslash"},
        Mistake{"'\\ud800'",
                "1:2: d800 is no character; expected at most 10ffff, and no surrogate "
                "(d800 to dfff)"},
        Mistake{"b'\\u0041'",
                "1:3: \\u stands for a character and has no place in bytes; expected "
                "\\x and two hexadecimal digits"},
        Mistake{"'\\", "1:1: expected a closing '"},
        Mistake{"'a' + 'b\xff'", "expected UTF-8, found something else at byte 8"},
        Mistake{"'é' + \u00e9",
                "1:7: expected an expression, found the byte 0xc3; text belongs in "
                "quotes"}));

INSTANTIATE_TEST_SUITE_P(
    OfNames, Mistakes,
    ::testing::Values(
        Mistake{"subjct.amount > 1.0",
                "1:1: unknown variable 'subjct' (known: limits, now, subject). Did you mean "
                "'subject'?"},
        Mistake{"subject.enviroment == 'qa'",
                "1:9: unknown field 'enviroment' of 'subject' (known: amount, anything, "
                "environment, owner, tags). Did you mean 'environment'?"},
        Mistake{"has(subject.owner.name)",
                "1:19: unknown field 'name' of 'subject.owner' (known: email, id)."},
        Mistake{"sise(subject.tags)", "1:1: unknown function 'sise()'. Did you mean 'size()'?"},
        Mistake{"'a'.startWith('b')",
                "1:5: unknown function 'startWith()'. Did you mean 'startsWith()'?"},
        Mistake{"contains('a', 'b')",
                "1:1: contains() is called as x.contains(…), found contains(x, …)"},
        Mistake{"'1'.int()", "1:5: int() is called as int(x), found x.int()"},
        Mistake{"approve('fine')",
                "1:1: approve() decides something, which this expression may not; expected a plain "
                "value"}));

INSTANTIATE_TEST_SUITE_P(
    OfTypes, Mistakes,
    ::testing::Values(
        Mistake{"subject.environment == 1",
                "1:21: string and int are never equal; expected two of the same type"},
        Mistake{"1 in subject.tags", "1:3: int is never in list(string)"},
        Mistake{"1 in limits", "1:3: int is never a key of map(string, int)"},
        Mistake{"size(1)",
                "1:1: size() takes (string), (bytes), (list(dyn)) or (map(dyn, dyn)), not (int)"},
        Mistake{"subject.amount * 2",
                "1:16: '*' takes int * int, uint * uint or double * double, not double * int; "
                "convert one with int(), uint() or double()"},
        Mistake{"now.name",
                "1:5: expected an object or a map with string keys before '.name', "
                "found timestamp"},
        Mistake{"now[0]", "1:4: expected a list or a map before '[', found timestamp"},
        Mistake{"subject.tags['a']", "1:14: expected an int to index a list, found string"},
        Mistake{"limits[1]", "1:8: expected a key of type string, found int"},
        Mistake{"subject.amount && true", "1:1: '&&' needs bool, found double"},
        Mistake{"subject.tags.all(t, t)", "1:21: 'all()' needs bool, found string"},
        Mistake{"now.all(t, true)", "1:5: all() walks over a list or a map, found timestamp"},
        Mistake{"true ? 1 : 'a'",
                "1:12: both sides of ':' need the same type, found int and string"},
        Mistake{"1 ? 1 : 2", "1:1: '?:' needs bool, found int"},
        Mistake{"{1.5: 1}",
                "1:2: expected a map key to be bool, int, uint or string, found double"},
        Mistake{"!subject.amount", "1:1: '!' takes !bool, not !double"}));

INSTANTIATE_TEST_SUITE_P(
    OfLiterals, Mistakes,
    ::testing::Values(
        Mistake{"now > timestamp('2026-13-01')",
                "1:17: \"2026-13-01\" cannot be made a timestamp; expected RFC 3339 as in "
                "'2026-03-01T09:30:00Z', or seconds since 1970, within the years 1 to 9999"},
        Mistake{"duration('2d')",
                "1:10: \"2d\" cannot be made a duration; expected numbers with units h, m, s, ms, "
                "us, ns as in '1h30m', within 292 years"},
        Mistake{"'a'.matches('(')",
                "1:13: expected a regular expression as RE2 knows it, found "
                "'(': missing ): ("}));

TEST(Mistakes, AreAllToldAtOnce) {
  EXPECT_EQ(CompileError("subjct.a > 1 && size(1) > 0 &&\n subject.environment == 1", Known()),
            "1:1: unknown variable 'subjct' (known: limits, now, subject). Did you mean "
            "'subject'?\n"
            "1:17: size() takes (string), (bytes), (list(dyn)) or (map(dyn, dyn)), not (int)\n"
            "2:22: string and int are never equal; expected two of the same type");
}

TEST(Mistakes, TheResultMustBeWhatIsAskedFor) {
  EXPECT_EQ(CompileError("1 + 1", {}, {.results = {Type::Bool()}}),
            "1:1: expected the expression to be bool, found int");
  const auto program = Compile("dyn(1)", {}, {.results = {Type::Bool(), Type::String()}});
  ASSERT_TRUE(program);
  EXPECT_EQ(program->Evaluate({}).error().message,
            "1:1: expected the expression to come to bool or string, found 1");
}

TEST(Mistakes, WhatIsNotDeclaredIsLeftToTheEvaluation) {
  EXPECT_EQ(CompileError("subject.anything.whatever[0] == 'x'", Known()), "compiled");
  Declarations open;
  open.Add("x", Type::Object({{"a", Type::Int()}}, true));
  EXPECT_EQ(CompileError("x.a == 1 && x.b == 'y'", open), "compiled");
  EXPECT_EQ(CompileError("subject.owner == null || limits.a == null", Known()), "compiled");
}

TEST(Mistakes, ColumnsCountCharacters) {
  EXPECT_EQ(CompileError("'\u00e9\u00e9' + ("), "1:9: expected an expression, found the end");
}

}  // namespace
}  // namespace gatewright::cel
