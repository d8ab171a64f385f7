#include "engine/core/decide_blocked.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/assert.h"

namespace gatewright::core {
namespace {

// Before its gate, for locks that are taken first; else before its action.
void GoOn(Stepper& step) {
  const StageName& stage = step.run().current_stage;
  if (step.run().FindStage(stage)->state == StageState::kCurrent) return step.TryAct();
  const StageSpec* spec = step.workflow().FindStage(stage);
  step.GoBackTo(*spec, "asked again once it had its locks");
}

const Override* FindAsked(const Run& run, OverrideKind kind, Time now) {
  const auto found = std::ranges::find_if(run.overrides, [&](const Override& one) {
    return !one.is_granted && one.kind == kind && one.stage == run.current_stage &&
           now < one.expires_at;
  });
  return found == run.overrides.end() ? nullptr : &*found;
}

// Why there is nothing of this kind to override now; empty when there is.
std::string WhyNothingToOverride(const Run& run, OverrideKind kind) {
  const bool is_held_by_calendar = std::ranges::any_of(
      run.holds, [](const Hold& hold) { return hold.kind == HoldKind::kCalendar; });
  switch (kind) {
    case OverrideKind::kGate:
      return run.status == RunStatus::kWaiting && !run.review ? "" : "no gate of it is open";
    case OverrideKind::kCalendar:
      return run.status == RunStatus::kBlocked && is_held_by_calendar
                 ? ""
                 : "no calendar keeps it from acting";
    case OverrideKind::kLock:
      return run.locks.state == LockState::kHeld ? "" : "it holds no lock";
  }
  GW_ASSERT(false);
}

void Grant(Stepper& step, const OverrideRule& command) {
  switch (command.kind) {
    case OverrideKind::kGate:
      return step.PassGate();
    case OverrideKind::kCalendar:
      return step.TryAct();
    case OverrideKind::kLock:
      return step.ReleaseLocks(
          fmt::format("taken away by {}: {}", command.actor.id.value, command.reason));
  }
}

}  // namespace

Decision DecideTryStart(const Case& at, const TryStart& command) {
  Stepper step = at.Step(ActorOf(command));
  GoOn(step);
  return std::move(step).Take();
}

Decision DecideExpireLocks(const Case& at, const ExpireLocks& command) {
  if (!at.run.locks.until || at.now < *at.run.locks.until) {
    return Refusal{RefusalCode::kNotPossible, "the locks' time is not over"};
  }
  Stepper step = at.Step(ActorOf(command));
  step.ReleaseLocks("held for its ttl while people decided");
  return std::move(step).Take();
}

Decision DecideSupersede(const Case& at, const SupersedeRun& command) {
  if (at.run.review || at.run.rollback) {
    return Refusal{RefusalCode::kNotPossible, "the run has come to its end already"};
  }
  Stepper step = at.Step(ActorOf(command));
  if (at.run.status == RunStatus::kWaiting) step.CloseGateTimer();
  step.EndPlanned("superseded before it started");
  step.FinishRun(RunOutcome::kSuperseded, "superseded",
                 fmt::format("run {} took its place", command.winner.value));
  return std::move(step).Take();
}

Decision DecideOverride(const Case& at, const OverrideRule& command) {
  const Run& run = at.run;
  if (!at.workflow.overriding) {
    return Refusal{RefusalCode::kNotAllowed,
                   fmt::format("workflow '{}' allows no override", at.workflow.name.value)};
  }
  if (!command.is_allowed) return Refusal{RefusalCode::kNotAllowed, command.why_not};
  if (const auto why = WhyNothingToOverride(run, command.kind); !why.empty()) {
    return Refusal{RefusalCode::kNotPossible,
                   fmt::format("there is nothing to override at run {}: {}", run.id.value, why)};
  }
  const OverrideSpec& spec = *at.workflow.overriding;
  const PrincipalId& actor = command.actor.id;
  const Time expires_at = at.now + spec.expires;
  const Override* asked = FindAsked(run, command.kind, at.now);
  Stepper step = at.Step(actor);
  if (spec.needs_second && asked == nullptr) {
    step.Emit(OverrideAsked{command.kind, run.current_stage, actor, command.reason, expires_at});
    return std::move(step).Take();
  }
  if (spec.needs_second && asked->by == actor) return Accepted{{}, {}, run};
  if (spec.needs_second) {
    step.Emit(OverrideGranted{command.kind, run.current_stage, asked->by, actor, asked->reason,
                              expires_at});
  } else {
    step.Emit(
        OverrideGranted{command.kind, run.current_stage, actor, {}, command.reason, expires_at});
  }
  Grant(step, command);
  return std::move(step).Take();
}

}  // namespace gatewright::core
