// A script that is wrong says where; one that expects too much says what came instead.
#include <gtest/gtest.h>

#include "tests/simulation/support.h"

namespace gatewright::simulation {
namespace {

std::string After(const std::string& steps) {
  return testing::Complaints(testing::PlayText(
      "workflow: {stages: [{name: QA, gate: {rules: [{id: qa, from: {user: bob}}]}}]}\nsteps:\n" +
          steps,
      "script.yaml"));
}

bool Says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(Script, ThatIsRightSaysNothing) { EXPECT_EQ(After("  - create: {by: alice}\n"), ""); }

TEST(Script, NamesAnUnknownKeyWithItsLine) {
  const auto said = After("  - create: {by: alice}\n  - vode: {by: bob}\n");
  EXPECT_TRUE(Says(said, "line 4: unknown key 'vode'")) << said;
}

TEST(Script, NamesAnUnknownWordOfAStep) {
  const auto said = After("  - create: {by: alice, form: x}\n");
  EXPECT_TRUE(Says(said, "unknown key 'form' (known: by, name")) << said;
}

TEST(Script, IsOneThingPerStep) {
  const auto said = After("  - {create: {by: alice}, vote: {by: bob}}\n");
  EXPECT_TRUE(Says(said, "a step is one thing")) << said;
}

TEST(Script, NeedsARunFirst) {
  const auto said = After("  - vote: {by: bob}\n");
  EXPECT_TRUE(Says(said, "no run was created yet")) << said;
}

TEST(Script, SaysWhatCameInsteadOfWhatWasExpected) {
  const auto said = After("  - create: {by: alice}\n    state: done\n");
  EXPECT_TRUE(Says(said, "line 3: state: expected done, found requested")) << said;
}

TEST(Script, SaysWhichRefusalCameInsteadOfNone) {
  const auto said = After("  - create: {by: alice}\n  - vote: {by: eve}\n");
  EXPECT_TRUE(Says(said, "line 4: refused: not_eligible")) << said;
}

TEST(Script, WithoutStepsIsNone) {
  EXPECT_TRUE(Says(testing::Complaints(testing::PlayText("workflow: x.yaml\n", "a_test.yaml")),
                   "'steps' is missing"));
  EXPECT_TRUE(Says(testing::Complaints(testing::PlayText("[]", "a_test.yaml")), "expected one"));
  EXPECT_TRUE(Says(testing::Complaints(testing::PlayText("steps: [1", "a_test.yaml")), "line"));
}

TEST(Script, ChecksAWorkflow) {
  EXPECT_EQ(After("  - lint: {stages: [{name: QA, gate: none, action: {plugin: noop}}]}\n"), "");
  const auto said =
      After("  - lint: {stages: [{name: QA, gate: nobody, action: {plugin: noop}}]}\n");
  EXPECT_TRUE(Says(said, "line 3: refused: bad_value: workflow of the script")) << said;
  const auto file = After("  - lint: nowhere.yaml\n");
  EXPECT_TRUE(Says(file, "refused: unreadable")) << file;
}

}  // namespace
}  // namespace gatewright::simulation
