#include "engine/proof/watch.h"

#include <algorithm>

#include "engine/proof/satisfied.h"

namespace gatewright::proof {
namespace {

using namespace core;  // NOLINT: nearly every name here is the core's

class Watcher {
 public:
  Watcher(const Model& model, const Run& before, const Step& step, const Accepted& accepted,
          std::vector<std::uint8_t>& passages)
      : model_(model), before_(before), step_(step), accepted_(accepted), passages_(passages) {
    passages_.resize(model.stage_count() + 1, kNotPassed);
    // Votes older than their ttl let nobody act, until they are asked again.
    if (step.aged_stage != kNoStage && !HasActedSince(step.aged_stage)) {
      passages_[step.aged_stage] = kNotPassed;
    }
  }

  std::vector<Sight> Take() && { return std::move(sights_); }

  void operator()(const StageSkipped& event) { passages_[IndexOf(event.stage)] = kByVotes; }

  void operator()(const SubjectChanged&) { std::ranges::fill(passages_, kNotPassed); }

  void operator()(const VotesOutdated& event) { passages_[IndexOf(event.stage)] = kNotPassed; }

  void operator()(const GateOpened& event) {
    const std::size_t index = IndexOf(event.stage);
    std::fill(passages_.begin() + static_cast<long>(index), passages_.end(), kNotPassed);
    See(SightKind::kOpened, index);
  }

  void operator()(const VotesCarried& event) {
    if (step_.kind != StepKind::kChangeSubject) return;
    const std::size_t index = IndexOf(event.stage);
    const bool has_policy = std::ranges::any_of(
        event.voters, [](const PrincipalId& voter) { return voter.value.starts_with("policy:"); });
    if (has_policy || !MayKeepVotes(index)) See(SightKind::kOutlived, index);
  }

  void operator()(const OverrideGranted& event) {
    is_overridden_ = is_overridden_ || event.kind == OverrideKind::kGate;
  }

  void operator()(const GateSatisfied& event) {
    const std::size_t index = IndexOf(event.stage);
    const StageSpec& spec = model_.SpecAt(index);
    if (!spec.gate) {
      passages_[index] = kByVotes;
    } else if (IsSatisfiedByVotes(accepted_.run, spec)) {
      passages_[index] = kByVotes;
      See(SightKind::kSatisfied, index);
    } else if (is_overridden_ && step_.kind == StepKind::kOverride) {
      passages_[index] = kByOverride;
    } else if (step_.kind == StepKind::kGateMoment && MayPassByTime(spec)) {
      passages_[index] = kByTime;
    } else {
      passages_[index] = kNotPassed;
    }
  }

  void operator()(const AttemptStarted& event) {
    const std::size_t index = IndexOf(event.stage);
    Judge(index);
    if (!IsGuarded(index)) See(SightKind::kUnguarded, index);
    if (step_.obstacle == Obstacle::kStop) See(SightKind::kDespiteStop, index);
    if (step_.obstacle == Obstacle::kLock && !HeldLocks()) See(SightKind::kDespiteLock, index);
    if (step_.obstacle == Obstacle::kCalendar && step_.kind != StepKind::kOverride) {
      See(SightKind::kDespiteCalendar, index);
    }
    for (const Attempt& attempt : accepted_.run.attempts) {
      if (attempt.stage == event.stage && attempt.state == AttemptState::kSucceeded) {
        See(SightKind::kRepeated, index);
      }
    }
  }

  void operator()(const RunFinished& event) {
    if (event.outcome == RunOutcome::kSucceeded && !before_.review) EndWell();
  }
  // All was done; the review that follows changes nothing of that.
  void operator()(const ReviewOpened& event) {
    if (event.outcome == RunOutcome::kSucceeded) EndWell();
  }

  template <class Other>
  void operator()(const Other&) {}

 private:
  void See(SightKind kind, std::size_t stage) {
    sights_.push_back({kind, static_cast<std::uint8_t>(stage)});
  }
  std::size_t IndexOf(const StageName& stage) const { return model_.IndexOf(stage); }

  std::uint8_t Passages(std::size_t until) const {
    std::uint8_t all = 0;
    for (std::size_t i = 0; i <= until; ++i) all |= passages_[i];
    return all;
  }

  void EndWell() {
    const std::size_t last = model_.stage_count() - 1;
    Judge(last);
    if (Passages(last) == kByVotes) See(SightKind::kPassed, last);
  }

  void Judge(std::size_t until) {
    const std::uint8_t passages = Passages(until);
    if ((passages & kNotPassed) != 0) See(SightKind::kUnsatisfied, until);
    if ((passages & kByOverride) != 0) See(SightKind::kByOverride, until);
    if ((passages & kByTime) != 0) See(SightKind::kByTime, until);
  }

  // What was approved has been used already: its age matters no more.
  bool HasActedSince(std::size_t stage) const {
    const std::size_t current = IndexOf(before_.current_stage);
    return std::ranges::any_of(before_.attempts, [&](const Attempt& attempt) {
      const std::size_t index = IndexOf(attempt.stage);
      return index >= stage && index < current;  // done, or the run would not be beyond it
    });
  }

  static bool MayPassByTime(const StageSpec& spec) {
    return spec.gate->deadline && spec.gate->deadline->on_timeout == OnTimeout::kApprove;
  }

  // What the stage's own words say of a changed subject.
  bool MayKeepVotes(std::size_t index) const {
    const VoteRules& rules = model_.SpecAt(index).gate->votes;
    switch (rules.on_subject_change) {
      case OnSubjectChange::kReset:
        return false;
      case OnSubjectChange::kResetFrom:
        return index < IndexOf(rules.reset_from);
      case OnSubjectChange::kKeepIf:
        return (step_.kept >> index & 1) != 0;
    }
    return false;
  }

  bool HeldLocks() const { return before_.locks.state == LockState::kHeld; }

  // Is anybody asked before this stage acts?
  bool IsGuarded(std::size_t until) const {
    for (std::size_t i = 0; i <= until; ++i) {
      const StageSpec& spec = model_.SpecAt(i);
      const auto& skips = accepted_.run.skips;
      const bool is_skipped =
          std::ranges::find(skips, spec.name, &SkippedStage::stage) != skips.end();
      if (spec.gate && !is_skipped) return true;
    }
    return false;
  }

  const Model& model_;
  const Run& before_;
  const Step& step_;
  const Accepted& accepted_;
  std::vector<std::uint8_t>& passages_;
  std::vector<Sight> sights_;
  bool is_overridden_ = false;
};

}  // namespace

std::vector<Sight> Watch(const Model& model, const Run& before, const Step& step,
                         const Accepted& accepted, std::vector<std::uint8_t>& passages) {
  Watcher watcher(model, before, step, accepted, passages);
  for (const Event& event : accepted.events) std::visit(watcher, event);
  return std::move(watcher).Take();
}

}  // namespace gatewright::proof
