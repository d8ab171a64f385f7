// tests/prove/shipped_test.cpp: the workflows that come with the program are proven, and what is
// found besides goes the same way in `gatewright simulate`.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/codec/json.h"
#include "engine/definition/workflow_loader.h"
#include "engine/proof/prove.h"
#include "engine/simulation/player.h"
#include "engine/simulation/stand_ins.h"
#include "server/cli/prove_report.h"
#include "server/cli/prove_traits.h"
#include "tests/support/fake_plugins.h"

namespace gatewright {
namespace {

core::Workflow Load(const std::string& file) {
  testing::FakePlugins plugins;
  plugins.Add(ports::PluginKind::kApprover, "com.example.on-call", "{}");
  auto loaded = definition::LoadFile(file, plugins);
  if (!loaded.ok()) throw std::runtime_error("mistakes in " + file);
  return loaded.workflows.at(0).workflow;
}

proof::Proof ProofOf(const core::Workflow& workflow, std::vector<proof::Person> people = {}) {
  proof::ProveOptions options;
  options.traits_of = cli::TraitsIn;
  options.people = std::move(people);
  return proof::Prove(workflow, options);
}

class ShippedWorkflow : public ::testing::TestWithParam<const char*> {};

TEST_P(ShippedWorkflow, IsProven) {
  const proof::Proof proof = ProofOf(Load(GetParam()));
  EXPECT_EQ(proof.Overall(false), proof::Verdict::kProven)
      << cli::ProofText(proof, "shipped", GetParam(), false);
  EXPECT_THAT(proof.limits, ::testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(All, ShippedWorkflow,
                         ::testing::Values("config/workflows/deployment.yaml",
                                           "examples/workflows/first.yaml",
                                           "examples/workflows/two-teams.yaml",
                                           "examples/workflows/auto-approval.yaml",
                                           "examples/workflows/deploy-with-command.yaml",
                                           "examples/custom-approver/on-call.yaml"));

class FoundWay : public ::testing::TestWithParam<const char*> {};

TEST_P(FoundWay, GoesTheSameWayInASimulation) {
  const proof::Proof proof = ProofOf(Load(GetParam()));
  std::size_t played = 0;
  for (const proof::Answer& answer : proof.answers) {
    for (const proof::Finding& finding : answer.findings) {
      const std::string text = proof::ToYaml(finding.script, GetParam());
      const auto cases = simulation::ReadCases(text, "found.yaml");
      ASSERT_EQ(cases.mistake, "") << text;
      const testing::FakePlugins catalog;
      simulation::StandIns plugins(catalog);
      const auto report = simulation::Play(cases.cases.at(0), {plugins, nullptr, {}, "{}"});
      EXPECT_EQ(report.mistake, "") << text;
      for (const auto& problem : report.problems) ADD_FAILURE() << problem.message << "\n" << text;
      ASSERT_EQ(report.runs.size(), 1U) << text;
      EXPECT_EQ(report.runs.front().run.status, finding.script.status) << text;
      ++played;
    }
  }
  EXPECT_GT(played, 0U);
}

INSTANTIATE_TEST_SUITE_P(All, FoundWay,
                         ::testing::Values("config/workflows/deployment.yaml",
                                           "examples/workflows/first.yaml"));

TEST(ProveReport, AsText) {
  const core::Workflow workflow = Load("config/workflows/deployment.yaml");
  const std::string text =
      cli::ProofText(ProofOf(workflow), "deployment", "deployment.yaml", false);
  EXPECT_THAT(text, ::testing::HasSubstr("workflow 'deployment' (deployment.yaml)\n"));
  EXPECT_THAT(text, ::testing::HasSubstr("proven      every run can end, from every state\n"));
  EXPECT_THAT(text,
              ::testing::HasSubstr("found       no one person alone passes what somebody else"));
  EXPECT_THAT(text, ::testing::HasSubstr("- vote: {stage: QA, by: all-rounder, choice: approve"));
  EXPECT_THAT(text, ::testing::HasSubstr("at most 200000 states each time"));
}

TEST(ProveReport, AsJson) {
  const core::Workflow workflow = Load("config/workflows/deployment.yaml");
  const auto json =
      codec::ParseJson(cli::ProofJson(ProofOf(workflow), "deployment", "deployment.yaml", true));
  ASSERT_TRUE(json) << json.error().message;
  EXPECT_EQ(json->at("verdict").as_string(), "violated");
  EXPECT_EQ(json->at("answers").as_array().size(), 12U);
}

TEST(ProvePeople, AreReadFromTheCommandLine) {
  const core::Workflow workflow = Load("config/workflows/deployment.yaml");
  const auto people = cli::ReadPeople({"ann:qa", "bob:devops", "cyd"}, workflow);
  ASSERT_TRUE(people) << people.error().message;
  EXPECT_THAT(people->at(0).traits, ::testing::ElementsAre("role:qa"));
  EXPECT_THAT(people->at(2).traits, ::testing::IsEmpty());
  const proof::Proof proof = ProofOf(workflow, *people);
  EXPECT_EQ(proof.Of(proof::Property::kNotByOnePerson).verdict, proof::Verdict::kProven);
  // Nobody else may approve what bob asked for, and nobody but a person ends it.
  EXPECT_EQ(proof.Of(proof::Property::kEnds).verdict, proof::Verdict::kViolated);
}

TEST(ProvePeople, MistakesSayWhatIsAllowed) {
  const core::Workflow workflow = Load("config/workflows/deployment.yaml");
  EXPECT_THAT(cli::ReadPeople({"ann:boss"}, workflow).error().message,
              ::testing::HasSubstr("asks for nothing called 'boss' (it asks for: devops, qa)"));
  EXPECT_THAT(cli::ReadPeople({":qa"}, workflow).error().message,
              ::testing::HasSubstr("expected name:role,role"));
  EXPECT_THAT(cli::ReadPeople({"ann:qa", "ann:qa"}, workflow).error().message,
              ::testing::HasSubstr("twice"));
}

}  // namespace
}  // namespace gatewright
