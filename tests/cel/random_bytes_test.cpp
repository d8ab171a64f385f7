// No text makes the compiler or the evaluator crash, hang or answer without a place.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <random>

#include "tests/cel/evaluate.h"
#include "tests/cel/random_expression.h"

namespace gatewright::cel {
namespace {

constexpr int kTexts = 20'000;

unsigned Seed() {
  const char* const given = std::getenv("GATEWRIGHT_SEED");
  return given ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : 20260301;
}

void CompileAndRun(const std::string& text) {
  for (const bool checks_types : {true, false}) {
    Declarations known;
    known.Add("x", Type());
    const auto program =
        Compile(text, known, {.has_decisions = true, .checks_types = checks_types});
    if (!program) {
      EXPECT_FALSE(program.error().message.empty()) << text;
      continue;
    }
    const auto evaluation =
        program->Run(Bindings().Set("x", Value::Int(1)), {.cost_limit = 2'000, .has_trace = true});
    EXPECT_LE(evaluation.cost, 2'000u) << text;
  }
}

TEST(RandomText, OfAnyBytesIsSurvived) {
  std::mt19937 random(Seed());
  fmt::print("seed {}\n", Seed());
  for (int i = 0; i < kTexts; ++i) {
    std::string text(random() % 40, '\0');
    for (char& c : text) c = static_cast<char>(random());
    CompileAndRun(text);
  }
}

TEST(RandomText, OfTheLanguagesWordsIsSurvived) {
  constexpr std::array kWords = {"(",
                                 ")",
                                 "[",
                                 "]",
                                 "{",
                                 "}",
                                 ",",
                                 ":",
                                 "?",
                                 ".",
                                 "+",
                                 "-",
                                 "*",
                                 "/",
                                 "%",
                                 "!",
                                 "==",
                                 "<",
                                 ">=",
                                 "&&",
                                 "||",
                                 "in",
                                 "x",
                                 "a",
                                 "1",
                                 "0",
                                 "2u",
                                 "1.5",
                                 "'s'",
                                 "b'b'",
                                 "true",
                                 "null",
                                 "has(",
                                 "all(",
                                 ".map(",
                                 "size",
                                 "x.a",
                                 ".exists(",
                                 "r'\\d'",
                                 "\"\"\"",
                                 "'\\",
                                 "//",
                                 "\n",
                                 "`a`",
                                 "approve(",
                                 "wait('1h',",
                                 "timestamp(0)",
                                 "duration('1s')",
                                 ".matches(",
                                 "[1, 2]",
                                 "{'a': 1}",
                                 "9223372036854775808",
                                 "int",
                                 ".getHours(",
                                 "\xc3\xa9"};
  std::mt19937 random(Seed());
  for (int i = 0; i < kTexts; ++i) {
    std::string text;
    for (auto words = random() % 15; words > 0; --words) {
      text += kWords[random() % kWords.size()];
      if (random() % 3 == 0) text += ' ';
    }
    CompileAndRun(text);
  }
}

TEST(RandomText, MutatedExpressionsAreSurvived) {
  std::mt19937 random(Seed());
  testing::RandomExpression expressions(Seed());
  for (int i = 0; i < kTexts / 4; ++i) {
    std::string text = expressions.Make();
    for (auto changes = 1 + random() % 3; changes > 0 && !text.empty(); --changes) {
      const auto at = random() % text.size();
      switch (random() % 4) {
        case 0:
          text.erase(at, 1 + random() % 4);
          break;
        case 1:
          text.insert(at, 1, static_cast<char>(random() % 128));
          break;
        case 2:
          text[at] = static_cast<char>(random());
          break;
        default:
          text.insert(at, text.substr(random() % text.size(), random() % 20));
      }
    }
    CompileAndRun(text);
  }
}

}  // namespace
}  // namespace gatewright::cel
