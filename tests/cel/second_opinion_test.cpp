// Ours and another implementation, @bufbuild/cel, come to the same value, or both to an error, for
// expressions out of a seed; and ours passes the cases of the specification that came with it.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "engine/cel/cel.h"
#include "tests/cel/answer.h"
#include "tests/cel/random_expression.h"

namespace gatewright::cel {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::size_t kExpressions = 2'000;
constexpr std::size_t kCostLimit = 1'000'000;
constexpr char kFolder[] = "tests/cel/second-opinion";

unsigned long Setting(const char* name, unsigned long otherwise) {
  const char* const given = std::getenv(name);
  return given ? std::strtoul(given, nullptr, 10) : otherwise;
}

std::vector<std::string> ReadLines(const fs::path& path) {
  std::vector<std::string> lines;
  std::ifstream stream(path);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// What answers.mjs writes when it reads these lines.
std::vector<std::string> Ask(const std::string& mode, const std::vector<std::string>& lines) {
  const fs::path questions =
      fs::temp_directory_path() / fmt::format("gatewright-cel-{}.jsonl", getpid());
  const fs::path answers = questions.string() + ".answers";
  {
    std::ofstream stream(questions);
    for (const auto& line : lines) stream << line << "\n";
  }
  const std::string command = fmt::format("node {}/answers.mjs {} < '{}' > '{}'", kFolder, mode,
                                          questions.string(), answers.string());
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
  auto read = ReadLines(answers);
  fs::remove(questions);
  fs::remove(answers);
  return read;
}

Result<Value> Evaluate(const std::string& text, const Bindings& bindings, bool checks_types,
                       const Declarations& known = {}) {
  GW_TRY(program, Compile(text, known, {.checks_types = checks_types}));
  return program.Run(bindings, {.cost_limit = kCostLimit}).value;
}

Bindings ReadBindings(const json::object& sources) {
  Bindings bindings;
  for (const auto& [name, text] : sources) {
    auto value = Evaluate(std::string(text.as_string()), {}, true);
    EXPECT_TRUE(value) << name << ": " << value.error().message;
    if (value) bindings.Set(std::string(name), *std::move(value));
  }
  return bindings;
}

// Cases of the specification beyond what expressions here have, by path, with the reason.
const std::map<std::string, std::string> kBeyond = {
    {"fields/qualified_identifier_resolution/qualified_ident", "a variable named a.b.c"},
    {"fields/qualified_identifier_resolution/map_field_select", "a variable named a.b"},
    {"fields/qualified_identifier_resolution/qualified_identifier_resolution_unchecked",
     "a variable named a.b.c"},
    {"fields/qualified_identifier_resolution/ident_with_longest_prefix_check",
     "a variable named a.b.c"},
    {"timestamps/timestamp_selectors_tz/getDate", "a named time zone"},
    {"timestamps/timestamp_selectors_tz/getDayOfMonth_name_pos", "a named time zone"},
    {"timestamps/timestamp_selectors_tz/getDayOfMonth_name_neg", "a named time zone"},
    {"timestamps/timestamp_selectors_tz/getDayOfYear", "a named time zone"},
    {"timestamps/timestamp_selectors_tz/getMinutes", "a named time zone"},
};

// Where the other side is known to be wrong: what our error or the expression holds, and why.
const std::vector<std::pair<std::string, std::string>> kTheirMistakes = {
    {"cannot be made double", "double('a') is NaN there"},
    {"\"\" cannot be made", "int('') is 0 there"},
    {"-9223372036854775808 % -1 does not fit int", "0 there, an error in cel-go"},
    {"!!", "vanishes unseen there, whatever it stands before"},
    {"18446744073709551615u /", "an error there, even divided by 1u"},
};

bool IsTheirMistake(const std::string& text, const Result<Value>& ours) {
  return std::any_of(kTheirMistakes.begin(), kTheirMistakes.end(), [&](const auto& mistake) {
    return text.find(mistake.first) != std::string::npos ||
           (!ours && ours.error().message.find(mistake.first) != std::string::npos);
  });
}

// What the checker knows of the value: nothing, or its type.
Declarations DeclareAll(const json::object& sources, const Bindings& bindings) {
  Declarations known;
  for (const auto& [name, text] : sources) {
    const auto program = Compile(std::string(text.as_string()), {});
    known.Add(std::string(name), program ? program->type() : Type());
    EXPECT_TRUE(bindings.Find(std::string(name)));
  }
  return known;
}

// What the checker lets pass comes to the same value, of the type it said.
void ExpectCheckerAgrees(const std::string& text, const Declarations& known,
                         const Bindings& bindings, const Result<Value>& unchecked) {
  const auto program = Compile(text, known);
  if (!program) return;
  const auto value = program->Run(bindings, {.cost_limit = kCostLimit}).value;
  EXPECT_EQ(testing::ToAnswer(value), testing::ToAnswer(unchecked)) << text;
  if (!value || program->type().IsDyn()) return;
  EXPECT_TRUE(IsAssignable(Type(value->kind()), program->type()))
      << text << "\n  type " << program->type().ToText() << ", value " << ToText(*value);
}

class SecondOpinion : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(fs::exists(fs::path(kFolder) / "node_modules" / "@bufbuild" / "cel"))
        << "@bufbuild/cel is not installed: run `./dev check`, or `npm ci` in " << kFolder;
  }
};

TEST_F(SecondOpinion, AgreesOnRandomExpressions) {
  const auto seed = static_cast<unsigned>(Setting("GATEWRIGHT_SEED", 20260301));
  const auto count = Setting("GATEWRIGHT_EXPRESSIONS", kExpressions);
  fmt::print("seed {} (set GATEWRIGHT_SEED to repeat)\n", seed);
  testing::RandomExpression random(seed);
  std::vector<std::string> expressions, lines;
  for (std::size_t i = 0; i < count; ++i) {
    expressions.push_back(random.Make());
    lines.push_back(json::serialize(json::string(expressions.back())));
  }
  const auto answers = Ask("evaluate", lines);
  ASSERT_EQ(answers.size(), expressions.size());

  std::stringstream sources;
  sources << std::ifstream(fs::path(kFolder) / "variables.json").rdbuf();
  const auto variables = json::parse(sources.str());
  const Bindings bindings = ReadBindings(variables.as_object());
  const Declarations known = DeclareAll(variables.as_object(), bindings);
  std::size_t errors = 0, mistakes = 0, disagreements = 0;
  for (std::size_t i = 0; i < expressions.size(); ++i) {
    const auto value = Evaluate(expressions[i], bindings, false);
    errors += answers[i] == "error";
    ExpectCheckerAgrees(expressions[i], known, bindings, value);
    const std::string ours = testing::ToAnswer(value);
    if (ours == answers[i]) continue;
    if (IsTheirMistake(expressions[i], value)) {
      ++mistakes;
      continue;
    }
    if (++disagreements > 10) continue;
    ADD_FAILURE() << expressions[i] << "\n  ours:   " << ours << " "
                  << (value ? "" : value.error().message) << "\n  theirs: " << answers[i];
  }
  fmt::print("{} expressions, {} of them errors, {} known mistakes of theirs, {} disagreements\n",
             expressions.size(), errors, mistakes, disagreements);
  EXPECT_LE(mistakes, expressions.size() / 100);
  EXPECT_EQ(disagreements, 0u);
  EXPECT_LE(errors, expressions.size() * 2 / 3) << "hardly any has a value: it proves little";
}

TEST_F(SecondOpinion, TheSpecificationsOtherCasesGiveTheirValueOrError) {
  std::size_t run = 0, beyond = 0;
  for (const std::string& line : Ask("conformance", {})) {
    const auto test = json::parse(line);
    const auto text = [&](const char* key) { return std::string(test.at(key).as_string()); };
    if (kBeyond.contains(text("path"))) {
      ++beyond;
      continue;
    }
    const Bindings bindings = ReadBindings(test.at("bindings").as_object());
    Declarations known;
    for (const auto& [name, value] : test.at("bindings").as_object()) known.Add(name, Type());
    const auto value = Evaluate(text("expr"), bindings, test.at("check").as_bool(), known);
    const std::string expected =
        text("answer") == "error" ? "error" : testing::ToAnswer(Evaluate(text("value"), {}, true));
    ++run;
    EXPECT_EQ(testing::ToAnswer(value), expected) << text("path") << ": " << text("expr") << "\n"
                                                  << (value ? "" : value.error().message);
  }
  fmt::print("{} cases run, {} beyond what there is\n", run, beyond);
  EXPECT_EQ(run, 240u);
  EXPECT_EQ(beyond, kBeyond.size());
}

}  // namespace
}  // namespace gatewright::cel
