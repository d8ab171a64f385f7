#include "tests/core/support/build.h"

#include <utility>

namespace gatewright::core::test {
namespace {

Rule Inner(RuleKind kind, std::uint32_t need, std::vector<Rule> children) {
  Rule rule;
  rule.kind = kind;
  rule.need = need;
  rule.children = std::move(children);
  return rule;
}

StageSpec Named(StageSpec stage, std::string done_state) {
  stage.done_state = std::move(done_state);
  return stage;
}

}  // namespace

Rule Leaf(std::string id, std::uint32_t need) {
  Rule rule;
  rule.id = RuleId{std::move(id)};
  rule.need = need;
  rule.from = PluginUse{"role", R"({"role":")" + rule.id.value + R"("})"};
  return rule;
}

Rule All(std::vector<Rule> children) { return Inner(RuleKind::kAll, 1, std::move(children)); }
Rule Any(std::vector<Rule> children) { return Inner(RuleKind::kAny, 1, std::move(children)); }
Rule NOf(std::uint32_t need, std::vector<Rule> children) {
  return Inner(RuleKind::kNOf, need, std::move(children));
}

GateSpec Gate(std::vector<Rule> rules) {
  GateSpec gate;
  gate.rules = All(std::move(rules));
  return gate;
}

Deadline DeadlineOf(Duration after, OnTimeout on_timeout) {
  Deadline deadline;
  deadline.after = after;
  deadline.on_timeout = on_timeout;
  return deadline;
}

ActionSpec Action() {
  ActionSpec action;
  action.use = PluginUse{"command", R"({"argv":["./deploy.sh"]})"};
  return action;
}

ActionSpec RetriedAction(std::uint32_t attempts) {
  ActionSpec action = Action();
  action.retry.attempts = attempts;
  action.retry.backoff = std::chrono::seconds{10};
  action.retry.has_jitter = false;
  return action;
}

StageSpec Asks(std::string name, GateSpec gate) {
  StageSpec stage;
  stage.name = StageName{std::move(name)};
  stage.done_state = stage.name.value + " done";
  stage.gate = std::move(gate);
  return stage;
}

StageSpec Acts(std::string name, ActionSpec action, std::optional<GateSpec> gate) {
  StageSpec stage;
  stage.name = StageName{std::move(name)};
  stage.done_state = stage.name.value + " done";
  stage.gate = std::move(gate);
  stage.action = std::move(action);
  return stage;
}

Workflow WorkflowOf(std::vector<StageSpec> stages) {
  Workflow workflow;
  workflow.name = WorkflowName{"deployment"};
  workflow.version = WorkflowVersion{"v1"};
  workflow.stages = std::move(stages);
  return workflow;
}

Workflow ThreeGates() {
  return WorkflowOf({Named(Asks("QA", Gate({Leaf("qa")})), "approved_by_QA"),
                     Named(Asks("DevOps", Gate({Leaf("devops")})), "approved_by_devops"),
                     Named(Asks("Execute", Gate({Leaf("release")})), "executed")});
}

Workflow Deployment() {
  Workflow workflow = ThreeGates();
  workflow.stages.back().action = Action();
  return workflow;
}

Principal Person(std::string id) {
  Principal person;
  person.id = PrincipalId{std::move(id)};
  return person;
}

Principal Everybody() {
  Principal everybody = Person("anonymous");
  everybody.is_everybody = true;
  return everybody;
}

}  // namespace gatewright::core::test
