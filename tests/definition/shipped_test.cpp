// The files we ship and show: every one loads, with the plugins' real settings schemas faked only
// as far as names go, and the editor schema agrees.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/codec/events.h"
#include "engine/codec/json_schema.h"
#include "engine/definition/directory_loader.h"
#include "engine/definition/lint.h"
#include "engine/definition/workflow_loader.h"
#include "tests/support/fake_plugins.h"

namespace gatewright::definition {
namespace {

TEST(Shipped, TheDeploymentWorkflowGoesFromRequestedToExecuted) {
  const testing::FakePlugins plugins;
  const LoadResult result = LoadFile("config/workflows/deployment.yaml", plugins);
  ASSERT_TRUE(result.ok()) << FormatLint(result, LintFormat::kText);
  const core::Workflow& workflow = result.workflows.at(0).workflow;
  EXPECT_EQ(workflow.name.value, "deployment");
  EXPECT_EQ(workflow.initial_state, "requested");
  std::vector<std::string> states;
  for (const auto& stage : workflow.stages) states.push_back(stage.done_state);
  EXPECT_EQ(states, (std::vector<std::string>{"approved_by_QA", "approved_by_devops", "executed"}));
  EXPECT_EQ(workflow.stages.at(0).gate->rules.children.at(0).from.with_json, R"({"role":"qa"})");
  EXPECT_EQ(workflow.stages.at(1).gate->rules.children.at(0).from.with_json,
            R"({"role":"devops"})");
  EXPECT_EQ(workflow.stages.at(2).gate->rules.children.at(0).from.with_json,
            R"({"role":"devops"})");
  EXPECT_EQ(workflow.stages.at(2).action->use.plugin, "noop");
}

TEST(Shipped, EveryExampleIsGood) {
  const testing::FakePlugins plugins;
  const std::vector<std::string> folders = {"config/workflows", "examples/workflows"};
  const LintReport report = Lint(folders, plugins, LintFormat::kText);
  EXPECT_EQ(report.exit_code, kLintGood) << report.output;
}

std::string ReadAll(const std::filesystem::path& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

TEST(Shipped, TheEditorSchemasAreSchemasWeHonourOurselves) {
  for (const char* file : {"workflow", "directory"}) {
    const auto schema =
        codec::JsonSchema::Compile(ReadAll(fmt::format("config/schema/{}.schema.json", file)));
    EXPECT_TRUE(schema) << file << ": " << schema.error().message;
  }
}

TEST(Shipped, TheExampleDirectoryIsGood) {
  const DirectoryResult directory =
      LoadDirectory(ReadAll("examples/directory.yaml"), "examples/directory.yaml");
  EXPECT_TRUE(directory.ok()) << Format(directory.diagnostics.at(0));
  EXPECT_EQ(directory.people.size(), 4u);
  EXPECT_EQ(directory.access.roles.size(), 6u);
  EXPECT_EQ(directory.disabled.size(), 1u);
}

TEST(Shipped, EditorsAndTheGuideKnowEveryEvent) {
  const std::string schema = ReadAll("config/schema/workflow.schema.json");
  const std::string guide = ReadAll("docs/writing-a-workflow.md");
  for (const std::string_view topic : codec::EventTopics()) {
    EXPECT_NE(schema.find(fmt::format("\"{}\"", topic)), schema.npos) << topic;
    EXPECT_NE(guide.find(topic), guide.npos) << topic;
  }
}

TEST(Shipped, EveryWorkflowTellsEditorsItsSchema) {
  for (const char* folder : {"config/workflows", "examples/workflows"}) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().filename().string().ends_with("_test.yaml")) continue;  // cases, no workflow
      std::string first_line;
      std::ifstream stream(entry.path());
      std::getline(stream, first_line);
      const std::string start = "# yaml-language-server: $schema=";
      ASSERT_TRUE(first_line.starts_with(start)) << entry.path();
      EXPECT_TRUE(
          std::filesystem::exists(entry.path().parent_path() / first_line.substr(start.size())))
          << entry.path();
    }
  }
}

// The lines of a file without indentation, each between line breaks.
std::string Unindented(std::istream& stream) {
  std::string all = "\n";
  for (std::string line; std::getline(stream, line);) {
    const std::size_t start = line.find_first_not_of(' ');
    if (start != line.npos) all += line.substr(start) + "\n";
  }
  return all;
}

TEST(Shipped, WhatTheGuideQuotesIsInTheExamples) {
  std::vector<std::string> examples;
  for (const auto& entry : std::filesystem::directory_iterator("examples/workflows")) {
    std::ifstream stream(entry.path());
    examples.push_back(Unindented(stream));
  }
  const std::string all = ReadAll("docs/writing-a-workflow.md");
  const std::string fence = "```yaml\n";
  std::size_t quotes = 0;
  for (std::size_t at = all.find(fence); at != all.npos; at = all.find(fence, at + 1)) {
    const std::size_t start = at + fence.size();
    std::istringstream quote(all.substr(start, all.find("```", start) - start));
    const std::string wanted = Unindented(quote);
    ++quotes;
    const bool is_there = std::any_of(examples.begin(), examples.end(), [&](const auto& example) {
      return example.find(wanted) != example.npos;
    });
    EXPECT_TRUE(is_there) << "no file of examples/workflows holds:" << wanted;
  }
  EXPECT_GE(quotes, 6u);
}

}  // namespace
}  // namespace gatewright::definition
