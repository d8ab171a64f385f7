#include "tests/core/property/random_workflow.h"

#include <algorithm>

#include "tests/core/support/build.h"

namespace gatewright::core::test {
namespace {

constexpr std::size_t kMaxLeaves = 6;

Rule RandomRule(Random& random, int levels, std::size_t& leaves) {
  if (levels == 0 || leaves + 1 >= kMaxLeaves || random.Chance(45)) {
    return Leaf("r" + std::to_string(leaves++), random.Chance(70) ? 1 : random.Between(2, 3));
  }
  std::vector<Rule> children;
  const auto wanted = random.Between(1, 3);
  while (children.size() < wanted && leaves < kMaxLeaves) {
    children.push_back(RandomRule(random, levels - 1, leaves));
  }
  const auto count = static_cast<std::uint32_t>(children.size());
  switch (random.Below(3)) {
    case 0:
      return All(std::move(children));
    case 1:
      return Any(std::move(children));
    default:
      return NOf(random.Between(1, count), std::move(children));
  }
}

ActionSpec RandomAction(Random& random) {
  ActionSpec action = RetriedAction(random.Between(1, 3));
  action.is_safe_to_rerun = random.Chance(40);
  action.retry.has_jitter = random.Chance(50);
  if (random.Chance(30)) action.retry.backoff = Duration{0};
  if (random.Chance(30)) action.retry.on.push_back(FailureClass::kPermanent);
  return action;
}

}  // namespace

Rule RandomRules(Random& random) {
  std::size_t leaves = 0;
  std::vector<Rule> children;
  const auto wanted = random.Between(1, 3);
  while (children.size() < wanted && leaves < kMaxLeaves) {
    children.push_back(RandomRule(random, 2, leaves));
  }
  return All(std::move(children));
}

GateSpec RandomGate(Random& random) {
  GateSpec gate;
  gate.rules = RandomRules(random);
  gate.reject.kind = static_cast<RejectKind>(random.Between(1, 3));
  gate.reject.threshold = random.Between(1, 3);
  gate.is_distinct = random.Chance(80);
  gate.needs_human = random.Chance(20);
  gate.separation.excludes_requester = random.Chance(30);
  gate.separation.excludes_previous_voters = random.Chance(20);
  if (random.Chance(40)) {
    gate.deadline =
        DeadlineOf(std::chrono::hours{random.Between(1, 24)},
                   random.Chance(50) ? OnTimeout::kExpire : OnTimeout::kReject);
  }
  for (std::uint64_t i = random.Below(3); i > 0; --i) {
    gate.auto_voters.push_back(
        {"p" + std::to_string(i), {"match", "{}"}, SomeRules(random, gate, 0), random.Chance(25)});
  }
  return gate;
}

Workflow RandomWorkflow(Random& random) {
  std::vector<StageSpec> stages;
  for (std::uint32_t i = random.Between(1, 4); i > 0; --i) {
    StageSpec stage;
    stage.name = StageName{"S" + std::to_string(stages.size())};
    stage.done_state = stage.name.value + " done";
    if (random.Chance(65)) stage.gate = RandomGate(random);
    if (random.Chance(60)) stage.action = RandomAction(random);
    stages.push_back(std::move(stage));
  }
  return WorkflowOf(std::move(stages));
}

std::vector<RuleId> SomeRules(Random& random, const GateSpec& gate, std::size_t least) {
  std::vector<RuleId> rules;
  for (const Rule* leaf : Leaves(gate.rules)) rules.push_back(leaf->id);
  random.Shuffle(rules);
  const std::size_t most = std::min<std::size_t>(3, rules.size());
  least = std::min(least, most);
  rules.resize(least + random.Below(most - least + 1));
  return rules;
}

std::vector<Vote> RandomVotes(Random& random, const GateSpec& gate) {
  std::vector<Vote> votes(random.Below(7));
  for (std::size_t i = 0; i < votes.size(); ++i) {
    Vote& vote = votes[i];
    vote.voter = PrincipalId{"v" + std::to_string(i)};
    vote.kind = random.Chance(75) ? PrincipalKind::kPerson : PrincipalKind::kPolicy;
    const auto dice = random.Below(100);
    vote.choice = dice < 88 ? Choice::kApprove : dice < 95 ? Choice::kReject : Choice::kAbstain;
    vote.is_shadow = random.Chance(5);
    vote.rules = SomeRules(random, gate, 0);
  }
  return votes;
}

}  // namespace gatewright::core::test
