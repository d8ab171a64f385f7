#include "engine/proof/canonical.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "engine/core/decide_attempt.h"

namespace gatewright::proof {
namespace {

using namespace core;  // NOLINT: nearly every name here is the core's

constexpr std::chrono::hours kSoon{1};

// The stage at which a failed or expired run is taken up again; else the current one.
std::size_t FocusOf(const Model& model, const Run& run) {
  if (!run.is_finished()) return model.IndexOf(run.current_stage);
  const auto left = std::ranges::find(run.stages, StageState::kCurrent, &Stage::state);
  return left == run.stages.end() ? model.stage_count() : model.IndexOf(left->name);
}

bool IsOver(const Model& model, const Run& run) {
  if (!run.is_finished()) return false;
  const bool may_retry = run.status == RunStatus::kFailed || run.status == RunStatus::kExpired;
  return !may_retry || FocusOf(model, run) == model.stage_count();
}

Run Ended(const Run& run) {
  Run ended;
  ended.id = run.id;
  ended.version = Sequence{1};
  ended.status = run.status;
  ended.finished_at = ProofTime();
  return ended;
}

class Simplifier {
 public:
  Simplifier(const Model& model, State& state)
      : model_(model),
        state_(state),
        run_(state.run),
        focus_(FocusOf(model, run_)),
        may_return_(model.has_age() || model.has_directory() ||
                    (model.has_kept_votes() && run_.attempts.empty())) {}

  void Go() {
    Constants();
    Stages();
    Attempts();
    Holds();
    Overrides();
    Passages();
  }

 private:
  void Constants() {
    run_.version = Sequence{1};
    run_.workflow = {};
    run_.workflow_version = {};
    run_.name.clear();
    run_.subject_json.clear();
    for (HeldVote& held : run_.held_votes) {
      held.subject_digest = held.subject_digest == run_.subject_digest ? "digest-2" : "digest-1";
      Simplify(held.vote);
    }
    run_.subject_digest = "digest-2";
    run_.state.clear();
    run_.finish_reason.clear();
    run_.created_at = run_.updated_at = ProofTime();
    if (run_.finished_at) run_.finished_at = ProofTime();
    if (run_.incident) run_.incident = Incident{"incident", "", ProofTime()};
    if (run_.review) run_.review = ReviewOpened{run_.review->outcome, "", ""};
    if (run_.locks.ticket != 0) run_.locks.ticket = 1;
    if (run_.locks.until) run_.locks.until = ProofTime() + kSoon;
    // Those of stages behind the run are never looked at again.
    std::erase_if(run_.held_votes, [&](const HeldVote& held) {
      return !may_return_ && model_.IndexOf(held.stage) < focus_;
    });
    std::ranges::sort(run_.held_votes, {}, [&](const HeldVote& held) {
      return std::pair(model_.IndexOf(held.stage), held.vote.voter);
    });
  }

  // A carried policy is asked again; whether a person's vote was carried changes nothing.
  static void Simplify(Vote& vote) {
    vote.comment.clear();
    vote.evidence_json.clear();
    vote.form_json.clear();
    if (vote.kind != PrincipalKind::kPolicy) vote.carried_reason.clear();
    if (!vote.carried_reason.empty()) vote.carried_reason = "carried";
    vote.at = ProofTime();
  }

  void Simplify(Gate& gate, std::size_t index) {
    for (Vote& vote : gate.votes) Simplify(vote);
    std::ranges::sort(gate.votes, {}, &Vote::voter);
    gate.epoch = Epoch{1};
    gate.opened_at = ProofTime();
    if (gate.decided_at) gate.decided_at = ProofTime();
    gate.decided_by = PrincipalId{};
    gate.claimed_by = PrincipalId{};
    gate.reason.clear();
    gate.is_overridden = false;
    gate.reminders.clear();
    gate.reminded = 0;
    if (!gate.is_open() || !gate.deadline) {
      gate.deadline.reset();
      gate.is_soft = false;
      gate.escalations.clear();
      return;
    }
    // As if the last moment of it had just come.
    const Deadline& spec = *model_.SpecAt(index).gate->deadline;
    Duration passed{0};
    for (std::size_t i = 0; i < spec.levels.size() && std::cmp_less(i, gate.escalated); ++i) {
      passed = spec.levels[i].after;
    }
    const auto left = [&](Duration after) {
      return ProofTime() + std::max(after - passed, Duration{1});
    };
    gate.escalations.clear();
    for (const Escalation& level : spec.levels) gate.escalations.push_back(left(level.after));
    gate.deadline = left(spec.after);
  }

  void Stages() {
    std::set<PrincipalId> approvers;
    for (Stage& stage : run_.stages) {
      const std::size_t index = model_.IndexOf(stage.name);
      stage.outdated.clear();
      stage.skip_reason.clear();
      stage.entered_at.reset();
      stage.left_at.reset();
      if (!stage.gate) continue;
      if (index >= focus_ || may_return_ || stage.state == StageState::kCurrent) {
        Simplify(*stage.gate, index);
        continue;
      }
      for (const Vote& vote : stage.gate->votes) {
        const std::size_t person = model_.FindPerson(vote.slot());
        const bool is_approve = vote.choice == Choice::kApprove && !vote.is_everybody;
        if (is_approve && person < model_.cast().people.size() &&
            model_.IsRemembered(person, focus_)) {
          approvers.insert(vote.slot());
        }
      }
      stage.gate.reset();
    }
    for (Stage& stage : run_.stages) {
      const bool is_unasked = stage.state == StageState::kAhead && stage.gate;
      if (is_unasked && stage.gate->votes.empty()) stage.gate.reset();
    }
    std::erase_if(run_.stages, [&](const Stage& stage) {
      return stage.state == StageState::kAhead && !stage.gate && stage.name != run_.current_stage;
    });
    if (!approvers.empty()) Remember(approvers);
    if (!may_return_) {
      std::erase_if(run_.skips,
                    [&](const SkippedStage& skip) { return model_.IndexOf(skip.stage) < focus_; });
    }
    for (SkippedStage& skip : run_.skips) skip.reason.clear();
  }

  // All that later gates ask of earlier votes is who approved any: one gate keeps them all.
  void Remember(const std::set<PrincipalId>& approvers) {
    for (Stage& stage : run_.stages) {
      if (!model_.SpecAt(model_.IndexOf(stage.name)).gate) continue;
      if (stage.state == StageState::kSkipped) continue;
      stage.gate.emplace();
      stage.gate->outcome = GateOutcome::kSatisfied;
      stage.gate->decided_at = ProofTime();
      for (const PrincipalId& person : approvers) {
        Vote vote;
        vote.voter = person;
        vote.at = ProofTime();
        stage.gate->votes.push_back(std::move(vote));
      }
      return;
    }
  }

  // What is left: that there were any, which stage had acted last, and the tries of this epoch.
  void Attempts() {
    if (run_.attempts.empty()) return;
    std::vector<Attempt> kept;
    const Attempt* acted = nullptr;
    for (const Attempt& attempt : run_.attempts) {
      const bool is_beyond = model_.IndexOf(attempt.stage) < focus_;
      if (is_beyond || attempt.state == AttemptState::kSucceeded) acted = &attempt;
    }
    const StageName last = run_.attempts.back().stage;
    const Epoch epoch = run_.attempts.back().epoch;
    if (acted != nullptr) kept.push_back(Simplified(*acted, Epoch{0}));
    const auto& action = model_.SpecAt(model_.IndexOf(last)).action;
    const std::size_t most = (action ? action->retry.attempts : 1) + kMaxCrashReruns;
    const bool is_behind = model_.IndexOf(last) != focus_ || epoch != NewestEpoch(last);
    std::vector<Attempt> tries;
    for (const Attempt& attempt : run_.attempts) {
      const bool is_try = attempt.stage == last && attempt.epoch == epoch && &attempt != acted;
      if (is_try) tries.push_back(Simplified(attempt, Epoch{is_behind ? 0 : 1}));
    }
    const std::size_t wanted = is_behind ? 1 : most;
    if (tries.size() > wanted) tries.erase(tries.begin(), tries.end() - static_cast<long>(wanted));
    // Of those that have ended only how many there are matters.
    for (Attempt& one : tries) {
      if (!IsOpen(one.state)) one.state = AttemptState::kFailed;
    }
    kept.insert(kept.end(), tries.begin(), tries.end());
    // An override is reviewed afterwards where anything had started.
    const auto started = std::ranges::any_of(
        run_.attempts, [](const Attempt& attempt) { return attempt.started_at.has_value(); });
    if (started) kept.front().started_at = ProofTime();
    for (std::size_t i = 0; i < kept.size(); ++i) {
      kept[i].number = AttemptNumber{static_cast<std::int64_t>(i) + 1};
    }
    run_.attempts = std::move(kept);
  }

  // As the run had it before its gates were simplified.
  Epoch NewestEpoch(const StageName& stage) const {
    const auto found = epochs_.find(stage);
    return found == epochs_.end() ? Epoch{1} : found->second;
  }

  static Attempt Simplified(const Attempt& attempt, Epoch epoch) {
    Attempt simple;
    simple.stage = attempt.stage;
    simple.epoch = epoch;
    simple.state = attempt.state;
    simple.fencing_token = 1;
    simple.not_before = ProofTime() + kSoon;
    return simple;
  }

  void Holds() {
    for (Hold& hold : run_.holds) hold = {hold.kind, "", std::nullopt};
  }

  void Overrides() {
    bool was_granted = false;
    std::vector<Override> kept;
    for (Override& one : run_.overrides) {
      one.reason.clear();
      was_granted = was_granted || one.is_granted;
      const bool is_used = one.is_granted && one.kind != OverrideKind::kCalendar;
      const bool is_behind = !one.is_granted && one.stage != run_.current_stage;
      if (is_used || is_behind || one.expires_at <= ProofTime()) continue;
      if (one.is_granted) {
        one.by = one.second = PrincipalId{};
        one.stage = StageName{};
      }
      one.expires_at = ProofTime() + kSoon;
      if (std::ranges::find(kept, one) == kept.end()) kept.push_back(std::move(one));
    }
    if (was_granted && model_.workflow().review) {
      kept.push_back({OverrideKind::kGate, {}, {}, {}, "", ProofTime(), true});
    }
    std::ranges::sort(kept, {}, [](const Override& one) {
      return std::tuple(one.kind, one.is_granted, one.stage, one.by);
    });
    run_.overrides = std::move(kept);
  }

  void Passages() {
    auto& passages = state_.passages;
    for (std::size_t i = focus_ + 1; i < passages.size(); ++i) passages[i] = kNotPassed;
    if (may_return_ || focus_ >= passages.size()) return;
    for (std::size_t i = 1; i < focus_; ++i) {
      passages[0] |= passages[i];
      passages[i] = kByVotes;
    }
  }

  const Model& model_;
  State& state_;
  Run& run_;
  std::size_t focus_;
  bool may_return_;

 public:
  void KeepEpochs() {
    for (const Stage& stage : run_.stages) {
      if (stage.gate) epochs_[stage.name] = stage.gate->epoch;
    }
  }

 private:
  std::map<StageName, Epoch> epochs_;
};

// New names by old ones, for every place of a run where a person of the cast stands.
void Rename(const Model& model, Run& run, const std::vector<std::uint16_t>& new_of) {
  const auto rename = [&](PrincipalId& id) {
    const std::size_t person = model.FindPerson(id);
    if (person == new_of.size() || new_of[person] == person) return;
    id = PrincipalId{model.cast().people[new_of[person]].name};
  };
  for (Stage& stage : run.stages) {
    if (!stage.gate) continue;
    for (Vote& vote : stage.gate->votes) rename(vote.voter);
    std::ranges::sort(stage.gate->votes, {}, &Vote::voter);
  }
  for (HeldVote& held : run.held_votes) rename(held.vote.voter);
  std::ranges::sort(run.held_votes, {}, [&](const HeldVote& held) {
    return std::pair(model.IndexOf(held.stage), held.vote.voter);
  });
  for (Override& one : run.overrides) {
    rename(one.by);
    rename(one.second);
  }
}

}  // namespace

Time ProofTime() { return Time{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}}; }

std::vector<std::string> MarksOf(const Model& model, const Run& run) {
  std::vector<std::string> marks(model.cast().people.size());
  const auto mark = [&](const PrincipalId& id, char what, std::size_t stage, int choice,
                        const std::vector<RuleId>* rules) {
    const std::size_t person = model.FindPerson(id);
    if (person == marks.size()) return;
    std::string& text = marks[person];
    text += what;
    text += static_cast<char>(stage);
    text += static_cast<char>(choice);
    if (rules == nullptr) return;
    for (const RuleId& rule : *rules) text += rule.value + ",";
  };
  for (const Stage& stage : run.stages) {
    if (!stage.gate) continue;
    const std::size_t index = model.IndexOf(stage.name);
    for (const Vote& vote : stage.gate->votes) {
      mark(vote.voter, 'v', index, static_cast<int>(vote.choice), &vote.rules);
    }
  }
  for (const HeldVote& held : run.held_votes) {
    mark(held.vote.voter, held.subject_digest == run.subject_digest ? 'h' : 'o',
         model.IndexOf(held.stage), static_cast<int>(held.vote.choice), &held.vote.rules);
  }
  for (const Override& one : run.overrides) {
    mark(one.by, 'a', model.IndexOf(one.stage), static_cast<int>(one.kind), nullptr);
  }
  return marks;
}

Canonical Canonicalize(const Model& model, State state) {
  const std::size_t people = model.cast().people.size();
  Canonical canonical;
  canonical.renamed.resize(people);
  std::iota(canonical.renamed.begin(), canonical.renamed.end(), std::uint16_t{0});
  if (!state.run.exists()) {
    canonical.state = std::move(state);
    return canonical;
  }
  if (IsOver(model, state.run)) {
    canonical.state.run = Ended(state.run);
    return canonical;
  }
  Simplifier simplifier(model, state);
  simplifier.KeepEpochs();
  simplifier.Go();

  const auto marks = MarksOf(model, state.run);
  std::vector<std::uint16_t> new_of = canonical.renamed;
  for (std::size_t p = 0; p < people; ++p) {
    if (model.KindOf(p) != p) continue;
    std::vector<std::uint16_t> alike;
    for (std::size_t q = p; q < people; ++q) {
      if (model.KindOf(q) == p) alike.push_back(static_cast<std::uint16_t>(q));
    }
    if (alike.size() == 1) continue;
    auto ordered = alike;
    std::ranges::stable_sort(ordered, std::ranges::greater{},
                             [&](std::uint16_t q) -> const std::string& { return marks[q]; });
    for (std::size_t i = 0; i < alike.size(); ++i) {
      canonical.renamed[alike[i]] = ordered[i];
      new_of[ordered[i]] = alike[i];
    }
  }
  Rename(model, state.run, new_of);
  canonical.state = std::move(state);
  return canonical;
}

}  // namespace gatewright::proof
