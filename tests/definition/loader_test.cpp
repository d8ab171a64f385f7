// The loader's true stories: what a file becomes.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "engine/definition/workflow_loader.h"
#include "tests/support/fake_plugins.h"

namespace gatewright::definition {
namespace {

std::string Diagnostics(const LoadResult& result) {
  std::string all;
  for (const auto& diagnostic : result.diagnostics) all += Format(diagnostic) + "\n";
  return all;
}

core::Workflow Only(std::string_view text) {
  const testing::FakePlugins plugins;
  const LoadResult result = LoadWorkflows(text, "test.yaml", plugins);
  EXPECT_EQ(Diagnostics(result), "");
  EXPECT_EQ(result.workflows.size(), 1u);
  return result.workflows.empty() ? core::Workflow() : result.workflows[0].workflow;
}

constexpr char kSmallest[] = R"(
apiVersion: gatewright/v1
kind: Workflow
metadata: {name: small}
spec:
  stages:
    - name: QA
      doneState: approved
      gate: {rules: [{id: qa, from: {role: qa}}]}
)";

TEST(Loader, ASmallFileIsAWorkflowWithEveryDefault) {
  const core::Workflow workflow = Only(kSmallest);
  EXPECT_EQ(workflow.name.value, "small");
  EXPECT_EQ(workflow.initial_state, "requested");
  ASSERT_EQ(workflow.stages.size(), 1u);
  const core::StageSpec& stage = workflow.stages[0];
  EXPECT_EQ(stage.done_state, "approved");
  EXPECT_FALSE(stage.action);
  ASSERT_TRUE(stage.gate);
  EXPECT_EQ(stage.gate->rules.kind, core::RuleKind::kAll) << "a list is all";
  ASSERT_EQ(stage.gate->rules.children.size(), 1u);
  const core::Rule& rule = stage.gate->rules.children[0];
  EXPECT_EQ(rule.id.value, "qa");
  EXPECT_EQ(rule.need, 1u);
  EXPECT_EQ(rule.from, (core::PluginUse{"role", R"({"role":"qa"})"}));
  core::GateSpec defaults;
  defaults.rules = stage.gate->rules;
  EXPECT_EQ(*stage.gate, defaults);
}

constexpr char kEverything[] = R"(
apiVersion: gatewright/v1
kind: Workflow
metadata:
  name: everything
  title: All keys
  labels: {team: platform}
spec:
  initialState: asked
  states: {asked: {color: blue, icon: clock, label: Asked}, rejected: {color: red}}
  subject:
    type: object
    additionalProperties: false
    properties: {version: {type: string}, target: {type: object, properties: {host: {type: string}}}}
  stages:
    - name: Check
      doneState: checked
      when: {match: {properties: {subject: {required: [version]}}}}
      gate:
        rules:
          - any:
              - {id: ops, from: {plugin: group, with: {group: ops}}, need: 2}
              - nOf: 1
                of: [{id: a, from: {user: [alice, bob]}}, {all: [{id: b, from: {role: b}}]}]
        reject: {threshold: 2}
        separationOfDuties: [requester, previous_voters]
        distinct: false
        humanRequired: true
        auto: [{id: low-risk, plugin: match, with: {schema: {required: [version]}}, fills: [ops], shadow: true}]
        deadline: {after: 1h30m, onTimeout: reject}
    - name: Run
      doneState: ran
      gate: none
      action:
        plugin: command
        with: {argv: [./deploy.sh, "${subject.version}", "${subject.target.host}", "${run.id}", "${stage.name}"]}
        timeout: 10m
        retry: {attempts: 3, backoff: 1s, factor: 1.5, max: 1m, jitter: false, on: [transient, permanent]}
        safeRerun: true
        heartbeat: 30s
  notify:
    - {plugin: webhook, on: [gate.opened, run.finished], with: {url: "https://example.com/hook"}}
)";

TEST(Loader, EveryKeyArrives) {
  const core::Workflow workflow = Only(kEverything);
  EXPECT_EQ(workflow.title, "All keys");
  EXPECT_EQ(workflow.labels,
            (std::vector<std::pair<std::string, std::string>>{{"team", "platform"}}));
  EXPECT_EQ(workflow.initial_state, "asked");
  EXPECT_EQ(workflow.states, (std::vector<core::StateLook>{{"asked", "blue", "clock", "Asked"},
                                                           {"rejected", "red", "", ""}}));
  EXPECT_TRUE(workflow.subject_schema_json.starts_with(R"({"type":"object")"));

  const core::StageSpec& check = workflow.stages.at(0);
  EXPECT_EQ(check.when_schema_json, R"({"properties":{"subject":{"required":["version"]}}})");
  const core::GateSpec& gate = check.gate.value();
  EXPECT_EQ(gate.reject, (core::RejectRule{core::RejectKind::kThreshold, 2}));
  EXPECT_EQ(gate.separation, (core::SeparationOfDuties{true, true}));
  EXPECT_FALSE(gate.is_distinct);
  EXPECT_TRUE(gate.needs_human);
  core::Deadline deadline;
  deadline.after = std::chrono::minutes{90};
  deadline.on_timeout = core::OnTimeout::kReject;
  EXPECT_EQ(gate.deadline, deadline);
  EXPECT_EQ(gate.auto_voters,
            (std::vector<core::AutoVoter>{{"low-risk",
                                           {"match", R"({"schema":{"required":["version"]}})"},
                                           {RuleId("ops")},
                                           true}}));
  const core::Rule& any = gate.rules.children.at(0);
  EXPECT_EQ(any.kind, core::RuleKind::kAny);
  EXPECT_EQ(any.children.at(0).need, 2u);
  EXPECT_EQ(any.children.at(1).kind, core::RuleKind::kNOf);
  EXPECT_EQ(any.children.at(1).need, 1u);
  EXPECT_EQ(any.children.at(1).children.at(0).from.with_json, R"({"user":["alice","bob"]})");

  const core::StageSpec& run = workflow.stages.at(1);
  EXPECT_FALSE(run.gate);
  const core::ActionSpec& action = run.action.value();
  EXPECT_EQ(action.use.plugin, "command");
  EXPECT_EQ(action.timeout, std::chrono::minutes{10});
  core::RetryRule retry{3,     std::chrono::seconds{1},
                        1.5,   std::chrono::minutes{1},
                        false, {core::FailureClass::kTransient, core::FailureClass::kPermanent}};
  EXPECT_EQ(action.retry, retry);
  EXPECT_TRUE(action.is_safe_to_rerun);
  EXPECT_EQ(workflow.notify.at(0).on, (std::vector<std::string>{"gate.opened", "run.finished"}));
}

TEST(Loader, TheVersionIsAboutMeaningAndNotAboutLayout) {
  const core::Workflow block = Only(kSmallest);
  const core::Workflow json = Only(
      R"({"kind":"Workflow","apiVersion":"gatewright/v1","metadata":{"name":"small"},"spec":
      {"stages":[{"gate":{"rules":[{"from":{"role":"qa"},"id":"qa"}]},"doneState":"approved",
      "name":"QA"}]}})");
  EXPECT_EQ(block.version, json.version);
  EXPECT_EQ(block, json);
  std::string changed = kSmallest;
  changed.replace(changed.find("role: qa"), 8, "role: qb");
  EXPECT_NE(Only(changed).version, block.version);
}

TEST(Loader, SeveralDocumentsAreSeveralWorkflows) {
  const testing::FakePlugins plugins;
  std::string second = kSmallest;
  second.replace(second.find("small"), 5, "other");
  const LoadResult result =
      LoadWorkflows(std::string(kSmallest) + "---" + second, "test.yaml", plugins);
  ASSERT_EQ(result.workflows.size(), 2u) << Diagnostics(result);
  EXPECT_EQ(result.workflows[1].workflow.name.value, "other");
  EXPECT_EQ(result.workflows[0].source, kSmallest);
  EXPECT_EQ(result.workflows[1].source, "---" + second);
}

TEST(Loader, AnchorsShareAValue) {
  const core::Workflow workflow = Only(R"(
apiVersion: gatewright/v1
kind: Workflow
metadata: {name: shared}
spec:
  stages:
    - {name: A, doneState: a, gate: &gate {rules: [{id: x, from: {role: x}}]}}
    - {name: B, doneState: b, gate: *gate}
)");
  EXPECT_EQ(workflow.stages.at(0).gate, workflow.stages.at(1).gate);
}

TEST(Loader, OneMistakeMeansNoWorkflowOfThatFile) {
  const testing::FakePlugins plugins;
  const LoadResult result =
      LoadWorkflows(std::string(kSmallest) + "---\nkind: Workflow\n", "test.yaml", plugins);
  EXPECT_TRUE(result.workflows.empty());
  EXPECT_FALSE(result.ok());
}

}  // namespace
}  // namespace gatewright::definition
