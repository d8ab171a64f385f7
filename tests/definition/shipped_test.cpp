// The files we ship and show: every one loads, with the plugins' real settings schemas faked only
// as far as names go, and the editor schema agrees.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/codec/json_schema.h"
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

TEST(Shipped, TheEditorSchemaIsASchemaWeHonourOurselves) {
  std::stringstream text;
  text << std::ifstream("config/schema/workflow.schema.json").rdbuf();
  const auto schema = codec::JsonSchema::Compile(text.str());
  EXPECT_TRUE(schema) << schema.error().message;
}

TEST(Shipped, EveryWorkflowTellsEditorsItsSchema) {
  for (const char* folder : {"config/workflows", "examples/workflows"}) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
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
  std::ifstream guide("docs/writing-a-workflow.md");
  std::stringstream text;
  text << guide.rdbuf();
  const std::string all = text.str();
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
  EXPECT_GE(quotes, 4u);
}

}  // namespace
}  // namespace gatewright::definition
