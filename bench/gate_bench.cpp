// bench/gate_bench.cpp: what deciding and explaining a gate cost: a gate of 20 rules with 200
// votes, and the explanation of a run that waits for everything at once. Usage: gw_gate_bench
// [--benchmark_filter=…]
#include <benchmark/benchmark.h>

#include <string>
#include <utility>

#include "engine/codec/views.h"
#include "engine/core/decide.h"
#include "engine/core/explain.h"
#include "engine/core/tally.h"

namespace {

using namespace gatewright;
using namespace gatewright::core;

constexpr int kRules = 20;
constexpr int kVotes = 200;

// How the rules hang together: all of them; or ten choices between two.
enum class Shape { kAll = 1, kChoices };

GateSpec Gate(Shape shape) {
  GateSpec gate;
  gate.rules.kind = RuleKind::kAll;
  gate.separation.excludes_requester = true;
  std::vector<Rule> leaves;
  for (int i = 0; i < kRules; ++i) {
    Rule leaf;
    leaf.id = RuleId{"rule-" + std::to_string(i)};
    leaf.from = {"role", R"({"role":"team"})"};
    leaf.need = 11;  // 220 places for 200 people: it stays open
    leaves.push_back(std::move(leaf));
  }
  if (shape == Shape::kAll) {
    gate.rules.children = std::move(leaves);
    return gate;
  }
  for (int i = 0; i < kRules; i += 2) {
    Rule either;
    either.kind = RuleKind::kAny;
    const auto at = static_cast<std::size_t>(i);
    either.children = {std::move(leaves[at]), std::move(leaves[at + 1])};
    either.children.front().need = 21;
    either.children.back().need = 21;
    gate.rules.children.push_back(std::move(either));
  }
  return gate;
}

PrincipalId Voter(int i) { return PrincipalId{"voter-" + std::to_string(i) + "@example.com"}; }

std::vector<RuleId> RulesOf(int voter) {
  std::vector<RuleId> rules;
  for (int i = 0; i < 4; ++i) {
    rules.emplace_back("rule-" + std::to_string((voter * 7 + i * 5) % kRules));
  }
  return rules;
}

// A run at the gate with 200 votes cast, its people listed, behind a lock.
class Scene {
 public:
  explicit Scene(Shape shape, int votes = kVotes)
      : votes_(votes), now_(*ParseTime("2026-03-02T09:00:00Z")) {
    StageSpec stage;
    stage.name = StageName{"Deploy"};
    stage.done_state = "deployed";
    stage.gate = Gate(shape);
    stage.action = ActionSpec{};
    stage.action->use = {"command", "{}"};
    workflow_.name = WorkflowName{"deployment"};
    workflow_.stages = {stage};
    workflow_.lock = LockSpec{};
    workflow_.calendar = CalendarUse{"office", Duration{0}};
    workflow_.overriding = OverrideSpec{};
    locks_.Apply(RunId{7}, LocksTaken{{"env"}, LockMode::kFifo, 1, 1, std::nullopt}, now_);
    site_.stops.push_back({1, {}, "incident", PrincipalId{"olga"}, now_, {}});
    run_.id = RunId{1};
    Begin();
  }

  const GateSpec& gate() const { return *workflow_.stages.front().gate; }
  const std::vector<Vote>& votes() const { return run_.stages.front().gate->votes; }

  Explanation Why() const { return Explain(run_, workflow_, now_, world(), viewer_); }
  bool CanDecide() const { return CanDecideNow(run_, workflow_, now_, world(), *viewer_); }

 private:
  World world() const { return {&site_, &locks_, nullptr, true}; }

  void Begin() {
    CreateRun create;
    create.actor.id = PrincipalId{"dev@example.com"};
    create.subject_json = "{}";
    create.subject_digest = "d1";
    create.facts.lock_keys = {"env"};
    Do(create);
    RecordEligible listed{StageName{"Deploy"}, Epoch{1}, {}};
    for (int rule = 0; rule < kRules; ++rule) {
      listed.rules.push_back({RuleId{"rule-" + std::to_string(rule)}, {}});
    }
    for (int voter = 0; voter < 2 * kVotes; ++voter) {  // or too few for all the places
      for (const RuleId& rule : RulesOf(voter)) {
        for (RulePeople& one : listed.rules) {
          if (one.rule == rule) one.people.push_back(Voter(voter));
        }
      }
    }
    Do(listed);
    for (int voter = 0; voter < votes_; ++voter) {
      CastVote vote;
      vote.actor.id = Voter(voter);
      vote.stage = StageName{"Deploy"};
      vote.comment = "looks good to me, after the second look";
      vote.facts = {vote.stage, RulesOf(voter), "", 0, {}};
      Do(vote);
    }
    viewer_ = Viewer{};
    viewer_->principal.id = Voter(votes_ + 1);
    viewer_->facts = {StageName{"Deploy"}, RulesOf(votes_ + 1), "", 0, {}};
    viewer_->delegations = {{Voter(votes_ + 2), {}, viewer_->facts}};
    viewer_->may_override = true;
  }

  void Do(const Command& command) {
    run_ = std::get<Accepted>(Decide(run_, workflow_, command, now_, world())).run;
  }

  int votes_;
  Time now_;
  Workflow workflow_;
  Site site_;
  LockTable locks_;
  Run run_;
  std::optional<Viewer> viewer_;
};

void BM_Tally(benchmark::State& state, Shape shape) {
  const Scene scene(shape);
  for (auto _ : state) benchmark::DoNotOptimize(Tally(scene.gate(), scene.votes()));
}
BENCHMARK_CAPTURE(BM_Tally, 20_rules_200_votes, Shape::kAll)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(BM_Tally, 10_choices_of_2_200_votes, Shape::kChoices)
    ->Unit(benchmark::kMicrosecond);

void BM_CanDecideNow(benchmark::State& state) {
  const Scene scene(Shape::kAll);
  for (auto _ : state) benchmark::DoNotOptimize(scene.CanDecide());
}
BENCHMARK(BM_CanDecideNow)->Unit(benchmark::kMicrosecond);

void BM_Explain(benchmark::State& state, Shape shape, int votes) {
  const Scene scene(shape, votes);
  for (auto _ : state) benchmark::DoNotOptimize(scene.Why());
}
BENCHMARK_CAPTURE(BM_Explain, 20_rules_10_votes, Shape::kAll, 10)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(BM_Explain, 20_rules_200_votes, Shape::kAll, kVotes)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(BM_Explain, 10_choices_of_2_200_votes, Shape::kChoices, kVotes)
    ->Unit(benchmark::kMicrosecond);

void BM_ExplainAsJson(benchmark::State& state) {
  const Scene scene(Shape::kAll);
  for (auto _ : state) {
    std::string out;
    codec::AppendExplanation(out, scene.Why());
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(BM_ExplainAsJson)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
