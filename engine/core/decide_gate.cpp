#include "engine/core/decide_gate.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/assert.h"
#include "engine/core/electorate.h"
#include "engine/core/gate_times.h"

namespace gatewright::core {
namespace {

// The gate that a command names, if it is the one that is open.
const Gate* OpenGate(const Run& run, const StageName& stage, std::optional<Epoch> epoch) {
  if (run.current_stage != stage) return nullptr;
  const Stage* found = run.FindStage(stage);
  if (found == nullptr || !found->gate || !found->gate->is_open()) return nullptr;
  return epoch.value_or(found->gate->epoch) == found->gate->epoch ? &*found->gate : nullptr;
}

Refusal NotOpen(const Run& run, const StageName& stage) {
  return {RefusalCode::kGateNotOpen,
          fmt::format("expected gate '{}' of run {} to be open; the run is {} at stage '{}'",
                      stage.value, run.id.value, ToString(run.status), run.current_stage.value)};
}

std::int64_t CountDue(const std::vector<Time>& moments, Time now) {
  return std::ranges::upper_bound(moments, now) - moments.begin();
}

void Escalate(Stepper& step, const StageName& stage, std::int64_t until,
              const std::string& reason) {
  const Epoch epoch = step.CurrentGate().epoch;
  for (std::int64_t level = step.CurrentGate().escalated + 1; level <= until; ++level) {
    step.Emit(GateEscalated{stage, epoch, level, reason});
  }
  if (step.world().has_directory) step.Request(ListEligible{stage, epoch});
}

bool HasStandingReject(const Gate& gate) {
  return std::ranges::any_of(gate.votes, [](const Vote& vote) {
    return vote.choice == Choice::kReject && !vote.is_shadow;
  });
}

void EndByTime(Stepper& step, const StageName& stage, const Deadline& spec) {
  const Gate& gate = step.CurrentGate();
  const std::string reason =
      fmt::format("nobody decided gate '{}' before {}", stage.value, FormatTime(*gate.deadline));
  if (spec.on_timeout == OnTimeout::kReject) return step.RejectGate(reason);
  // Time never beats a person who said no.
  if (spec.on_timeout == OnTimeout::kApprove && !HasStandingReject(gate)) return step.PassGate();
  step.ExpireGate(reason);
}

}  // namespace

Decision DecideGateDue(const Case& at, const GateDue& command) {
  const Gate* gate = OpenGate(at.run, command.stage, command.epoch);
  if (gate == nullptr) {
    return Refusal{RefusalCode::kGateNotOpen, "the gate was decided before this moment of it"};
  }
  const GateSpec& spec = *at.workflow.FindStage(command.stage)->gate;
  const auto next = NextMoment(*gate);
  if (!next || at.now < *next) {
    return Refusal{RefusalCode::kNotPossible, "the gate's deadline has not come yet"};
  }
  Stepper step = at.Step(ActorOf(command));
  const bool has_ended = gate->deadline && *gate->deadline <= at.now && !gate->is_soft;
  // Late but once, in order: levels all take effect, of reminders only the newest is of use.
  const std::int64_t levels = CountDue(gate->escalations, at.now);
  if (levels > gate->escalated) Escalate(step, command.stage, levels, "its time has come");
  const std::int64_t reminders = CountDue(gate->reminders, at.now);
  if (reminders > gate->reminded && !has_ended) {
    step.Emit(ReminderDue{command.stage, command.epoch, reminders});
  }
  if (has_ended) {
    EndByTime(step, command.stage, *spec.deadline);
  } else {
    step.SetGateTimer();
  }
  return std::move(step).Take();
}

Decision DecideEligible(const Case& at, const RecordEligible& command) {
  const Gate* gate = OpenGate(at.run, command.stage, command.epoch);
  if (gate == nullptr || at.run.status != RunStatus::kWaiting) {
    return Refusal{RefusalCode::kGateNotOpen, "the gate was decided before its people were listed"};
  }
  if (gate->eligible == command.rules) return Accepted{{}, {}, at.run};
  const StageSpec& spec = *at.workflow.FindStage(command.stage);
  Stepper step = at.Step(ActorOf(command));
  step.Emit(EligibleListed{command.stage, command.epoch, command.rules});
  // Who has voted may already be all there are.
  if (NeedsAll(spec.gate->rules)) step.SettleGate();
  const Gate* listed = OpenGate(step.run(), command.stage, command.epoch);
  if (listed == nullptr || IsPossible(step.run(), spec, *listed)) return std::move(step).Take();
  const std::string problem =
      fmt::format("gate '{}' cannot be satisfied: fewer people are eligible than it needs",
                  command.stage.value);
  const auto levels = static_cast<std::int64_t>(gate->escalations.size());
  if (gate->escalated < levels) {
    Escalate(step, command.stage, levels, problem);
    if (spec.gate->deadline) step.SetGateTimer();
  } else if (!at.run.review) {
    step.CloseGateTimer();
    step.Emit(IncidentRaised{"gate_impossible",
                             problem + "; add people or roles and resolve it as retry, or as "
                                       "failed"});
  }
  return std::move(step).Take();
}

Decision DecideClaim(const Case& at, const ClaimGate& command) {
  const Gate* gate = OpenGate(at.run, command.stage, command.epoch);
  if (gate == nullptr) return NotOpen(at.run, command.stage);
  if (gate->claimed_by == command.actor.id) return Accepted{{}, {}, at.run};
  if (!gate->claimed_by.empty()) {
    return Refusal{RefusalCode::kAlreadyClaimed,
                   fmt::format("gate '{}' of run {} is claimed by {}; they can release it",
                               command.stage.value, at.run.id.value, gate->claimed_by.value)};
  }
  if (command.facts.rules.empty()) {
    return Refusal{RefusalCode::kNotEligible, command.facts.why_not};
  }
  Stepper step = at.Step(command.actor.id);
  step.Emit(GateClaimed{command.stage, gate->epoch, command.actor.id});
  return std::move(step).Take();
}

Decision DecideRelease(const Case& at, const ReleaseGate& command) {
  const Gate* gate = OpenGate(at.run, command.stage, std::nullopt);
  if (gate == nullptr) return NotOpen(at.run, command.stage);
  if (gate->claimed_by.empty()) return Accepted{{}, {}, at.run};
  if (gate->claimed_by != command.actor.id && !command.actor.is_everybody) {
    return Refusal{RefusalCode::kNotAllowed,
                   fmt::format("gate '{}' of run {} is claimed by {}; only they can release it",
                               command.stage.value, at.run.id.value, gate->claimed_by.value)};
  }
  Stepper step = at.Step(command.actor.id);
  step.Emit(GateReleased{command.stage, gate->epoch});
  return std::move(step).Take();
}

Decision DecideExtend(const Case& at, const ExtendDeadline& command) {
  const Gate* gate = OpenGate(at.run, command.stage, command.epoch);
  if (gate == nullptr) return NotOpen(at.run, command.stage);
  if (!gate->deadline) {
    return Refusal{RefusalCode::kNotPossible,
                   fmt::format("gate '{}' has no deadline to extend", command.stage.value)};
  }
  if (command.deadline <= std::max(at.now, *gate->deadline)) {
    return Refusal{
        RefusalCode::kNotPossible,
        fmt::format("expected a deadline after {} and after now ({}), found {}",
                    FormatTime(*gate->deadline), FormatTime(at.now), FormatTime(command.deadline))};
  }
  Stepper step = at.Step(command.actor.id);
  step.Emit(DeadlineExtended{command.stage, gate->epoch, command.deadline, command.reason});
  step.SetGateTimer();
  return std::move(step).Take();
}

}  // namespace gatewright::core
