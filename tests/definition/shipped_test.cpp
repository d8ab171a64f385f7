// The files we ship and show: every one loads, with the plugins' real settings schemas faked only
// as far as names go, and the editor schema agrees.
#include <gtest/gtest.h>

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

}  // namespace
}  // namespace gatewright::definition
