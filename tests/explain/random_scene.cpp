#include "tests/explain/random_scene.h"

#include <algorithm>

#include "tests/core/support/build.h"

namespace gatewright::core::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr std::uint64_t kPeople = 6;

PrincipalId SomeId(Random& random) {
  return PrincipalId{"v" + std::to_string(random.Below(kPeople))};
}

Principal SomePrincipal(Random& random) {
  if (random.Chance(4)) return Everybody();
  Principal principal = Person(SomeId(random).value);
  if (random.Chance(10)) principal.kind = PrincipalKind::kService;
  if (random.Chance(30)) principal.groups = {"g" + std::to_string(random.Below(2))};
  return principal;
}

SeparationOfDuties SomeSeparation(Random& random) {
  return {random.Chance(40), random.Chance(40), random.Chance(30), random.Chance(20)};
}

Rule SomeRule(Random& random, int levels, std::size_t& leaves) {
  if (levels == 0 || leaves >= 5 || random.Chance(50)) {
    Rule leaf = Leaf("r" + std::to_string(leaves++), random.Chance(70) ? 1 : random.Between(2, 3));
    leaf.needs_all = random.Chance(10);
    if (random.Chance(10)) leaf.separation = SomeSeparation(random);
    return leaf;
  }
  std::vector<Rule> children;
  for (std::uint32_t i = random.Between(1, 3); i > 0; --i) {
    children.push_back(SomeRule(random, levels - 1, leaves));
  }
  const auto count = static_cast<std::uint32_t>(children.size());
  if (random.Chance(33)) return All(std::move(children));
  if (random.Chance(50)) return Any(std::move(children));
  return NOf(random.Between(1, count), std::move(children));
}

std::vector<RuleId> SomeRules(Random& random, const GateSpec& gate) {
  std::vector<RuleId> rules;
  for (const Rule* leaf : Leaves(gate.rules)) {
    if (random.Chance(60)) rules.push_back(leaf->id);
  }
  return rules;
}

GateSpec SomeGate(Random& random) {
  std::size_t leaves = 0;
  GateSpec gate = core::test::Gate({SomeRule(random, 2, leaves)});
  if (random.Chance(40)) gate.rules.children.push_back(SomeRule(random, 1, leaves));
  gate.reject.kind = static_cast<RejectKind>(random.Between(1, 3));
  gate.reject.threshold = random.Between(1, 3);
  gate.is_distinct = random.Chance(75);
  gate.needs_human = random.Chance(20);
  if (random.Chance(40)) gate.separation = SomeSeparation(random);
  if (random.Chance(30))
    gate.auto_voters = {{"p", {"match", "{}"}, SomeRules(random, gate), random.Chance(20)}};
  if (random.Chance(40)) {
    gate.deadline = Deadline{};
    gate.deadline->after = hours{random.Between(2, 9)};
    gate.deadline->on_timeout = static_cast<OnTimeout>(random.Between(1, 4));
    gate.deadline->reminders = {hours{1}};
    gate.deadline->levels = {{hours{1}, {"group", "{}"}, {}}};
  }
  if (random.Chance(20)) gate.votes.ttl = hours{random.Between(1, 4)};
  gate.votes.holds_early = random.Chance(20);
  gate.votes.needs_digest = random.Chance(30);
  return gate;
}

void SomeCommand(Random& random, Scene& scene) {
  const Run& run = scene.run;
  const Stage* stage = run.FindStage(run.current_stage);
  const Epoch epoch = stage != nullptr && stage->gate ? stage->gate->epoch : Epoch{1};
  const bool is_waiting = run.status == RunStatus::kWaiting;
  const auto dice = random.Below(100);
  const bool is_due = is_waiting && stage->gate->deadline && *stage->gate->deadline <= scene.now;
  if (is_due && random.Chance(40)) {
    scene.Do(GateDue{run.current_stage, epoch});
  } else if (is_waiting && dice < 60) {
    CastVote vote;
    const Viewer viewer = RandomViewer(random, scene);
    vote.actor = viewer.principal;
    vote.stage = run.current_stage;
    vote.choice = random.Chance(75)   ? Choice::kApprove
                  : random.Chance(50) ? Choice::kReject
                  : random.Chance(70) ? Choice::kWithdraw
                                      : Choice::kAbstain;
    vote.facts = viewer.facts;
    vote.expected.subject_digest = run.subject_digest;
    if (!viewer.delegations.empty()) {
      vote.on_behalf_of = viewer.delegations.front().from;
      vote.facts = viewer.delegations.front().facts;
    }
    scene.Do(vote);
  } else if (is_waiting && dice < 68) {
    scene.Do(RecordPolicyVote{"p", run.current_stage, epoch,
                              random.Chance(70) ? Choice::kApprove : Choice::kReject, "why", ""});
  } else if (is_waiting && dice < 74) {
    std::vector<RulePeople> rules;
    for (const Rule* leaf : Leaves(scene.workflow.FindStage(run.current_stage)->gate->rules)) {
      if (random.Chance(20)) continue;
      rules.push_back({leaf->id, {}});
      for (std::uint64_t i = 0; i < kPeople; ++i) {
        if (random.Chance(70)) rules.back().people.emplace_back("v" + std::to_string(i));
      }
    }
    scene.Do(RecordEligible{run.current_stage, epoch, std::move(rules)});
  } else if (is_waiting && dice < 80) {
    scene.Do(GateDue{run.current_stage, epoch});
  } else if (is_waiting && dice < 85) {
    scene.Do(ClaimGate{SomePrincipal(random), run.current_stage, {}, {}, scene.Facts({"r0"})});
  } else if (dice < 90) {
    scene.Do(OverrideRule{SomePrincipal(random),
                          static_cast<OverrideKind>(random.Between(1, 3)),
                          "outage",
                          true,
                          "",
                          {}});
  } else if (dice < 91) {
    scene.Do(CancelRun{SomePrincipal(random), "enough", {}});
  } else if (dice < 93) {
    scene.Do(ChangeSubject{SomePrincipal(random),
                           "{}",
                           "d" + std::to_string(random.Below(5)),
                           run.skips,
                           run.facts,
                           {},
                           "",
                           {}});
  } else if (dice < 94) {
    scene.Do(RaiseIncident{"odd", "out of nowhere"});
  }
  if (run.status == RunStatus::kBlocked) scene.Do(TryStart{});
  if (run.status == RunStatus::kNeedsAttention && random.Chance(50)) {
    scene.Do(
        ResolveIncident{Person("operator"), static_cast<Resolution>(random.Between(1, 3)), "", {}});
  }
  if (run.is_finished() && random.Chance(30)) scene.Do(RetryRun{Person("operator"), "", {}});
  const Attempt* attempt = run.OpenAttempt();
  if (attempt == nullptr || random.Chance(50)) return;
  if (attempt->state == AttemptState::kPlanned) {
    scene.Do(StartAttempt{attempt->number});
  } else {
    FinishAttempt answer;
    answer.number = attempt->number;
    answer.fencing_token = attempt->fencing_token;
    answer.end = static_cast<AttemptEnd>(random.Between(1, 5));
    answer.failure = FailureClass::kTransient;
    scene.Do(answer);
  }
}

}  // namespace

Scene RandomScene(Random& random) {
  std::vector<StageSpec> stages;
  for (std::uint32_t i = random.Between(1, 3); i > 0; --i) {
    StageSpec stage;
    stage.name = StageName{"S" + std::to_string(stages.size())};
    stage.done_state = stage.name.value + " done";
    if (random.Chance(85)) stage.gate = SomeGate(random);
    if (random.Chance(50)) stage.action = RetriedAction(random.Between(1, 3));
    if (random.Chance(20)) stage.wait = minutes{30};
    stages.push_back(std::move(stage));
  }
  Scene scene(WorkflowOf(std::move(stages)));
  scene.has_directory = random.Chance(50);
  if (random.Chance(50)) {
    scene.workflow.lock = LockSpec{};
    scene.workflow.lock->acquire = static_cast<LockAcquire>(random.Between(1, 2));
    scene.workflow.lock->mode = static_cast<LockMode>(random.Between(1, 4));
    if (random.Chance(50)) scene.workflow.lock->ttl = hours{2};
    scene.subject.lock_keys = {"a", "b"};
  }
  if (random.Chance(40)) scene.workflow.calendar = CalendarUse{"office", minutes{10}};
  if (random.Chance(50)) {
    scene.workflow.overriding = OverrideSpec{};
    scene.workflow.overriding->needs_second = random.Chance(40);
    if (random.Chance(50)) {
      scene.workflow.review = Asks(std::string(kReviewStage), core::test::Gate({Leaf("r0")}));
    }
  }
  if (random.Chance(30)) scene.subject.committers = {SomeId(random)};
  CreateRun create;
  create.actor = SomePrincipal(random);
  create.subject_json = "{}";
  create.subject_digest = "d0";
  create.facts = scene.subject;
  if (random.Chance(10)) create.not_before = scene.now + hours{2};
  scene.Do(create);
  return scene;
}

void RandomStep(Random& random, Scene& scene) {
  scene.now += minutes{random.Below(60)};
  const auto dice = random.Below(100);
  if (dice < 5) {
    scene.Others(RunId{static_cast<std::int64_t>(random.Between(2, 4))}, {"a"}, random.Chance(50));
  } else if (dice < 8) {
    scene.locks.Apply(RunId{static_cast<std::int64_t>(random.Between(2, 4))},
                      LocksReleased{{"a"}, ""}, scene.now);
  } else if (dice < 14) {
    scene.calendars["office"] =
        std::make_shared<OneChange>(random.Chance(50), scene.now + hours{random.Between(1, 4)});
  } else if (dice < 17) {
    scene.site.stops.push_back(
        {1, {}, "stop", PrincipalId{"olga"}, scene.now, scene.now + hours{1}});
  } else {
    SomeCommand(random, scene);
  }
}

Viewer RandomViewer(Random& random, const Scene& scene) {
  const StageSpec* spec = scene.workflow.FindStage(scene.run.current_stage);
  const auto facts = [&] {
    EligibilityFacts made = scene.Facts({});
    if (spec != nullptr && spec->gate) made.rules = SomeRules(random, *spec->gate);
    if (random.Chance(3)) made.stage = StageName{"elsewhere"};
    if (random.Chance(3)) ++made.escalated;
    return made;
  };
  Viewer viewer;
  viewer.principal = SomePrincipal(random);
  viewer.facts = facts();
  viewer.may_override = random.Chance(50);
  if (random.Chance(30)) {
    const PrincipalId from = SomeId(random);
    if (from != viewer.principal.id) {
      viewer.delegations.push_back({from, {}, facts()});
      if (random.Chance(30)) viewer.delegations.back().facts.delegator_groups = {"g0"};
    }
  }
  return viewer;
}

}  // namespace gatewright::core::test
