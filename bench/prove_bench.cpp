// bench/prove_bench.cpp: what a proof costs: a workflow of eight stages, each with a choice between
// two people of a team and a lead, an owner besides, deadlines, a policy, a stage that may be
// skipped and a retried action. Usage: gw_prove_bench [--benchmark_filter=…]
#include <benchmark/benchmark.h>

#include <string>
#include <utility>

#include "engine/proof/prove.h"

namespace {

using namespace gatewright;
using namespace gatewright::core;

Rule Leaf(const std::string& name, std::uint32_t need) {
  Rule leaf;
  leaf.id = RuleId{name};
  leaf.need = need;
  leaf.from = {"role", R"({"role":")" + name + R"("})"};
  return leaf;
}

GateSpec GateOf(int stage) {
  Rule either;
  either.kind = RuleKind::kAny;
  either.children = {Leaf("team-" + std::to_string(stage), 2), Leaf("lead", 1)};
  GateSpec gate;
  gate.rules.kind = RuleKind::kAll;
  gate.rules.children = {std::move(either), Leaf("owner", 1)};
  gate.separation.excludes_requester = true;
  if (stage % 2 == 0) {
    gate.deadline = Deadline{std::chrono::hours{8}, "", OnTimeout::kExpire, {}, {}};
  }
  if (stage == 3) gate.auto_voters.push_back({"small", {"match", "{}"}, {RuleId{"lead"}}, false});
  return gate;
}

Workflow EightStages() {
  Workflow workflow;
  workflow.name = WorkflowName{"eight-stages"};
  for (int i = 1; i <= 8; ++i) {
    StageSpec stage;
    stage.name = StageName{"Stage" + std::to_string(i)};
    stage.done_state = "after " + stage.name.value;
    stage.gate = GateOf(i);
    if (i == 5) stage.when_schema_json = "{}";
    if (i == 8) {
      stage.action = ActionSpec{};
      stage.action->retry.attempts = 3;
    }
    workflow.stages.push_back(std::move(stage));
  }
  return workflow;
}

void ProveEightStages(benchmark::State& state) {
  const Workflow workflow = EightStages();
  proof::Proof proof;
  for (auto _ : state) {
    proof = proof::Prove(workflow, {});
    benchmark::DoNotOptimize(proof);
  }
  if (proof.Overall(false) != proof::Verdict::kProven) state.SkipWithError("not proven");
  state.counters["states"] = static_cast<double>(proof.states);
  state.counters["transitions"] = static_cast<double>(proof.transitions);
  state.counters["transitions/s"] = benchmark::Counter(
      static_cast<double>(proof.transitions), benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(ProveEightStages)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
