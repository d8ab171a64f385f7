#include "engine/core/decide_vote.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

#include "engine/base/assert.h"
#include "engine/core/stepper.h"
#include "engine/core/transitions.h"

namespace gatewright::core {
namespace {

const Vote* FindVote(const Gate& gate, const PrincipalId& voter) {
  const auto found = std::ranges::find(gate.votes, voter, &Vote::voter);
  return found == gate.votes.end() ? nullptr : &*found;
}

// Somebody may send the same vote twice because an answer got lost: that is no mistake. The same
// words of somebody who may fill other rules by now are another vote.
bool IsSameVote(const Run& run, const Gate& gate, const CastVote& command) {
  const Vote* vote = FindVote(gate, command.actor.id);
  const bool is_open = gate.is_open() && !run.is_finished();
  if (command.choice == Choice::kWithdraw) return vote == nullptr && is_open;
  if (vote == nullptr || vote->choice != command.choice || vote->comment != command.comment) {
    return false;
  }
  const auto& rules = command.facts.rules;
  return !is_open || rules.empty() || rules == vote->rules;
}

Refusal Decided(const Run& run, const StageName& stage, const Gate& gate) {
  return {RefusalCode::kGateDecided,
          fmt::format("expected gate '{}' of run {} to be open, but {}'s command made it {} at {}",
                      stage.value, run.id.value, gate.decided_by.value, ToString(gate.outcome),
                      FormatTime(*gate.decided_at))};
}

Refusal NotOpenYet(const Run& run, const StageName& stage) {
  return {RefusalCode::kGateNotOpen,
          fmt::format("gate '{}' of run {} is not open yet; the run is at stage '{}'", stage.value,
                      run.id.value, run.current_stage.value)};
}

Refusal Finished(const Run& run) {
  return {RefusalCode::kRunFinished,
          fmt::format("run {} is finished: it was {} at {} in state '{}'; nothing can be voted on "
                      "any more",
                      run.id.value, ToString(run.status), FormatTime(*run.finished_at), run.state)};
}

Refusal NoOpenGate(const Run& run) {
  return {
      RefusalCode::kGateNotOpen,
      fmt::format("run {} is {} in state '{}': no gate is open; allowed now: {}", run.id.value,
                  ToString(run.status), run.state, fmt::join(AllowedActions(run.status), ", "))};
}

Refusal NoSuchStage(const Workflow& workflow, const StageName& stage) {
  std::vector<std::string_view> names;
  for (const StageSpec& spec : workflow.stages) names.push_back(spec.name.value);
  return {RefusalCode::kNotFound,
          fmt::format("workflow '{}' has no stage '{}' (its stages: {})", workflow.name.value,
                      stage.value, fmt::join(names, ", "))};
}

// Empty when the actor may vote as far as separation of duties goes.
std::optional<Refusal> BrokenSeparation(const Run& run, const GateSpec& gate,
                                        const CastVote& command) {
  if (command.actor.is_everybody) return std::nullopt;
  const PrincipalId& actor = command.actor.id;
  if (gate.separation.excludes_requester && actor == run.requester && !run.is_requester_everybody) {
    return Refusal{RefusalCode::kSelfApproval,
                   fmt::format("{} requested run {} and may not vote on gate '{}' (separation of "
                               "duties); somebody else has to",
                               actor.value, run.id.value, command.stage.value)};
  }
  if (!gate.separation.excludes_previous_voters) return std::nullopt;
  for (const Stage& stage : run.stages) {
    if (stage.name == command.stage || !stage.gate) continue;
    const Vote* vote = FindVote(*stage.gate, actor);
    if (vote == nullptr || vote->choice != Choice::kApprove) continue;
    return Refusal{RefusalCode::kSelfApproval,
                   fmt::format("{} approved stage '{}' of run {} and may not vote on gate '{}' too "
                               "(separation of duties)",
                               actor.value, stage.name.value, run.id.value, command.stage.value)};
  }
  return std::nullopt;
}

// What stands between this vote and the open gate it names; empty when nothing does.
std::optional<Decision> CannotVote(const Run& run, const Workflow& workflow,
                                   const CastVote& command) {
  if (command.is_any_stage && run.is_finished()) return Finished(run);
  if (command.is_any_stage && run.status != RunStatus::kWaiting) return NoOpenGate(run);
  if (command.is_any_stage && command.stage != run.current_stage) {
    return Refusal{RefusalCode::kPrepareAgain, "the run is at another stage now"};
  }
  if (workflow.FindStage(command.stage) == nullptr) return NoSuchStage(workflow, command.stage);
  const Stage* stage = run.FindStage(command.stage);
  const Gate* gate = stage != nullptr && stage->gate ? &*stage->gate : nullptr;
  if (gate != nullptr && command.epoch.value_or(gate->epoch) != gate->epoch) {
    return Refusal{RefusalCode::kGateNotOpen,
                   fmt::format("expected epoch {} of gate '{}', found epoch {}",
                               command.epoch->value, command.stage.value, gate->epoch.value)};
  }
  if (gate != nullptr && !command.is_any_stage && IsSameVote(run, *gate, command)) {
    return Accepted{{}, {}, run};
  }
  if (gate != nullptr && gate->decided_at) return Decided(run, command.stage, *gate);
  if (run.is_finished()) return Finished(run);
  if (gate == nullptr) return NotOpenYet(run, command.stage);
  return std::nullopt;
}

}  // namespace

Decision DecideVote(const Run& run, const Workflow& workflow, const CastVote& command, Time now) {
  if (auto answer = CannotVote(run, workflow, command)) return *std::move(answer);
  const GateSpec* spec =
      workflow.FindStage(command.stage)->gate ? &*workflow.FindStage(command.stage)->gate : nullptr;
  GW_ASSERT(spec != nullptr);  // a stage without a gate is never open
  const Gate& gate = *run.FindStage(command.stage)->gate;
  if (IsSameVote(run, gate, command)) return Accepted{{}, {}, run};
  // Whoever has a vote may take it back, or the reject of somebody who left would block for ever.
  const bool is_withdrawal = command.choice == Choice::kWithdraw;
  if (!is_withdrawal) {
    if (auto broken = BrokenSeparation(run, *spec, command)) return *broken;
    if (command.facts.stage != command.stage) {
      return Refusal{RefusalCode::kPrepareAgain, "the facts are about another stage"};
    }
    if (command.facts.rules.empty()) {
      return Refusal{RefusalCode::kNotEligible, command.facts.why_not};
    }
  }

  Stepper step(run, workflow, command.actor.id, now);
  step.Emit(VoteCast{command.stage, gate.epoch, command.actor.id, command.actor.kind,
                     command.actor.is_everybody, command.choice, command.facts.rules,
                     command.comment, false, ""});
  step.SettleGate();
  return std::move(step).Take();
}

Decision DecidePolicyVote(const Run& run, const Workflow& workflow, const RecordPolicyVote& command,
                          Time now) {
  const Stage* stage = run.FindStage(command.stage);
  if (stage == nullptr || !stage->gate || stage->gate->epoch != command.epoch ||
      !stage->gate->is_open() || run.current_stage != command.stage) {
    return Refusal{RefusalCode::kGateNotOpen, "the gate was decided before the policy answered"};
  }
  const StageSpec& spec = *workflow.FindStage(command.stage);
  const auto voter = std::ranges::find(spec.gate->auto_voters, command.auto_voter, &AutoVoter::id);
  if (voter == spec.gate->auto_voters.end()) {
    return Refusal{RefusalCode::kNotFound, fmt::format("stage '{}' has no policy '{}'",
                                                       command.stage.value, command.auto_voter)};
  }
  Stepper step(run, workflow, ActorOf(command), now);
  step.Emit(VoteCast{command.stage, command.epoch, ActorOf(command), PrincipalKind::kPolicy, false,
                     command.choice, voter->fills, command.reason, voter->is_shadow,
                     command.evidence_json});
  step.SettleGate();
  return std::move(step).Take();
}

Decision DecideExpiry(const Run& run, const Workflow& workflow, const ExpireGate& command,
                      Time now) {
  const Stage* stage = run.FindStage(command.stage);
  if (stage == nullptr || !stage->gate || stage->gate->epoch != command.epoch ||
      !stage->gate->is_open()) {
    return Refusal{RefusalCode::kGateNotOpen, "the gate was decided before its deadline"};
  }
  if (!stage->gate->deadline || now < *stage->gate->deadline) {
    return Refusal{RefusalCode::kNotPossible, "the gate's deadline has not come yet"};
  }
  Stepper step(run, workflow, ActorOf(command), now);
  const bool is_reject =
      workflow.FindStage(command.stage)->gate->deadline->on_timeout == OnTimeout::kReject;
  const std::string reason = fmt::format("nobody decided gate '{}' before {}", command.stage.value,
                                         FormatTime(*stage->gate->deadline));
  if (is_reject) {
    step.Emit(GateRejected{command.stage, command.epoch});
  } else {
    step.Emit(GateExpired{command.stage, command.epoch});
  }
  step.CloseGateTimer();
  step.FinishRun(is_reject ? RunOutcome::kRejected : RunOutcome::kExpired,
                 is_reject ? "rejected" : "expired", reason);
  return std::move(step).Take();
}

}  // namespace gatewright::core
