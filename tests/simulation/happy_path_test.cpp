// Without a script everybody agrees, with made-up people whom the rules need.
#include "engine/simulation/happy_path.h"

#include <gtest/gtest.h>

#include "engine/simulation/report.h"
#include "engine/simulation/script_workflow.h"
#include "tests/simulation/support.h"

namespace gatewright::simulation {
namespace {

class HappyPath : public ::testing::Test {
 protected:
  Report Walk(const std::string& spec, const std::string& subject = "{}") {
    const auto yaml = definition::ParseYaml(spec);
    return WalkHappyPath(
        {plugins_, ReadWorkflow(yaml.documents.at(0).root, "", plugins_), {}, subject});
  }

  gatewright::testing::FakePlugins catalog_;
  StandIns plugins_{catalog_};
};

TEST_F(HappyPath, GoesFromTheRequestToTheEnd) {
  const auto report = Walk(R"({stages: [
      {name: QA, gate: {rules: [{id: qa, from: {role: qa}, need: 2}]}},
      {name: Ship, gate: {rules: [{id: ops, from: {role: ops}}]}, action: {plugin: noop}}]})");
  EXPECT_EQ(testing::Complaints(report), "");
  ASSERT_EQ(report.runs.size(), 1u);
  EXPECT_EQ(report.runs.front().run.state, "after_Ship");
  EXPECT_NE(ToText(report).find("qa-2 approves at QA"), std::string::npos) << ToText(report);
  EXPECT_NE(ToJson(report).find("\"ok\":true"), std::string::npos);
}

TEST_F(HappyPath, TakesDifferentPeopleWherePreviousVotersAreOut) {
  const auto report = Walk(R"({stages: [
      {name: A, gate: {rules: [{id: one, from: {user: [ann, bob]}}]}},
      {name: B, gate: {rules: [{id: one, from: {user: [ann, bob]}}],
                       separationOfDuties: [previous_voters]}}]})");
  EXPECT_EQ(testing::Complaints(report), "");
}

TEST_F(HappyPath, WaitsAsLongAsAStageWaits) {
  const auto report = Walk("{stages: [{name: A, gate: none, wait: 2h, action: {plugin: noop}}]}");
  EXPECT_EQ(testing::Complaints(report), "");
  EXPECT_EQ(FormatTime(report.ended_at), "2026-03-02T11:00:00.000Z");
}

TEST_F(HappyPath, NeedsEverybodyWhereAllAreNeeded) {
  const auto report =
      Walk("{stages: [{name: A, gate: {rules: [{id: all-of-us, from: {role: us}, need: all}]}}]}");
  EXPECT_EQ(testing::Complaints(report), "");
}

TEST_F(HappyPath, SaysWhatASubjectLacks) {
  const std::string spec =
      "{subject: {type: object, required: [version]}, stages: [{name: A, gate: none, action: "
      "{plugin: noop}}]}";
  EXPECT_NE(Walk(spec).mistake.find("version"), std::string::npos);
  EXPECT_EQ(testing::Complaints(Walk(spec, R"({"version": "1"})")), "");
}

TEST_F(HappyPath, SaysWhyItCannotEnd) {
  const auto report =
      Walk("{calendar: nowhere, stages: [{name: A, gate: none, action: {plugin: noop}}]}");
  EXPECT_NE(testing::Complaints(report).find("does not come to its end"), std::string::npos)
      << testing::Complaints(report);
}

}  // namespace
}  // namespace gatewright::simulation
