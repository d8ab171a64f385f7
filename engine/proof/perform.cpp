#include "engine/proof/perform.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "engine/base/assert.h"
#include "engine/core/gate_times.h"
#include "engine/core/transitions.h"

namespace gatewright::proof {
namespace {

using namespace core;  // NOLINT: nearly every name here is the core's

constexpr std::string_view kDigest = "digest-";

const Gate& GateOf(const Run& run, const StageName& stage) {
  const Stage* found = run.FindStage(stage);
  GW_ASSERT(found != nullptr && found->gate);
  return *found->gate;
}

Gate* FindGate(Run& run, const StageName& stage) {
  Stage* found = run.FindStage(stage);
  return found != nullptr && found->gate ? &*found->gate : nullptr;
}

Principal Requester(const Model& model, const Run& run) {
  return model.PrincipalOf(model.FindPerson(run.requester), true);
}

Principal Operator() {
  Principal principal;
  principal.id = PrincipalId{"operator"};
  return principal;
}

std::string NextDigest(const std::string& digest) {
  int number = 1;
  std::from_chars(digest.data() + kDigest.size(), digest.data() + digest.size(), number);
  return fmt::format("{}{}", kDigest, number + 1);
}

CastVote VoteOf(const Model& model, const Run& run, const Step& step) {
  CastVote vote;
  const Person& person = model.cast().people[step.person];
  vote.actor = model.PrincipalOf(step.person, person.name == run.requester.value);
  vote.stage = model.SpecAt(step.stage).name;
  vote.choice = step.choice;
  vote.expected.subject_digest = run.subject_digest;
  vote.facts.stage = vote.stage;
  const Stage* stage = run.FindStage(vote.stage);
  const bool is_reached = stage != nullptr && stage->gate && stage->state != StageState::kAhead;
  vote.facts.escalated = is_reached ? stage->gate->escalated : 0;
  vote.facts.rules = model.RulesFor(step.person, step.stage, vote.facts.escalated);
  vote.facts.why_not = "nothing that this person has makes them eligible";
  return vote;
}

RecordEligible EligibleOf(const Model& model, const Run& run) {
  const std::size_t index = model.IndexOf(run.current_stage);
  const Gate& gate = GateOf(run, run.current_stage);
  RecordEligible listed{run.current_stage, gate.epoch, {}};
  for (const Rule* leaf : Leaves(model.SpecAt(index).gate->rules)) {
    RulePeople people{leaf->id, {}};
    for (std::size_t p = 0; p < model.cast().people.size(); ++p) {
      const auto rules = model.RulesFor(p, index, gate.escalated);
      if (std::ranges::find(rules, leaf->id) == rules.end()) continue;
      people.people.emplace_back(model.cast().people[p].name);
    }
    std::ranges::sort(people.people);
    listed.rules.push_back(std::move(people));
  }
  return listed;
}

ChangeSubject SubjectOf(const Model& model, const Run& run, const Step& step) {
  ChangeSubject change;
  change.actor = Requester(model, run);
  change.subject_json = "{}";
  change.subject_digest = NextDigest(run.subject_digest);
  change.skips = model.SkipsOf(step.skips);
  change.facts = model.facts();
  for (std::size_t i = 0; i < model.stage_count(); ++i) {
    if ((step.kept >> i & 1) != 0) change.kept.push_back(model.SpecAt(i).name);
  }
  change.reason = "something else is to be approved";
  return change;
}

FinishAttempt FinishOf(const Run& run, const Step& step) {
  const Attempt* open = run.OpenAttempt();
  GW_ASSERT(open != nullptr);
  FinishAttempt finish;
  finish.number = open->number;
  finish.fencing_token = open->fencing_token;
  finish.end = step.end;
  finish.failure = step.failure;
  return finish;
}

// How long until the next moment of the open gate.
Duration UntilMoment(const Run& run, Time now) {
  const auto next = NextMoment(GateOf(run, run.current_stage));
  GW_ASSERT(next.has_value());
  return std::max(Duration{0}, *next - now);
}

void MoveGate(Gate& gate, Duration by) {
  for (Time& level : gate.escalations) level -= by;
  if (gate.deadline) *gate.deadline -= by;
}

// The one that the run never left.
StageName StageOfLateRetry(const Run& run) {
  const auto found = std::ranges::find(run.stages, StageState::kCurrent, &Stage::state);
  return found == run.stages.end() ? StageName{} : found->name;
}

}  // namespace

Command CommandOf(const Model& model, const Run& run, const Step& step) {
  switch (step.kind) {
    case StepKind::kCreate: {
      CreateRun create;
      create.actor = model.PrincipalOf(step.person, true);
      create.name = "a release";
      create.subject_json = "{}";
      create.subject_digest = fmt::format("{}1", kDigest);
      create.skips = model.SkipsOf(step.skips);
      create.facts = model.facts();
      return create;
    }
    case StepKind::kVote:
      return VoteOf(model, run, step);
    case StepKind::kPolicy: {
      const StageSpec& spec = model.SpecAt(step.stage);
      RecordPolicyVote vote;
      vote.auto_voter = spec.gate->auto_voters[step.policy].id;
      vote.stage = spec.name;
      vote.epoch = GateOf(run, spec.name).epoch;
      vote.choice = step.choice;
      return vote;
    }
    case StepKind::kGateMoment:
      return GateDue{run.current_stage, GateOf(run, run.current_stage).epoch};
    case StepKind::kChangeSubject:
      return SubjectOf(model, run, step);
    case StepKind::kOverride: {
      OverrideRule override_rule;
      override_rule.actor = model.PrincipalOf(step.person, false);
      override_rule.kind = step.override_kind;
      override_rule.reason = "it cannot wait";
      override_rule.is_allowed = true;
      return override_rule;
    }
    case StepKind::kCancel:
      return CancelRun{Requester(model, run), "no longer wanted", {}};
    case StepKind::kSupersede:
      return SupersedeRun{RunId{2}};
    case StepKind::kExpireLocks:
      return ExpireLocks{};
    case StepKind::kListEligible:
      return EligibleOf(model, run);
    case StepKind::kLookAgain:
      return TryStart{};
    case StepKind::kStartAttempt:
      return StartAttempt{run.OpenAttempt()->number};
    case StepKind::kFinishAttempt:
      return FinishOf(run, step);
    case StepKind::kMarkStale:
      return MarkStale{run.OpenAttempt()->number, "another"};
    case StepKind::kRaiseIncident:
      return RaiseIncident{"plugin_missing", "the executor is not there"};
    case StepKind::kResolve:
      return ResolveIncident{Operator(), step.resolution, "looked at it", {}};
    case StepKind::kRetry:
      return RetryRun{Operator(), "once more", {}};
  }
  GW_ASSERT(false);
}

Run AtItsMoment(const Model& model, Run run, const Step& step, Time now) {
  if (step.aged_stage != kNoStage) {
    const StageSpec& spec = model.SpecAt(step.aged_stage);
    if (Gate* gate = FindGate(run, spec.name)) gate->decided_at = now - *spec.gate->votes.ttl;
  }
  if (step.is_wait_over) {
    if (Gate* gate = FindGate(run, run.current_stage)) {
      const Time passed = now - model.SpecAt(model.IndexOf(run.current_stage)).wait;
      gate->decided_at = std::min(gate->decided_at.value_or(passed), passed);
    }
  }
  if (step.obstacle == Obstacle::kCalendar && step.kind != StepKind::kOverride) {
    for (Override& one : run.overrides) one.expires_at = now;
  }
  if (step.is_late) {
    const StageName stage = StageOfLateRetry(run);
    if (Gate* gate = FindGate(run, stage)) {
      const StageSpec* spec = model.workflow().FindStage(stage);
      gate->decided_at = now - *spec->gate->votes.reuse_within - Duration{1};
    }
  }
  if (step.kind == StepKind::kGateMoment) {
    MoveGate(*FindGate(run, run.current_stage), UntilMoment(run, now));
  }
  if (step.kind == StepKind::kStartAttempt) {
    for (Attempt& attempt : run.attempts) attempt.not_before = std::min(attempt.not_before, now);
  }
  if (step.kind == StepKind::kExpireLocks) run.locks.until = now;
  return run;
}

Time MomentOf(const Model& model, const Run& run, const Step& step, Time now) {
  Time moment = now;
  const auto wait_for = [&](Time at) { moment = std::max(moment, at); };
  if (step.aged_stage != kNoStage) {
    const StageSpec& spec = model.SpecAt(step.aged_stage);
    const Gate& gate = GateOf(run, spec.name);
    if (gate.decided_at) wait_for(*gate.decided_at + *spec.gate->votes.ttl);
  }
  if (step.is_wait_over) {
    const Gate& gate = GateOf(run, run.current_stage);
    if (gate.decided_at) {
      wait_for(*gate.decided_at + model.SpecAt(model.IndexOf(run.current_stage)).wait);
    }
  }
  if (step.obstacle == Obstacle::kCalendar && step.kind != StepKind::kOverride) {
    for (const Override& one : run.overrides) {
      if (one.is_granted && one.kind == OverrideKind::kCalendar) wait_for(one.expires_at);
    }
  }
  if (step.is_late) {
    const StageName stage = StageOfLateRetry(run);
    const Gate& gate = GateOf(run, stage);
    const auto within = *model.workflow().FindStage(stage)->gate->votes.reuse_within;
    if (gate.decided_at) wait_for(*gate.decided_at + within + Duration{1'000'000});
  }
  if (step.kind == StepKind::kGateMoment) wait_for(now + UntilMoment(run, now));
  if (step.kind == StepKind::kExpireLocks && run.locks.until) wait_for(*run.locks.until);
  if (const Attempt* open = run.OpenAttempt()) {
    if (step.kind == StepKind::kStartAttempt) wait_for(open->not_before);
    const bool is_timeout =
        step.kind == StepKind::kFinishAttempt && step.end == AttemptEnd::kTimedOut;
    if (is_timeout && open->deadline) wait_for(*open->deadline);
  }
  return moment;
}

}  // namespace gatewright::proof
