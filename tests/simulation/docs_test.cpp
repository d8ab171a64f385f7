// The examples of docs/simulate.md are true: every script of it is played.
#include <gtest/gtest.h>

#include <fstream>
#include <vector>

#include "engine/simulation/script_workflow.h"
#include "tests/simulation/support.h"

namespace gatewright::simulation {
namespace {

std::vector<std::string> YamlBlocks(const std::string& path) {
  std::vector<std::string> blocks;
  std::ifstream page(path);
  bool is_inside = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("```")) {
      is_inside = line == "```yaml";
      if (is_inside) blocks.emplace_back();
    } else if (is_inside) {
      blocks.back() += line + "\n";
    }
  }
  return blocks;
}

TEST(Documentation, ShowsScriptsThatPlay) {
  const auto blocks = YamlBlocks("docs/simulate.md");
  ASSERT_EQ(blocks.size(), 2u);
  const gatewright::testing::FakePlugins catalog;
  StandIns plugins(catalog);
  const auto shipped = OpenWorkflow("config/workflows/deployment.yaml", plugins);
  ASSERT_TRUE(shipped) << shipped.error().message;
  const auto simulated = testing::PlayText(blocks[0], "docs/script.yaml", *shipped);
  EXPECT_EQ(testing::Complaints(simulated), "");
  EXPECT_EQ(simulated.steps, 8u);
  EXPECT_EQ(testing::Complaints(testing::PlayText(blocks[1], "docs/cases_test.yaml")), "");
}

}  // namespace
}  // namespace gatewright::simulation
