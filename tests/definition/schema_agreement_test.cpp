// Editors check a workflow with config/schema/workflow.schema.json while it is typed, the server
// with the loader. Here thousands of slightly wrong files are shown to the loader, to our JSON
// Schema validator and to ajv: the three must agree on every one. What only the loader can know (an
// unknown plugin, a name used twice) does not count: such a file must be fine to the other two.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>

#include "engine/codec/json.h"
#include "engine/codec/json_schema.h"
#include "engine/definition/directory_loader.h"
#include "engine/definition/workflow_loader.h"
#include "engine/definition/yaml_json.h"
#include "tests/definition/mutant.h"
#include "tests/support/fake_plugins.h"

namespace gatewright::definition {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMutantsOfEach = 1'000;
constexpr char kAjv[] = "tests/definition/ajv";

std::string ReadAll(const fs::path& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

unsigned Seed() {
  const char* given = std::getenv("GATEWRIGHT_SEED");
  return given ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : 20260301;
}

std::vector<fs::path> WorkflowFiles() {
  std::vector<fs::path> files = {"config/workflows/deployment.yaml"};
  for (const auto& entry : fs::directory_iterator("examples/workflows")) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// JSON documents, one a line: each document of the files, and what the mutator makes of it.
std::vector<std::string> MakeMutants(const std::vector<fs::path>& files, unsigned seed) {
  Mutator mutator(seed);
  std::vector<std::string> mutants;
  for (const auto& file : files) {
    const std::string text = ReadAll(file);
    for (const auto& document : ParseYaml(text).documents) {
      const boost::json::value good = ToJsonValue(document.root);
      mutants.push_back(codec::ToJson(good));
      for (std::size_t i = 0; i < kMutantsOfEach; ++i) {
        std::string mutant = codec::ToJson(mutator.Mutate(good));
        // Nested deeper than JSON may be, it has no shape to speak of.
        if (codec::ParseJson(mutant)) mutants.push_back(std::move(mutant));
      }
    }
  }
  return mutants;
}

using Diagnose = std::function<std::vector<Diagnostic>(const std::string&)>;

// Empty when the loader has nothing against the shape of the file, else its first reason.
std::string LoaderReason(const std::string& mutant, const Diagnose& diagnose) {
  for (const auto& diagnostic : diagnose(mutant)) {
    EXPECT_NE(diagnostic.code, codes::kYaml) << "JSON must be readable: " << mutant;
    if (IsAboutShape(diagnostic.code)) return diagnostic.code + " " + Format(diagnostic);
  }
  return "";
}

std::string ValidatorReason(const std::string& mutant, const codec::JsonSchema& schema) {
  const auto problems = schema.Validate(mutant);
  return problems.empty() ? "" : problems[0].pointer + ": " + problems[0].message;
}

// One answer a line: "1", or "0 reason".
std::vector<std::string> AskAjv(const std::string& schema,
                                const std::vector<std::string>& mutants) {
  const fs::path questions =
      fs::temp_directory_path() / fmt::format("gatewright-mutants-{}.jsonl", getpid());
  const fs::path answers = questions.string() + ".answers";
  {
    std::ofstream stream(questions);
    for (const auto& mutant : mutants) stream << mutant << "\n";
  }
  const std::string command = fmt::format("node {}/verdicts.mjs {} < '{}' > '{}'", kAjv, schema,
                                          questions.string(), answers.string());
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
  std::vector<std::string> lines;
  std::ifstream stream(answers);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  fs::remove(questions);
  fs::remove(answers);
  return lines;
}

void ExpectAgreement(const std::string& schema_file, const std::vector<fs::path>& files,
                     const Diagnose& diagnose) {
  ASSERT_TRUE(fs::exists(fs::path(kAjv) / "node_modules" / "ajv"))
      << "ajv is not installed: run `./dev check`, or `npm ci` in " << kAjv;
  const unsigned seed = Seed();
  fmt::print("seed {} (set GATEWRIGHT_SEED to repeat)\n", seed);
  const auto mutants = MakeMutants(files, seed);
  const auto schema = codec::JsonSchema::Compile(ReadAll(schema_file));
  ASSERT_TRUE(schema) << schema.error().message;
  const auto ajv = AskAjv(schema_file, mutants);
  ASSERT_EQ(ajv.size(), mutants.size());

  std::size_t valid = 0, disagreements = 0;
  for (std::size_t i = 0; i < mutants.size(); ++i) {
    const std::string loader = LoaderReason(mutants[i], diagnose);
    const std::string validator = ValidatorReason(mutants[i], *schema);
    valid += loader.empty();
    if (loader.empty() == validator.empty() && loader.empty() == (ajv[i] == "1")) continue;
    if (++disagreements > 5) continue;
    ADD_FAILURE() << mutants[i] << "\n  loader:    " << (loader.empty() ? "valid" : loader)
                  << "\n  validator: " << (validator.empty() ? "valid" : validator)
                  << "\n  ajv:       " << ajv[i];
  }
  fmt::print("{} files, {} of them valid, {} disagreements\n", mutants.size(), valid,
             disagreements);
  EXPECT_EQ(disagreements, 0u);
  EXPECT_GE(mutants.size(), kMutantsOfEach);
  EXPECT_GE(valid, mutants.size() / 20) << "hardly any mutant is valid: the test proves little";
  EXPECT_LE(valid, mutants.size() / 2) << "hardly any mutant is wrong: the test proves little";
}

TEST(SchemaAgreement, LoaderValidatorAndAjvSayTheSameOfEveryWorkflow) {
  const testing::FakePlugins plugins;
  ExpectAgreement(
      "config/schema/workflow.schema.json", WorkflowFiles(),
      [&](const std::string& text) { return LoadWorkflows(text, "mutant", plugins).diagnostics; });
}

TEST(SchemaAgreement, LoaderValidatorAndAjvSayTheSameOfEveryDirectory) {
  ExpectAgreement(
      "config/schema/directory.schema.json", {"examples/directory.yaml"},
      [](const std::string& text) { return LoadDirectory(text, "mutant").diagnostics; });
}

}  // namespace
}  // namespace gatewright::definition
