#include "engine/core/decide_vote.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

#include "engine/base/assert.h"
#include "engine/core/separation.h"
#include "engine/core/transitions.h"

namespace gatewright::core {
namespace {

const PrincipalId& SlotOf(const CastVote& command) {
  return command.on_behalf_of.empty() ? command.actor.id : command.on_behalf_of;
}

const Vote* FindSlot(const Gate& gate, const PrincipalId& slot) {
  const auto found = std::ranges::find(gate.votes, slot, &Vote::slot);
  return found == gate.votes.end() ? nullptr : &*found;
}

bool IsSaidAlready(const Vote& vote, const CastVote& command) {
  return vote.choice == command.choice && vote.comment == command.comment &&
         vote.form_json == command.form_json && vote.voter == command.actor.id;
}

// Somebody may send the same vote twice because an answer got lost: that is no mistake. The same
// words of somebody who may fill other rules by now are another vote.
bool IsSameVote(const Run& run, const Gate& gate, const CastVote& command) {
  const Vote* vote = FindSlot(gate, SlotOf(command));
  const bool is_open = gate.is_open() && !run.is_finished();
  if (command.choice == Choice::kWithdraw) return vote == nullptr && is_open;
  if (vote == nullptr || !IsSaidAlready(*vote, command)) return false;
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

bool HasOwnSeparation(const Rule& rule) {
  return rule.separation.has_value() || std::ranges::any_of(rule.children, HasOwnSeparation);
}

// The rules that separation of duties leaves to the actor, and to whom they vote for.
struct Separated {
  std::vector<RuleId> rules;
  std::string why_not;  // the first reason, when something was taken away
};

Separated Separate(const Run& run, const StageSpec& stage, const CastVote& command) {
  Separated result;
  for (const Rule* leaf : Leaves(stage.gate->rules)) {
    if (std::ranges::find(command.facts.rules, leaf->id) == command.facts.rules.end()) continue;
    const SeparationOfDuties& separation = SeparationOf(*stage.gate, *leaf);
    std::string why;
    if (!command.actor.is_everybody) {
      why = WhyExcluded(run, separation, stage.name, {command.actor.id, command.actor.groups});
    }
    if (why.empty() && !command.on_behalf_of.empty()) {
      why = WhyExcluded(run, separation, stage.name,
                        {command.on_behalf_of, command.facts.delegator_groups});
    }
    if (why.empty()) {
      result.rules.push_back(leaf->id);
    } else if (result.why_not.empty()) {
      result.why_not = std::move(why);
    }
  }
  return result;
}

Refusal Excluded(const Run& run, const CastVote& command, const std::string& why) {
  return {RefusalCode::kSelfApproval,
          fmt::format("{} and may not vote on gate '{}' of run {} (separation of duties); somebody "
                      "else has to",
                      why, command.stage.value, run.id.value)};
}

std::optional<Refusal> UsedAlready(const std::vector<Vote>& votes, const CastVote& command) {
  const std::string why = WhyUsed(votes, command.actor.id, SlotOf(command));
  if (why.empty()) return std::nullopt;
  return Refusal{RefusalCode::kNotEligible,
                 fmt::format("on gate '{}' {}", command.stage.value, why)};
}

std::vector<Vote> HeldFor(const Run& run, const StageName& stage) {
  std::vector<Vote> votes;
  for (const HeldVote& held : run.held_votes) {
    if (held.stage == stage) votes.push_back(held.vote);
  }
  return votes;
}

// What a vote has to say beyond the gate, whether that is open or not.
std::optional<Refusal> Incomplete(const Run& run, const GateSpec& gate, const CastVote& command) {
  if (!gate.votes.needs_digest || command.expected.subject_digest) return std::nullopt;
  return Refusal{RefusalCode::kDigestNeeded,
                 fmt::format("gate '{}' asks for the digest of what is voted on: expected "
                             "subject_digest; that of run {} is {}",
                             command.stage.value, run.id.value, run.subject_digest)};
}

// A vote on a gate that the run has not reached, where the workflow keeps such votes.
std::optional<Decision> Hold(const Case& at, const StageSpec& spec, const CastVote& command) {
  const Run& run = at.run;
  const Stage* reached = run.FindStage(command.stage);
  const bool is_ahead = reached == nullptr || reached->state == StageState::kAhead;
  if (!spec.gate || !spec.gate->votes.holds_early || !is_ahead) return std::nullopt;
  if (!spec.undoes.empty() || run.rollback) return std::nullopt;
  if (run.is_finished() || run.status == RunStatus::kNeedsAttention) return std::nullopt;
  if (auto incomplete = Incomplete(run, *spec.gate, command)) return *incomplete;

  const auto held = std::ranges::find_if(run.held_votes, [&](const HeldVote& one) {
    return one.stage == command.stage && one.vote.slot() == SlotOf(command);
  });
  const bool has_voted = held != run.held_votes.end();
  const bool is_withdrawal = command.choice == Choice::kWithdraw;
  const bool is_same = is_withdrawal ? !has_voted
                                     : has_voted && IsSaidAlready(held->vote, command) &&
                                           held->subject_digest == run.subject_digest;
  if (is_same) return Accepted{{}, {}, run};

  Separated separated;
  if (!is_withdrawal) {
    if (command.facts.stage != command.stage) {
      return Refusal{RefusalCode::kPrepareAgain, "the facts are about another stage"};
    }
    if (command.facts.rules.empty()) {
      return Refusal{RefusalCode::kNotEligible, command.facts.why_not};
    }
    separated = Separate(run, spec, command);
    if (separated.rules.empty()) return Excluded(run, command, separated.why_not);
    if (auto used = UsedAlready(HeldFor(run, command.stage), command)) return *used;
  }
  Stepper step = at.Step(command.actor.id);
  step.Emit(VoteHeld{command.stage, command.actor.id, command.actor.kind,
                     command.actor.is_everybody, command.choice, std::move(separated.rules),
                     command.comment, run.subject_digest, command.on_behalf_of, command.form_json});
  return std::move(step).Take();
}

// What stands between this vote and the open gate it names; empty when nothing does.
std::optional<Decision> CannotVote(const Case& at, const CastVote& command) {
  const Run& run = at.run;
  if (command.is_any_stage && run.is_finished()) return Finished(run);
  if (command.is_any_stage && run.status != RunStatus::kWaiting) return NoOpenGate(run);
  if (command.is_any_stage && command.stage != run.current_stage) {
    return Refusal{RefusalCode::kPrepareAgain, "the run is at another stage now"};
  }
  const StageSpec* spec = at.workflow.FindStage(command.stage);
  if (spec == nullptr) return NoSuchStage(at.workflow, command.stage);
  const Stage* stage = run.FindStage(command.stage);
  const Gate* gate = stage != nullptr && stage->gate ? &*stage->gate : nullptr;
  if (gate != nullptr && command.epoch.value_or(gate->epoch) != gate->epoch) {
    return Refusal{RefusalCode::kGateNotOpen,
                   fmt::format("expected epoch {} of gate '{}', found epoch {}",
                               command.epoch->value, command.stage.value, gate->epoch.value)};
  }
  if (auto held = Hold(at, *spec, command)) return held;
  if (gate != nullptr && !command.is_any_stage && IsSameVote(run, *gate, command)) {
    return Accepted{{}, {}, run};
  }
  const bool is_ahead = stage == nullptr || stage->state == StageState::kAhead;
  if (gate != nullptr && !is_ahead && gate->decided_at) return Decided(run, command.stage, *gate);
  if (run.is_finished()) return Finished(run);
  // A gate may be undecided and yet not open: the run went back, or now skips its stage.
  if (gate == nullptr || command.stage != run.current_stage) return NotOpenYet(run, command.stage);
  if (run.status != RunStatus::kWaiting) return NoOpenGate(run);
  return std::nullopt;
}

// The deadline's own command may come a moment late: that wins nobody a vote.
std::optional<Refusal> TooLate(const Gate& gate, const StageName& stage, Time now) {
  if (!gate.deadline || gate.is_soft || now < *gate.deadline) return std::nullopt;
  return Refusal{RefusalCode::kDeadlinePassed,
                 fmt::format("gate '{}' had to be decided before {}, and it is {}", stage.value,
                             FormatTime(*gate.deadline), FormatTime(now))};
}

}  // namespace

Decision DecideVote(const Case& at, const CastVote& command) {
  if (auto answer = CannotVote(at, command)) return *std::move(answer);
  const StageSpec& spec = *at.workflow.FindStage(command.stage);
  GW_ASSERT(spec.gate.has_value());  // a stage without a gate is never open
  const Gate& gate = *at.run.FindStage(command.stage)->gate;
  if (IsSameVote(at.run, gate, command)) return Accepted{{}, {}, at.run};
  if (auto late = TooLate(gate, command.stage, at.now)) return *late;
  // Whoever has a vote may take it back, or the reject of somebody who left would block for ever.
  std::vector<RuleId> rules;
  if (command.choice != Choice::kWithdraw) {
    if (command.facts.stage != command.stage || command.facts.escalated != gate.escalated) {
      return Refusal{RefusalCode::kPrepareAgain, "the facts are about another stage or level"};
    }
    if (auto incomplete = Incomplete(at.run, *spec.gate, command)) return *incomplete;
    // Whom separation of duties keeps out of the whole gate hears that first: it is the better
    // reason.
    const bool is_separated = !command.actor.is_everybody;
    if (is_separated) {
      const auto why = WhyExcluded(at.run, spec.gate->separation, spec.name,
                                   {command.actor.id, command.actor.groups});
      if (!why.empty() && !HasOwnSeparation(spec.gate->rules))
        return Excluded(at.run, command, why);
    }
    if (command.facts.rules.empty()) {
      return Refusal{RefusalCode::kNotEligible, command.facts.why_not};
    }
    Separated separated = Separate(at.run, spec, command);
    if (separated.rules.empty()) return Excluded(at.run, command, separated.why_not);
    rules = std::move(separated.rules);
    if (auto used = UsedAlready(gate.votes, command)) return *used;
  }

  Stepper step = at.Step(command.actor.id);
  step.Emit(VoteCast{command.stage, gate.epoch, command.actor.id, command.actor.kind,
                     command.actor.is_everybody, command.choice, std::move(rules), command.comment,
                     false, "", command.on_behalf_of, command.form_json});
  step.SettleGate();
  return std::move(step).Take();
}

Decision DecidePolicyVote(const Case& at, const RecordPolicyVote& command) {
  const Stage* stage = at.run.FindStage(command.stage);
  if (stage == nullptr || !stage->gate || stage->gate->epoch != command.epoch ||
      !stage->gate->is_open() || at.run.current_stage != command.stage) {
    return Refusal{RefusalCode::kGateNotOpen, "the gate was decided before the policy answered"};
  }
  const StageSpec& spec = *at.workflow.FindStage(command.stage);
  const auto voter = std::ranges::find(spec.gate->auto_voters, command.auto_voter, &AutoVoter::id);
  if (voter == spec.gate->auto_voters.end()) {
    return Refusal{RefusalCode::kNotFound, fmt::format("stage '{}' has no policy '{}'",
                                                       command.stage.value, command.auto_voter)};
  }
  if (auto late = TooLate(*stage->gate, command.stage, at.now)) return *late;
  const Vote* before = FindSlot(*stage->gate, ActorOf(command));
  if (before != nullptr && before->choice == command.choice && before->comment == command.reason &&
      before->evidence_json == command.evidence_json) {
    return Accepted{{}, {}, at.run};
  }
  Stepper step = at.Step(ActorOf(command));
  step.Emit(VoteCast{command.stage,
                     command.epoch,
                     ActorOf(command),
                     PrincipalKind::kPolicy,
                     false,
                     command.choice,
                     voter->fills,
                     command.reason,
                     voter->is_shadow,
                     command.evidence_json,
                     {},
                     ""});
  step.SettleGate();
  return std::move(step).Take();
}

}  // namespace gatewright::core
