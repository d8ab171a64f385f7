#include "engine/proof/moves.h"

#include <algorithm>
#include <set>

#include "engine/core/gate_times.h"
#include "engine/core/transitions.h"
#include "engine/proof/canonical.h"

namespace gatewright::proof {
namespace {

using namespace core;  // NOLINT: nearly every name here is the core's

std::vector<std::uint64_t> KeptSets(const Model& model, const Run& run) {
  std::vector<std::uint64_t> bits;
  for (const Stage& stage : run.stages) {
    const std::size_t index = model.IndexOf(stage.name);
    if (index >= model.stage_count() || !stage.gate || !model.SpecAt(index).gate) continue;
    const auto& rules = model.SpecAt(index).gate->votes;
    if (rules.on_subject_change == OnSubjectChange::kKeepIf)
      bits.push_back(std::uint64_t{1} << index);
  }
  std::vector<std::uint64_t> sets = {0};
  if (model.is_every_kept_set()) {
    for (const std::uint64_t bit : bits) {
      const auto before = sets;
      for (const std::uint64_t set : before) sets.push_back(set | bit);
    }
    return sets;
  }
  std::uint64_t all = 0;
  for (const std::uint64_t bit : bits) {
    sets.push_back(bit);
    all |= bit;
  }
  sets.push_back(all);
  return sets;
}

class Lister {
 public:
  Lister(const Model& model, const Run& run, const MoveOptions& options)
      : model_(model), run_(run), options_(options), current_(model.IndexOf(run.current_stage)) {}

  std::vector<Step> List() {
    if (!run_.exists()) {
      Creates();
      return std::move(steps_);
    }
    marks_ = MarksOf(model_, run_);
    switch (run_.status) {
      case RunStatus::kWaiting:
        Gate();
        break;
      case RunStatus::kBlocked:
        Add({.kind = StepKind::kLookAgain});
        if (HasWait()) Add({.kind = StepKind::kLookAgain, .is_wait_over = true});
        break;
      case RunStatus::kExecuting:
        Action();
        break;
      case RunStatus::kNeedsAttention:
        for (const Resolution as :
             {Resolution::kRetry, Resolution::kSucceeded, Resolution::kFailed}) {
          Add({.kind = StepKind::kResolve, .resolution = as});
        }
        break;
      case RunStatus::kFailed:
      case RunStatus::kExpired:
        Add({.kind = StepKind::kRetry});
        if (MayReuse()) Add({.kind = StepKind::kRetry, .is_late = true});
        return std::move(steps_);
      default:
        return std::move(steps_);
    }
    Anywhere();
    // Whoever has acted, or is about to, has waited.
    const bool has_waited = HasWait() && (run_.status == RunStatus::kExecuting ||
                                          run_.status == RunStatus::kNeedsAttention);
    for (Step& step : steps_) step.is_wait_over = step.is_wait_over || has_waited;
    return std::move(steps_);
  }

 private:
  void Add(const Step& step) { steps_.push_back(step); }
  bool HasWait() const {
    const Stage* stage = run_.FindStage(run_.current_stage);
    return stage != nullptr && stage->state == StageState::kCurrent && stage->gate &&
           stage->gate->decided_at && !run_.review && model_.SpecAt(current_).wait > Duration{0};
  }
  std::uint16_t People() const { return static_cast<std::uint16_t>(model_.cast().people.size()); }

  void Creates() {
    for (const std::uint64_t skips : model_.skip_sets()) {
      for (const std::size_t person : model_.cast().requesters) {
        Add({.kind = StepKind::kCreate,
             .person = static_cast<std::uint16_t>(person),
             .skips = skips});
      }
    }
  }

  void Gate() {
    const Stage* stage = run_.FindStage(run_.current_stage);
    if (stage == nullptr || !stage->gate || !stage->gate->is_open()) return;
    const StageSpec& spec = model_.SpecAt(current_);
    Votes(current_, &*stage->gate);
    Policies(spec, *stage->gate);
    if (model_.has_directory() && !stage->gate->eligible) Add({.kind = StepKind::kListEligible});
    if (spec.gate->deadline && NextMoment(*stage->gate)) {
      const bool approves = spec.gate->deadline->on_timeout == OnTimeout::kApprove;
      if (!approves || options_.with_approval_by_time) Add({.kind = StepKind::kGateMoment});
    }
  }

  // One of those who can stand for each other is enough. A gate that is not open takes held votes.
  void Votes(std::size_t stage, const core::Gate* gate) {
    std::set<std::pair<std::size_t, std::string>> seen;
    for (std::uint16_t person = 0; person < People(); ++person) {
      if (!seen.insert({model_.KindOf(person), marks_[person]}).second) continue;
      const auto rules = model_.RulesFor(person, stage, gate != nullptr ? gate->escalated : 0);
      const Choice before = ChoiceOf(person, stage, gate);
      Step step{
          .kind = StepKind::kVote, .person = person, .stage = static_cast<std::uint8_t>(stage)};
      for (const Choice choice : {Choice::kApprove, Choice::kReject, Choice::kWithdraw}) {
        const bool is_new = choice == Choice::kWithdraw ? before != Choice::kWithdraw
                                                        : choice != before && !rules.empty();
        if (!is_new) continue;
        if (choice == Choice::kApprove && IsSurplus(person, stage, gate)) continue;
        step.choice = choice;
        Add(step);
      }
    }
  }

  // Withdraw: no vote.
  Choice ChoiceOf(std::uint16_t person, std::size_t stage, const core::Gate* gate) const {
    const std::string& name = model_.cast().people[person].name;
    if (gate != nullptr) {
      for (const Vote& vote : gate->votes) {
        if (vote.voter.value == name) return vote.choice;
      }
      return Choice::kWithdraw;
    }
    for (const HeldVote& held : run_.held_votes) {
      const bool is_it = held.vote.voter.value == name && model_.IndexOf(held.stage) == stage;
      if (is_it && held.subject_digest == run_.subject_digest) return held.vote.choice;
    }
    return Choice::kWithdraw;
  }

  // More approves of one kind than the rules could use never matter.
  bool IsSurplus(std::uint16_t person, std::size_t stage, const core::Gate* gate) const {
    std::uint32_t approves = 0;
    for (std::uint16_t other = 0; other < People(); ++other) {
      if (model_.KindOf(other) != model_.KindOf(person)) continue;
      if (ChoiceOf(other, stage, gate) == Choice::kApprove) ++approves;
    }
    return approves >= model_.UsefulVotes(person, stage);
  }

  // A policy answers once in an epoch; until then it waits, or nobody has asked it.
  void Policies(const StageSpec& spec, const core::Gate& gate) {
    for (std::size_t i = 0; i < spec.gate->auto_voters.size(); ++i) {
      const AutoVoter& voter = spec.gate->auto_voters[i];
      if (voter.is_shadow) continue;
      const auto vote = std::ranges::find(gate.votes, "policy:" + voter.id,
                                          [](const Vote& one) { return one.voter.value; });
      if (vote != gate.votes.end() && vote->carried_reason.empty()) continue;
      for (const Choice choice : {Choice::kApprove, Choice::kReject, Choice::kAbstain}) {
        if (choice == Choice::kApprove && voter.fills.empty()) continue;
        Add({.kind = StepKind::kPolicy,
             .stage = static_cast<std::uint8_t>(current_),
             .policy = static_cast<std::uint8_t>(i),
             .choice = choice});
      }
    }
  }

  void Action() {
    const Attempt* open = run_.OpenAttempt();
    if (open == nullptr) return;
    if (open->state == AttemptState::kPlanned) {
      Add({.kind = StepKind::kStartAttempt});
      return Add({.kind = StepKind::kRaiseIncident});
    }
    for (const AttemptEnd end :
         {AttemptEnd::kSucceeded, AttemptEnd::kTimedOut, AttemptEnd::kUnknown}) {
      Add({.kind = StepKind::kFinishAttempt, .end = end});
    }
    for (const FailureClass failure : {FailureClass::kTransient, FailureClass::kPermanent}) {
      Add({.kind = StepKind::kFinishAttempt, .end = AttemptEnd::kFailed, .failure = failure});
    }
    if (run_.is_cancel_requested) {
      Add({.kind = StepKind::kFinishAttempt, .end = AttemptEnd::kCancelled});
    }
    Add({.kind = StepKind::kMarkStale});
    Add({.kind = StepKind::kRaiseIncident});
  }

  void Anywhere() {
    for (std::size_t i = current_ + 1; i < model_.stage_count(); ++i) {
      const StageSpec& spec = model_.SpecAt(i);
      if (spec.gate && spec.gate->votes.holds_early) Votes(i, nullptr);
    }
    const bool is_waiting = run_.status == RunStatus::kWaiting;
    const bool is_blocked = run_.status == RunStatus::kBlocked;
    if ((is_waiting || is_blocked) && !run_.review && run_.attempts.empty()) {
      for (const std::uint64_t skips : model_.skip_sets()) {
        for (const std::uint64_t kept : KeptSets(model_, run_)) {
          Add({.kind = StepKind::kChangeSubject, .skips = skips, .kept = kept});
        }
      }
    }
    if (model_.workflow().overriding && options_.with_overrides) Overrides();
    Add({.kind = StepKind::kCancel});
    const auto& lock = model_.workflow().lock;
    if (lock && lock->mode == LockMode::kLatestWins && (is_waiting || is_blocked)) {
      Add({.kind = StepKind::kSupersede});
    }
    if (is_waiting && run_.locks.until) Add({.kind = StepKind::kExpireLocks});
  }

  void Overrides() {
    std::set<std::pair<std::size_t, std::string>> seen;
    for (std::uint16_t person = 0; person < People(); ++person) {
      if (!model_.MayOverride(person)) continue;
      if (!seen.insert({model_.KindOf(person), marks_[person]}).second) continue;
      for (const OverrideKind kind :
           {OverrideKind::kGate, OverrideKind::kCalendar, OverrideKind::kLock}) {
        Step step{.kind = StepKind::kOverride, .person = person, .override_kind = kind};
        if (kind == OverrideKind::kCalendar) step.obstacle = Obstacle::kCalendar;
        Add(step);
      }
    }
  }

  bool MayReuse() const {
    const auto stage = std::ranges::find(run_.stages, StageState::kCurrent, &Stage::state);
    if (stage == run_.stages.end() || !stage->gate || !stage->gate->decided_at) return false;
    const auto& gate = model_.workflow().FindStage(stage->name)->gate;
    return gate && gate->votes.reuse_within;
  }

  const Model& model_;
  const Run& run_;
  const MoveOptions& options_;
  std::size_t current_;
  std::vector<std::string> marks_;
  std::vector<Step> steps_;
};

// The last stage whose action was done: gates before it are behind the run.
std::size_t LastActed(const Model& model, const Run& run) {
  std::size_t last = 0;
  for (const Attempt& attempt : run.attempts) {
    if (attempt.state == AttemptState::kSucceeded) {
      last = std::max(last, model.IndexOf(attempt.stage));
    }
  }
  return last;
}

}  // namespace

std::vector<Step> MovesOf(const Model& model, const Run& run, const MoveOptions& options) {
  return Lister(model, run, options).List();
}

std::vector<Step> ObstructedBy(const Model& model, const Run& run, const Step& step) {
  std::vector<Step> steps;
  const auto with = [&](auto change) {
    Step other = step;
    change(other);
    steps.push_back(other);
  };
  with([](Step& one) { one.obstacle = Obstacle::kStop; });
  if (model.workflow().calendar && step.kind != StepKind::kOverride) {
    with([](Step& one) { one.obstacle = Obstacle::kCalendar; });
  }
  const bool has_lock = run.locks.state == LockState::kHeld;
  if (model.workflow().lock && !has_lock) with([](Step& one) { one.obstacle = Obstacle::kLock; });
  if (!model.has_age()) return steps;
  const std::size_t current = model.IndexOf(run.current_stage);
  for (std::size_t i = LastActed(model, run); i <= current && i < model.stage_count(); ++i) {
    const StageSpec& spec = model.SpecAt(i);
    const Stage* stage = run.FindStage(spec.name);
    if (!spec.gate || !spec.gate->votes.ttl || stage == nullptr || !stage->gate) continue;
    if (stage->gate->outcome != GateOutcome::kSatisfied) continue;
    with([&](Step& one) { one.aged_stage = static_cast<std::uint8_t>(i); });
  }
  return steps;
}

}  // namespace gatewright::proof
