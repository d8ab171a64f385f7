// The cases that are shipped with the workflow pass, and the folder still holds one workflow.
#include <gtest/gtest.h>

#include "engine/definition/workflow_loader.h"
#include "tests/simulation/support.h"

namespace gatewright::simulation {
namespace {

TEST(ShippedCases, Pass) {
  const gatewright::testing::FakePlugins catalog;
  StandIns plugins(catalog);
  const Cases read = ReadCasesOf("config/workflows/deployment_test.yaml");
  ASSERT_EQ(read.mistake, "");
  EXPECT_GE(read.cases.size(), 4u);
  for (const Case& one : read.cases) {
    const auto report = Play(one, {plugins, nullptr, {}, "{}"});
    EXPECT_EQ(testing::Complaints(report), "") << one.name;
  }
}

TEST(ShippedCases, AreNotReadAsWorkflows) {
  const gatewright::testing::FakePlugins plugins;
  const auto loaded = definition::LoadFolder("config/workflows", plugins);
  for (const auto& diagnostic : loaded.diagnostics) ADD_FAILURE() << Format(diagnostic);
  EXPECT_EQ(loaded.workflows.size(), 1u);
}

}  // namespace
}  // namespace gatewright::simulation
