#include "tests/core/property/random_workflow.h"

#include <algorithm>

#include "engine/core/rollback.h"

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
  return gate;
}

void SetNeedsAll(Random& random, Rule& rule, std::uint64_t percent) {
  if (rule.kind == RuleKind::kLeaf) rule.needs_all = random.Chance(percent);
  for (Rule& child : rule.children) SetNeedsAll(random, child, percent);
}

namespace {

SeparationOfDuties RandomSeparation(Random& random) {
  SeparationOfDuties separation;
  separation.excludes_requester = random.Chance(30);
  separation.excludes_previous_voters = random.Chance(20);
  separation.excludes_committers = random.Chance(15);
  separation.excludes_same_team = random.Chance(10);
  return separation;
}

Deadline RandomDeadline(Random& random) {
  const Duration after = std::chrono::hours{random.Between(1, 24)};
  Deadline deadline = DeadlineOf(after, static_cast<OnTimeout>(random.Between(1, 4)));
  if (random.Chance(25)) deadline.clock = "work";
  if (random.Chance(40)) deadline.reminders = {after / 2, after / 4};
  for (const int part : {4, 2}) {
    if (random.Chance(35)) deadline.levels.push_back({after / part, {"role", "{}"}, {}});
  }
  return deadline;
}

VoteRules RandomVoteRules(Random& random, const std::vector<StageName>& before) {
  VoteRules rules;
  if (random.Chance(25)) rules.ttl = std::chrono::minutes{random.Between(1, 300)};
  if (random.Chance(30)) rules.reuse_within = std::chrono::hours{random.Between(1, 24)};
  rules.on_subject_change = static_cast<OnSubjectChange>(random.Between(1, 3));
  rules.reset_from = random.Pick(before);
  rules.holds_early = random.Chance(30);
  rules.needs_digest = random.Chance(10);
  return rules;
}

// With everything that may happen to a gate while it is open.
GateSpec LivelyGate(Random& random, const std::vector<StageName>& before) {
  GateSpec gate = RandomGate(random);
  gate.separation = RandomSeparation(random);
  if (random.Chance(15)) SetNeedsAll(random, gate.rules, 40);
  if (random.Chance(15)) gate.rules.children.front().separation = RandomSeparation(random);
  if (random.Chance(45)) gate.deadline = RandomDeadline(random);
  gate.votes = RandomVoteRules(random, before);
  for (std::uint64_t i = random.Below(3); i > 0; --i) {
    gate.auto_voters.push_back(
        {"p" + std::to_string(i), {"match", "{}"}, SomeRules(random, gate, 0), random.Chance(25)});
  }
  return gate;
}

// What a file may say of a review: no policies, nothing about votes.
GateSpec RandomReview(Random& random) {
  GateSpec gate = random.Chance(50) ? Gate({Leaf("audit")}) : RandomGate(random);
  if (random.Chance(40)) SetNeedsAll(random, gate.rules, 60);
  if (random.Chance(60)) gate.deadline = RandomDeadline(random);
  gate.separation = RandomSeparation(random);
  return gate;
}

LockSpec RandomLock(Random& random) {
  LockSpec lock;
  lock.acquire = random.Chance(60) ? LockAcquire::kAfterGate : LockAcquire::kBeforeGate;
  lock.mode = static_cast<LockMode>(random.Between(1, 4));
  if (lock.mode == LockMode::kParallel) lock.limit = random.Between(1, 3);
  const bool is_before = lock.acquire == LockAcquire::kBeforeGate;
  if (is_before && random.Chance(50)) lock.ttl = std::chrono::minutes{random.Between(1, 120)};
  return lock;
}

}  // namespace

StageSpec RandomStage(Random& random, StageName name, std::vector<StageName> before) {
  StageSpec stage;
  stage.name = std::move(name);
  stage.done_state = stage.name.value + " done";
  before.push_back(stage.name);
  if (random.Chance(65)) stage.gate = LivelyGate(random, before);
  if (random.Chance(60)) stage.action = RandomAction(random);
  if (random.Chance(15)) stage.wait = std::chrono::minutes{random.Between(1, 60)};
  return stage;
}

// As a file has them: the stage's own gate, another one or none.
std::vector<StageSpec> RandomRollbacks(Random& random, const std::vector<StageSpec>& stages) {
  std::vector<StageSpec> rollbacks;
  for (auto stage = stages.rbegin(); stage != stages.rend(); ++stage) {
    if (!stage->action || random.Chance(30)) continue;
    StageSpec rollback;
    rollback.name = RollbackOf(stage->name);
    rollback.undoes = stage->name;
    rollback.action = RandomAction(random);
    rollback.action->is_own_rollback = random.Chance(30);
    const auto dice = random.Below(100);
    if (dice < 40) rollback.gate = stage->gate;
    if (dice >= 40 && dice < 70) rollback.gate = LivelyGate(random, {stage->name});
    rollbacks.push_back(std::move(rollback));
  }
  return rollbacks;
}

Workflow RandomWorkflow(Random& random) {
  std::vector<StageSpec> stages;
  std::vector<StageName> names;
  for (std::uint32_t i = random.Between(1, 4); i > 0; --i) {
    stages.push_back(RandomStage(random, StageName{"S" + std::to_string(stages.size())}, names));
    names.push_back(stages.back().name);
  }
  Workflow workflow = WorkflowOf(std::move(stages));
  if (random.Chance(60)) workflow.rollbacks = RandomRollbacks(random, workflow.stages);
  if (random.Chance(55)) workflow.lock = RandomLock(random);
  if (random.Chance(30)) {
    workflow.calendar = CalendarUse{"change", std::chrono::minutes{random.Below(60)}};
  }
  if (random.Chance(45)) {
    workflow.overriding = OverrideSpec{};
    workflow.overriding->needs_second = random.Chance(20);
    if (random.Chance(70)) workflow.review = Asks(std::string(kReviewStage), RandomReview(random));
  }
  return workflow;
}

Workflow RandomVersionAfter(Random& random, const Workflow& before) {
  Workflow after = before;
  after.version = WorkflowVersion{before.version.value + "+"};
  auto& stages = after.stages;
  if (random.Chance(40)) {
    const std::size_t index = random.Below(stages.size() + 1);
    const StageName name{"N" + std::to_string(random.Below(100)) + after.version.value};
    stages.insert(stages.begin() + static_cast<std::ptrdiff_t>(index),
                  RandomStage(random, name, {stages.front().name}));
  }
  if (stages.size() > 1 && random.Chance(20)) {
    stages.erase(stages.begin() + static_cast<std::ptrdiff_t>(random.Below(stages.size())));
  }
  if (random.Chance(30)) {
    StageSpec& changed = stages[random.Below(stages.size())];
    changed = RandomStage(random, changed.name, {changed.name});
  }
  after.rollbacks = RandomRollbacks(random, stages);
  if (random.Chance(20)) after.lock = RandomLock(random);
  if (random.Chance(10)) after.lock.reset();
  return after;
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
