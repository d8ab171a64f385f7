#include "tests/core/property/invariants.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/core/admission.h"
#include "engine/core/apply.h"
#include "engine/core/gate_times.h"
#include "engine/core/rollback.h"
#include "tests/core/property/tally_reference.h"

namespace gatewright::core::test {
namespace {

template <class T>
std::int64_t CountOf(const Accepted& step) {
  return std::ranges::count_if(step.events,
                               [](const Event& event) { return std::holds_alternative<T>(event); });
}

template <class T>
std::int64_t EffectsLike(const Accepted& step) {
  return std::ranges::count_if(
      step.effects, [](const Effect& effect) { return std::holds_alternative<T>(effect); });
}

bool IsCurrent(const Stage& stage) { return stage.state == StageState::kCurrent; }

std::string BrokenGate(const Run& run) {
  const Stage* current = run.FindStage(run.current_stage);
  if (run.is_finished()) return "";
  if (current == nullptr) return "the run is at a stage it never reached";
  const bool is_open = IsCurrent(*current) && current->gate && current->gate->is_open();
  if (run.status == RunStatus::kWaiting && !is_open) return "it waits at a gate that is not open";
  if (run.status == RunStatus::kExecuting && is_open) return "it executes, and its gate is open";
  if (run.status == RunStatus::kBlocked && is_open) return "it is blocked, and its gate is open";
  if (run.status == RunStatus::kBlocked && run.holds.empty()) return "it is blocked by nothing";
  return "";
}

std::string BrokenVotes(const Run& run) {
  for (const Stage& stage : run.stages) {
    if (!stage.gate) continue;
    std::set<PrincipalId> slots;
    std::set<PrincipalId> voters;
    for (const Vote& vote : stage.gate->votes) {
      if (!slots.insert(vote.slot()).second) return "two live votes in one place";
      if (!voters.insert(vote.voter).second) return "one person has two live votes";
    }
  }
  return "";
}

std::string BrokenAttempts(const Run& run) {
  const auto open = std::ranges::count_if(
      run.attempts, [](const Attempt& attempt) { return IsOpen(attempt.state); });
  const bool is_executing = run.status == RunStatus::kExecuting;
  if (is_executing && open != 1) return fmt::format("{} attempts are open, expected 1", open);
  const Attempt* attempt = run.OpenAttempt();
  const bool may_be_planned = run.status == RunStatus::kBlocked;
  if (attempt != nullptr && !is_executing &&
      !(may_be_planned && attempt->state == AttemptState::kPlanned)) {
    return fmt::format("an attempt is open in a run that is {}", ToString(run.status));
  }
  if (attempt != nullptr && attempt->stage != run.current_stage) {
    return "the open attempt is of another stage";
  }
  std::int64_t token = 0;
  for (std::size_t i = 0; i < run.attempts.size(); ++i) {
    const Attempt& one = run.attempts[i];
    if (one.number.value != static_cast<std::int64_t>(i) + 1) return "attempts are misnumbered";
    if (one.fencing_token == 0) continue;  // never started
    if (one.fencing_token <= token) return "fencing tokens do not rise";
    token = one.fencing_token;
  }
  return "";
}

// What was undone is what comes last of what had acted; what is left has not been undone.
std::string BrokenUndoing(const Run& run) {
  if (!run.rollback) return "";
  for (const StageName& stage : run.rollback->left) {
    const Stage* found = run.FindStage(stage);
    if (found == nullptr) return "it is to undo what it never reached";
    if (found->state == StageState::kRolledBack) return "it is to undo what was undone";
  }
  if (run.review) return "";  // at its end, or given up
  if (run.rollback->left.empty()) return "a rollback without anything left to undo";
  const bool is_next = run.current_stage == RollbackOf(run.rollback->left.front());
  return is_next ? "" : "it undoes what is not next";
}

// Stages stand in the order of the workflow; those before the current one are done or skipped,
// except behind an action that was done under another version.
std::string BrokenStages(const Run& run, const Workflow& workflow) {
  std::size_t last = 0;
  for (const Stage& stage : run.stages) {
    if (IsRollback(stage.name)) continue;
    const std::size_t index = workflow.IndexOf(stage.name);
    if (workflow.FindStage(stage.name) == nullptr) continue;  // skipped, and gone since
    if (index < last) return "the stages are out of order";
    last = index;
  }
  std::size_t behind = 0;
  for (const Attempt& attempt : run.attempts) {
    if (IsRollback(attempt.stage)) continue;
    behind = std::max(behind, workflow.IndexOf(attempt.stage));
  }
  const bool is_complete = run.status == RunStatus::kSucceeded;
  if ((run.is_finished() && !is_complete) || run.rollback) return BrokenUndoing(run);
  const std::size_t current =
      is_complete || run.review ? workflow.stages.size() : workflow.IndexOf(run.current_stage);
  if (run.review && run.review->outcome != RunOutcome::kSucceeded) return "";
  for (std::size_t i = behind; i < current; ++i) {
    const StageName& name = workflow.stages[i].name;
    if (std::ranges::count(run.skips, name, &SkippedStage::stage) > 0) continue;
    const Stage* stage = run.FindStage(name);
    const bool is_over = stage != nullptr && (stage->state == StageState::kDone ||
                                              stage->state == StageState::kSkipped);
    if (!is_over) return fmt::format("it went past stage '{}'", name.value);
  }
  return "";
}

std::string BrokenStatus(const Run& run) {
  if (run.is_finished() != run.current_stage.empty()) return "finished, and still at a stage";
  if (run.is_finished() != run.finished_at.has_value()) return "finished at no time, or too early";
  const bool needs_attention = run.status == RunStatus::kNeedsAttention;
  if (needs_attention != run.incident.has_value()) return "an incident without a reason to look";
  if (run.status == RunStatus::kExecuting && run.state != "executing") return "executing unseen";
  if (run.is_finished() && run.locks.state != LockState::kNone) return "finished with a lock";
  if (run.status == RunStatus::kWaiting && run.locks.state == LockState::kQueued) {
    return "it stands in line while people decide";
  }
  return "";
}

// Whose vote separation of duties keeps out, by looking at the run alone.
bool IsExcluded(const Run& run, const SeparationOfDuties& separation, const StageName& stage,
                const PrincipalId& person) {
  if (separation.excludes_requester && !run.is_requester_everybody && person == run.requester) {
    return true;
  }
  const bool has_asked = run.rollback && run.rollback->by == person;
  if (separation.excludes_requester && has_asked) return true;
  const auto& authors = run.facts.committers;
  if (separation.excludes_committers && std::ranges::count(authors, person) > 0) return true;
  if (!separation.excludes_previous_voters) return false;
  for (const Stage& earlier : run.stages) {
    if (earlier.name == stage) break;
    if (!earlier.gate || earlier.state == StageState::kSkipped) continue;
    if (IsRollback(stage) && !IsRollback(earlier.name)) continue;
    for (const Vote& vote : earlier.gate->votes) {
      const bool is_theirs = vote.voter == person || vote.on_behalf_of == person;
      if (is_theirs && vote.choice == Choice::kApprove && !vote.is_everybody) return true;
    }
  }
  return false;
}

// What the gate's votes come to, found the slow way.
GateOutcome ReferenceOutcome(const Run& run, const StageSpec& spec, const core::Gate& gate) {
  constexpr std::uint32_t kNever = 99;
  GateSpec resolved = *spec.gate;
  std::vector<Vote> votes = gate.votes;
  const auto resolve = [&](auto& self, Rule& rule) -> void {
    for (Rule& child : rule.children) self(self, child);
    if (rule.kind != RuleKind::kLeaf) return;
    const SeparationOfDuties& separation =
        rule.separation ? *rule.separation : spec.gate->separation;
    for (Vote& vote : votes) {
      if (vote.kind == PrincipalKind::kPolicy || vote.is_everybody) continue;
      if (IsExcluded(run, separation, spec.name, vote.voter) ||
          IsExcluded(run, separation, spec.name, vote.slot())) {
        std::erase(vote.rules, rule.id);
      }
    }
    if (!rule.needs_all) return;
    rule.need = kNever;
    if (!gate.eligible) return;
    const auto listed = std::ranges::find(*gate.eligible, rule.id, &RulePeople::rule);
    if (listed == gate.eligible->end()) return;
    std::set<PrincipalId> people;
    for (const PrincipalId& person : listed->people) {
      if (!IsExcluded(run, separation, spec.name, person)) people.insert(person);
    }
    if (!people.empty()) rule.need = static_cast<std::uint32_t>(people.size());
    for (Vote& vote : votes) {
      // A no counts, whether the list has its voter or not.
      const bool is_no = vote.choice == Choice::kReject;
      if (!is_no && !people.contains(vote.slot())) std::erase(vote.rules, rule.id);
    }
  };
  resolve(resolve, resolved.rules);
  std::erase_if(votes, [](const Vote& vote) {
    return vote.rules.empty() && vote.kind != PrincipalKind::kPolicy;
  });
  return ReferenceTally(resolved, votes);
}

// The run after each event of a step, and what must hold at that moment.
class Replay {
 public:
  explicit Replay(const Step& step) : step_(step), run_(step.before) {}

  std::string Go() {
    const Stamp stamp{now(), ActorOf(step_.command)};
    for (const Event& event : step_.accepted.events) {
      if (std::holds_alternative<OverrideGranted>(event)) is_overridden_ = true;
      Apply(run_, event, stamp);
      std::string broken;
      if (const auto* satisfied = std::get_if<GateSatisfied>(&event)) {
        broken = BrokenApproval(satisfied->stage);
      } else if (const auto* started = std::get_if<AttemptStarted>(&event)) {
        broken = BrokenStart(started->stage);
      }
      if (!broken.empty()) return broken;
    }
    return "";
  }

 private:
  Time now() const { return step_.installation.now; }

  std::string BrokenApproval(const StageName& name) const {
    const StageSpec* spec = step_.workflow.FindStage(name);
    const Stage& stage = *run_.FindStage(name);
    if (!IsCurrent(stage)) return "a gate is satisfied that is not open";
    if (!spec->gate || is_overridden_ || stage.gate->is_overridden) return "";
    const auto* due = std::get_if<GateDue>(&step_.command);
    if (due != nullptr && due->stage == name && due->epoch == stage.gate->epoch) {
      const bool is_allowed =
          spec->gate->deadline && spec->gate->deadline->on_timeout == OnTimeout::kApprove;
      const bool is_refused = std::ranges::any_of(stage.gate->votes, [](const Vote& vote) {
        return vote.choice == Choice::kReject && !vote.is_shadow;
      });
      if (is_refused) return "time beat a person who said no";
      return is_allowed ? "" : "time satisfied a gate that does not allow it";
    }
    return ReferenceOutcome(run_, *spec, *stage.gate) == GateOutcome::kSatisfied
               ? ""
               : "a gate is satisfied by votes that do not satisfy it";
  }

  std::string BrokenStart(const StageName& name) const {
    const StageSpec& spec = *step_.workflow.FindStage(name);
    const Stage& stage = *run_.FindStage(name);
    if (!IsCurrent(stage) || stage.gate->outcome != GateOutcome::kSatisfied) {
      return "an attempt started though its gate is not satisfied";
    }
    if (run_.OpenAttempt()->epoch != stage.gate->epoch) {
      return "an attempt started that an earlier epoch of its gate let be planned";
    }
    for (const Stop& stop : step_.installation.site.stops) {
      const bool is_in_force = !stop.until || now() < *stop.until;
      if (is_in_force && Matches(stop.selector, run_, step_.workflow, name)) {
        return "an attempt started while a stop was in force";
      }
    }
    if (run_.not_before && now() < *run_.not_before) return "an attempt started before its time";
    if (now() < *stage.gate->decided_at + spec.wait) return "an attempt did not wait";
    if (!AgeOfVotes(run_, step_.workflow, now()).expired.empty()) {
      return "an attempt started with votes that are too old";
    }
    const auto& lock = step_.workflow.lock;
    const auto& keys = run_.facts.lock_keys;
    if (lock && !keys.empty() &&
        (run_.locks.state != LockState::kHeld || run_.locks.keys != keys)) {
      return "an attempt started without its locks";
    }
    return BrokenCalendar();
  }

  std::string BrokenCalendar() const {
    if (!step_.workflow.calendar) return "";
    for (const Override& one : run_.overrides) {
      if (one.is_granted && one.kind == OverrideKind::kCalendar && now() < one.expires_at)
        return "";
    }
    const auto found = step_.installation.calendars.find(step_.workflow.calendar->name);
    if (found == step_.installation.calendars.end()) return "it started without its calendar";
    const Opening opening = found->second->At(now());
    const Duration runway = step_.workflow.calendar->min_runway;
    const bool is_long_enough =
        opening.is_open && (!opening.changes_at || now() + runway <= *opening.changes_at);
    return is_long_enough ? "" : "an attempt started while its calendar was closed";
  }

  const Step& step_;
  Run run_;
  bool is_overridden_ = false;
};

bool OnlyRecords(const Accepted& accepted) {
  return CountOf<LateAnswerRecorded>(accepted) == static_cast<std::int64_t>(accepted.events.size());
}

std::string BrokenEffects(const Step& step) {
  const Accepted& accepted = step.accepted;
  if (CountOf<AttemptStarted>(accepted) != EffectsLike<CallExecutor>(accepted)) {
    return "attempts started and executors called differ";
  }
  // What was handed over while it was asked to stop is asked again.
  const auto asked_again =
      step.before.is_cancel_requested ? CountOf<AttemptHandedOver>(accepted) : 0;
  if (CountOf<CancelRequested>(accepted) + asked_again != EffectsLike<StopExecutor>(accepted)) {
    return "stops asked for and executors stopped differ";
  }
  for (const Event& event : accepted.events) {
    const auto* opened = std::get_if<GateOpened>(&event);
    if (opened == nullptr) continue;
    const auto& gate = step.workflow.FindStage(opened->stage)->gate;
    const bool is_asked =
        std::ranges::count(accepted.effects, Effect{AskPolicies{opened->stage, opened->epoch}}) ==
        1;
    if (is_asked != (gate && !gate->auto_voters.empty())) return "policies were not asked once";
  }
  return "";
}

}  // namespace

std::string BrokenRun(const Run& run, const Workflow& workflow) {
  for (const std::string& broken : {BrokenStatus(run), BrokenGate(run), BrokenVotes(run),
                                    BrokenAttempts(run), BrokenStages(run, workflow)}) {
    if (!broken.empty()) return broken;
  }
  return "";
}

std::string BrokenStep(const Step& step) {
  const Run& before = step.before;
  const Run& after = step.accepted.run;
  if (step.accepted.events.empty()) {
    if (!(after == before)) return "nothing happened, and yet the run changed";
    if (!step.accepted.effects.empty()) return "nothing happened, and yet there are effects";
    return "";
  }
  if (after.version.value != before.version.value + 1) return "one step is not one version";
  const bool is_again = std::holds_alternative<RetryRun>(step.command) ||
                        std::holds_alternative<RollBackRun>(step.command);
  if (before.exists() && before.is_finished() && !is_again) {
    if (!OnlyRecords(step.accepted)) return "a finished run goes on";
    if (after.status != before.status || after.state != before.state) return "an end was changed";
  }
  if (auto broken = BrokenEffects(step); !broken.empty()) return broken;
  return Replay(step).Go();
}

std::string BrokenPatience(const Run& run, const Workflow& workflow) {
  if (run.status != RunStatus::kWaiting) return "";
  const StageSpec& spec = *workflow.FindStage(run.current_stage);
  const core::Gate& gate = *run.FindStage(run.current_stage)->gate;
  return ReferenceOutcome(run, spec, gate) == GateOutcome::kPending
             ? ""
             : "a gate waits though its votes decide it";
}

void Timers::Follow(const std::vector<Effect>& effects) {
  for (const Effect& effect : effects) {
    if (const auto* set = std::get_if<SetTimer>(&effect)) due_[set->kind] = set->due;
    if (const auto* clear = std::get_if<ClearTimer>(&effect)) {
      due_.erase(clear->kind);
      if (clear->kind == TimerKind::kStartAttempt) is_queued_ = false;
    }
    if (std::holds_alternative<QueueAttempt>(effect)) is_queued_ = true;
    if (std::holds_alternative<CallExecutor>(effect)) is_queued_ = false;
  }
}

std::string Timers::Broken(const Run& run, const Workflow& workflow) const {
  std::map<TimerKind, Time> wanted;
  const auto want = [&](TimerKind kind, std::optional<Time> due) {
    if (due) wanted[kind] = *due;
  };
  if (run.status == RunStatus::kWaiting) {
    want(TimerKind::kGateDeadline, NextMoment(*run.FindStage(run.current_stage)->gate));
    want(TimerKind::kLocks, run.locks.until);
  } else if (const auto locks = due_.find(TimerKind::kLocks);
             locks != due_.end() && run.locks.until == locks->second) {
    want(TimerKind::kLocks, locks->second);  // set while people decided: it does no harm
  }
  const Attempt* open = run.OpenAttempt();
  if (run.status == RunStatus::kExecuting && open->state == AttemptState::kPlanned && !is_queued_) {
    want(TimerKind::kStartAttempt, open->not_before);
  }
  if (run.status == RunStatus::kBlocked) {
    std::optional<Time> next = AgeOfVotes(run, workflow, run.updated_at).next;
    for (const Hold& hold : run.holds) {
      if (hold.until) next = std::min(*hold.until, next.value_or(*hold.until));
    }
    // One that has come, or comes too early, does no harm.
    const auto set = due_.find(TimerKind::kLookAgain);
    const bool is_soon = set != due_.end() && (!next || set->second <= *next);
    want(TimerKind::kLookAgain, is_soon ? set->second : next);
  }
  if (due_ == wanted) return "";
  std::string text = "the timers set are not the ones the run waits for: set";
  for (const auto& [kind, due] : due_) text += fmt::format(" {}", static_cast<int>(kind));
  text += ", wanted";
  for (const auto& [kind, due] : wanted) text += fmt::format(" {}", static_cast<int>(kind));
  return text;
}

}  // namespace gatewright::core::test
