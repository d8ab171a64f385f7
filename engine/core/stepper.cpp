#include "engine/core/stepper.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/base/assert.h"
#include "engine/core/admission.h"
#include "engine/core/electorate.h"
#include "engine/core/gate_times.h"
#include "engine/core/rollback.h"
#include "engine/core/separation.h"
#include "engine/core/tally.h"

namespace gatewright::core {
namespace {

const std::string* SkipReason(const Run& run, const StageName& stage) {
  const auto found = std::ranges::find(run.skips, stage, &SkippedStage::stage);
  return found == run.skips.end() ? nullptr : &found->reason;
}

// The run's state before the stage at `index`: that of the last stage done before it.
std::string StateBefore(const Run& run, const Workflow& workflow, std::size_t index) {
  std::string state = workflow.initial_state;
  for (std::size_t i = 0; i < index && i < workflow.stages.size(); ++i) {
    const Stage* stage = run.FindStage(workflow.stages[i].name);
    if (stage != nullptr && stage->state == StageState::kDone) {
      state = workflow.stages[i].done_state;
    }
  }
  return state;
}

// The same hold may word itself differently from one moment to the next.
bool AreSame(const std::vector<Hold>& a, const std::vector<Hold>& b) {
  return std::ranges::equal(a, b, [](const Hold& one, const Hold& other) {
    return one.kind == other.kind && one.until == other.until;
  });
}

bool IsSeparated(const GateSpec& gate) {
  if (gate.separation != SeparationOfDuties{}) return true;
  const auto leaves = Leaves(gate.rules);
  return std::ranges::any_of(leaves, [](const Rule* leaf) { return leaf->separation.has_value(); });
}

// The tally as the decision makes it: with the people known, and separation of duties looked at
// again.
GateOutcome Outcome(const Run& run, const StageSpec& stage, const Gate& gate) {
  const bool needs_all = NeedsAll(stage.gate->rules);
  const bool is_separated = IsSeparated(*stage.gate);
  if (!needs_all && !is_separated) return Tally(*stage.gate, gate.votes);
  auto votes = is_separated ? CountedVotes(run, stage, gate) : gate.votes;
  if (!needs_all) return Tally(*stage.gate, votes);
  LeaveListed(run, stage, gate, votes);
  GateSpec spec = *stage.gate;
  spec.rules = ResolvedRules(run, stage, gate);
  return Tally(spec, votes);
}

}  // namespace

Stepper::Stepper(const Run& run, const Workflow& workflow, const World& world, PrincipalId actor,
                 Time now)
    : workflow_(&workflow), world_(world), stamp_{now, std::move(actor)} {
  accepted_.run = run;
}

const StageSpec& Stepper::CurrentSpec() const {
  const StageSpec* spec = workflow_->FindStage(run().current_stage);
  GW_ASSERT(spec != nullptr);
  return *spec;
}

const Gate& Stepper::CurrentGate() const {
  const Stage* stage = run().FindStage(run().current_stage);
  GW_ASSERT(stage != nullptr && stage->gate);
  return *stage->gate;
}

void Stepper::Emit(Event event) {
  Apply(accepted_.run, event, stamp_);
  accepted_.events.push_back(std::move(event));
}

void Stepper::EnterStage(std::size_t index) {
  const auto& stages = workflow_->stages;
  for (; index < stages.size(); ++index) {
    if (const std::string* reason = SkipReason(run(), stages[index].name)) {
      Emit(StageSkipped{stages[index].name, *reason});
      continue;
    }
    return Enter(stages[index]);
  }
  FinishRun(RunOutcome::kSucceeded, back_state_.empty() ? run().state : back_state_, "");
}

void Stepper::Enter(const StageSpec& stage) {
  const bool locks_first = workflow_->lock && workflow_->lock->acquire == LockAcquire::kBeforeGate;
  if (locks_first && !TakeLocks()) {
    // The line is joined, and the stage waits for its turn before it asks anybody.
    return Block(stage.name,
                 {{HoldKind::kLock, "waits for its locks before anybody is asked", std::nullopt}});
  }
  OpenGate(stage, reason_);
}

void Stepper::UndoNext() {
  const Rollback& rollback = *run().rollback;
  if (rollback.left.empty()) {
    return FinishRun(RunOutcome::kRolledBack, "rolled_back", rollback.reason);
  }
  const StageSpec* stage = workflow_->FindStage(RollbackOf(rollback.left.front()));
  GW_ASSERT(stage != nullptr);
  reason_ = fmt::format("{} rolls the run back", rollback.by.value);
  Enter(*stage);
}

void Stepper::GoBackTo(const StageSpec& stage, const std::string& reason) {
  if (stage.undoes.empty()) return GoBackTo(workflow_->IndexOf(stage.name), reason);
  reason_ = reason;
  Enter(stage);
}

void Stepper::GoBackTo(std::size_t index, const std::string& reason) {
  reason_ = reason;
  back_state_ = StateBefore(run(), *workflow_, index);
  if (back_state_ == run().state) back_state_.clear();
  EnterStage(index);
}

void Stepper::OpenGate(const StageSpec& stage, const std::string& reason) {
  GateOpened opened;
  opened.stage = stage.name;
  opened.state = std::exchange(back_state_, "");
  std::optional<Gate> old;
  if (const Stage* reached = run().FindStage(stage.name); reached != nullptr && reached->gate) {
    old = reached->gate;
    opened.epoch = Epoch{old->epoch.value + 1};
    opened.reason = reason;
  }
  if (stage.gate && stage.gate->deadline) {
    SetTimes(opened, *stage.gate->deadline, now(), world_);
  }
  if (run().status == RunStatus::kBlocked) Request(ClearTimer{TimerKind::kLookAgain});
  const Epoch epoch = opened.epoch;
  const bool has_moments = opened.deadline.has_value();
  Emit(std::move(opened));
  if (!stage.gate) return PassGate();

  if (old) CarryVotes(*old, stage.name, epoch, reason);
  if (!run().held_votes.empty()) CountHeldVotes(stage.name, epoch);
  if (has_moments) SetGateTimer();
  if (!stage.gate->auto_voters.empty()) Request(AskPolicies{stage.name, epoch});
  if (world_.has_directory) Request(ListEligible{stage.name, epoch});
  const bool has_claim = run().locks.state != LockState::kNone;
  if (has_claim && workflow_->lock && workflow_->lock->acquire == LockAcquire::kAfterGate) {
    ReleaseLocks("the next gate waits for people");
  }
  if (run().locks.until) Request(SetTimer{TimerKind::kLocks, *run().locks.until});
  if (!CurrentGate().votes.empty()) SettleGate();
}

void Stepper::CarryVotes(const Gate& old, const StageName& stage, Epoch epoch,
                         const std::string& reason) {
  VotesCarried carried{stage, epoch, {}, reason};
  for (const Vote& vote : old.votes) carried.voters.push_back(vote.voter);
  if (!carried.voters.empty()) Emit(std::move(carried));
}

void Stepper::CountHeldVotes(const StageName& stage, Epoch epoch) {
  const std::vector<HeldVote> all = run().held_votes;
  for (const HeldVote& held : all) {
    if (held.stage != stage) continue;
    const Vote& vote = held.vote;
    if (held.subject_digest != run().subject_digest) {
      Emit(HeldVoteDropped{stage, vote.voter, "it was about another subject"});
      continue;
    }
    // Carried votes are there already, and none of them was known when this one was held.
    if (const auto why = WhyUsed(CurrentGate().votes, vote.voter, vote.slot()); !why.empty()) {
      Emit(HeldVoteDropped{stage, vote.voter, why});
      continue;
    }
    Emit(VoteCast{stage, epoch, vote.voter, vote.kind, vote.is_everybody, vote.choice, vote.rules,
                  vote.comment, false, "", vote.on_behalf_of, vote.form_json});
  }
}

void Stepper::PassGate() {
  Emit(GateSatisfied{run().current_stage, CurrentGate().epoch});
  CloseGateTimer();
  if (run().review) return FinishReview();
  if (!CurrentSpec().action) return FinishStage();
  TryAct();
}

void Stepper::TryAct() {
  const VotesAge age = AgeOfVotes(run(), *workflow_, now());
  if (!age.expired.empty()) return AskOldVotesAgain(age.expired);
  auto holds = HoldsOf(run(), *workflow_, CurrentSpec(), now(), world_);
  if (!holds.empty()) {
    // Whoever cannot act anyway does not keep others waiting.
    if (run().locks.state == LockState::kQueued) ReleaseLocks("it cannot act yet");
    return Block(run().current_stage, std::move(holds));
  }
  if (!TakeLocks()) {
    return Block(run().current_stage,
                 {{HoldKind::kLock, "stands in line for its locks", std::nullopt}});
  }
  StartAttempt();
}

void Stepper::AskOldVotesAgain(const std::vector<const StageSpec*>& expired) {
  const auto why = [&](const StageSpec& stage) {
    return fmt::format("approved more than {} ago and not executed since",
                       FormatDuration(*stage.gate->votes.ttl));
  };
  EndPlanned("not started: its votes have grown too old");
  for (const StageSpec* stage : expired) {
    Outdate(stage->name, why(*stage), [](const Vote&) { return true; });
  }
  if (run().locks.state != LockState::kNone) ReleaseLocks("votes have grown too old");
  GoBackTo(*expired.front(), why(*expired.front()));
}

void Stepper::Block(const StageName& stage, std::vector<Hold> holds) {
  const bool was_blocked = run().status == RunStatus::kBlocked;
  const bool is_known = accepted_.events.empty() && was_blocked && AreSame(run().holds, holds);
  if (is_known) return;  // and its timer is set
  Emit(ActionBlocked{stage, holds});
  std::optional<Time> next = AgeOfVotes(run(), *workflow_, now()).next;
  for (const Hold& hold : holds) {
    if (hold.until) next = std::min(*hold.until, next.value_or(*hold.until));
  }
  if (next) {
    Request(SetTimer{TimerKind::kLookAgain, *next});
  } else if (was_blocked) {
    Request(ClearTimer{TimerKind::kLookAgain});
  }
}

// True when the run has its locks, or needs none; else it stands in line.
bool Stepper::TakeLocks() {
  const auto& keys = run().facts.lock_keys;
  if (!workflow_->lock || keys.empty() || run().locks.state == LockState::kHeld) return true;
  const LockSpec& spec = *workflow_->lock;
  static const LockTable kNobody;
  const LockTable& table = world_.locks != nullptr ? *world_.locks : kNobody;
  const std::int64_t fresh = table.newest_ticket() + 1;
  const std::int64_t ticket = run().locks.ticket != 0 ? run().locks.ticket : fresh;
  const bool is_free =
      table.Obstacle(run().id, run().parent, keys, ticket, spec.mode, spec.limit).is_none();
  const bool was_queued = run().locks.state == LockState::kQueued;
  if (is_free) {
    const auto until = spec.ttl ? std::optional(now() + *spec.ttl) : std::nullopt;
    Emit(LocksTaken{keys, spec.mode, spec.limit, fresh, until});
  } else if (!was_queued) {
    Emit(LocksQueued{keys, spec.mode, spec.limit, ticket});
  }
  // A run that finds its place again, after a stop, say, is no newer for that; one that is rolled
  // back brings nothing newer.
  if (spec.mode == LockMode::kLatestWins && (is_free || !was_queued) && !run().rollback) {
    auto older = table.Older(run().id, keys, ticket);
    std::erase_if(older, [&](RunId other) { return run().parent && other == *run().parent; });
    if (!older.empty()) Request(SupersedeRuns{std::move(older)});
  }
  return is_free;
}

void Stepper::ReleaseLocks(const std::string& reason) {
  if (run().locks.until) Request(ClearTimer{TimerKind::kLocks});
  Emit(LocksReleased{run().locks.keys, reason});
}

void Stepper::StartAttempt() {
  const StageSpec& stage = CurrentSpec();
  const Attempt* planned = run().OpenAttempt();
  const AttemptNumber number =
      planned != nullptr ? planned->number
                         : AttemptNumber{static_cast<std::int64_t>(run().attempts.size()) + 1};
  if (run().status == RunStatus::kBlocked) Request(ClearTimer{TimerKind::kLookAgain});
  if (run().locks.until) Request(ClearTimer{TimerKind::kLocks});
  if (!world_.has_free_worker) {
    Emit(AttemptPlanned{stage.name, number, now()});
    return Request(QueueAttempt{stage.name, number});
  }
  // Strictly rising within the run, and under a lock over all runs that have held it.
  constexpr std::int64_t kVersions = 1 << 20;
  const std::int64_t ticket = run().locks.state == LockState::kHeld ? run().locks.ticket : 0;
  std::int64_t fencing_token = ticket * kVersions + run().version.value + 1;
  for (const Attempt& before : run().attempts) {
    // It may have held a lock then and need none now.
    fencing_token = std::max(fencing_token, before.fencing_token + 1);
  }
  Emit(AttemptStarted{stage.name, number, fencing_token, now() + stage.action->timeout});
  Request(CallExecutor{stage.name, number});
}

void Stepper::PlanAttempt(Time not_before) {
  if (not_before <= now()) return TryAct();
  const AttemptNumber number{static_cast<std::int64_t>(run().attempts.size()) + 1};
  Emit(AttemptPlanned{run().current_stage, number, not_before});
  Request(SetTimer{TimerKind::kStartAttempt, not_before});
}

void Stepper::EndPlanned(const std::string& why) {
  const Attempt* planned = run().OpenAttempt();
  if (planned == nullptr) return;
  GW_ASSERT(planned->state == AttemptState::kPlanned);
  if (run().status == RunStatus::kExecuting) Request(ClearTimer{TimerKind::kStartAttempt});
  Emit(AttemptEnded{planned->stage, planned->number, AttemptEnd::kCancelled,
                    FailureClass::kPermanent, why, ""});
}

void Stepper::FinishStage() {
  const StageSpec& stage = CurrentSpec();
  if (!stage.undoes.empty()) {
    Emit(StageDone{stage.name, StateBefore(run(), *workflow_, workflow_->IndexOf(stage.undoes))});
    const bool is_stopped = run().is_cancel_requested && !run().rollback->left.empty();
    return is_stopped ? GiveUpRollback(RunOutcome::kCancelled, "before the next stage")
                      : UndoNext();
  }
  const std::size_t index = workflow_->IndexOf(stage.name);
  Emit(StageDone{stage.name, stage.done_state});
  const bool is_last = index + 1 == workflow_->stages.size();
  if (run().is_cancel_requested && !is_last) {
    return FinishRun(RunOutcome::kCancelled, "cancelled", "cancelled while its action was running");
  }
  EnterStage(index + 1);
}

void Stepper::FinishRun(RunOutcome outcome, std::string state, std::string reason) {
  if (run().rollback && outcome != RunOutcome::kRolledBack) return GiveUpRollback(outcome, reason);
  End(outcome, std::move(state), std::move(reason));
}

// Before anything was undone the run is again what it was; else it is neither one nor the other.
void Stepper::GiveUpRollback(RunOutcome outcome, const std::string& reason) {
  const Rollback rollback = *run().rollback;
  std::string why = fmt::format("its rollback was {}", ToString(outcome));
  if (!reason.empty()) why += ": " + reason;
  if (HasBegunToUndo(run())) return End(RunOutcome::kFailed, "rollback_failed", std::move(why));
  if (!rollback.finish_reason.empty()) why = rollback.finish_reason + "; " + why;
  End(OutcomeOf(rollback.status), rollback.state, std::move(why));
}

void Stepper::End(RunOutcome outcome, std::string state, std::string reason) {
  if (run().locks.state != LockState::kNone) ReleaseLocks("the run has ended");
  if (run().status == RunStatus::kBlocked) Request(ClearTimer{TimerKind::kLookAgain});
  // However it ends: cancelling afterwards is no way around the review.
  const bool has_acted = run().rollback
                             ? HasBegunToUndo(run())
                             : std::ranges::any_of(run().attempts, [](const Attempt& attempt) {
                                 return attempt.started_at.has_value();
                               });
  const bool is_effective = has_acted || (outcome == RunOutcome::kSucceeded && !run().rollback);
  if (is_effective && WasOverridden() && workflow_->review && !run().review) {
    const StageName& review = workflow_->review->name;
    Outdate(review, "it was about what the run had done before", [](const Vote&) { return true; });
    Emit(ReviewOpened{outcome, std::move(state), std::move(reason)});
    back_state_ = StateBefore(run(), *workflow_, workflow_->stages.size());
    return OpenGate(*workflow_->review, "an override of this run is to be looked at");
  }
  Emit(RunFinished{outcome, std::move(state), std::move(reason)});
}

// What was overridden before a rollback has been reviewed by then.
bool Stepper::WasOverridden() const {
  return std::ranges::any_of(run().overrides, [&](const Override& one) {
    return one.is_granted && IsRollback(one.stage) == run().rollback.has_value();
  });
}

void Stepper::FinishReview() {
  const ReviewOpened review = *run().review;
  std::string reason = review.reason.empty() ? "" : review.reason + "; ";
  switch (CurrentGate().outcome) {
    case GateOutcome::kSatisfied:
      reason += "its override was reviewed and found justified";
      break;
    case GateOutcome::kRejected:
      reason += "its override was reviewed and found not justified";
      break;
    default:
      reason += "nobody reviewed its override in time";
  }
  Emit(StageDone{run().current_stage, review.state});
  Emit(RunFinished{review.outcome, review.state, std::move(reason)});
}

void Stepper::SettleGate() {
  switch (Outcome(run(), CurrentSpec(), CurrentGate())) {
    case GateOutcome::kSatisfied:
      return PassGate();
    case GateOutcome::kRejected:
      return RejectGate("");
    case GateOutcome::kPending:
    case GateOutcome::kExpired:
    case GateOutcome::kImpossible:
      return;
  }
}

void Stepper::RejectGate(const std::string& reason) {
  Emit(GateRejected{run().current_stage, CurrentGate().epoch});
  CloseGateTimer();
  if (run().review) return FinishReview();
  FinishRun(RunOutcome::kRejected, "rejected", reason);
}

void Stepper::ExpireGate(const std::string& reason) {
  Emit(GateExpired{run().current_stage, CurrentGate().epoch});
  CloseGateTimer();
  if (run().review) return FinishReview();
  FinishRun(RunOutcome::kExpired, "expired", reason);
}

void Stepper::CloseGateTimer() {
  const StageSpec& stage = CurrentSpec();
  if (stage.gate && stage.gate->deadline) Request(ClearTimer{TimerKind::kGateDeadline});
}

void Stepper::SetGateTimer() {
  if (const auto next = NextMoment(CurrentGate())) {
    Request(SetTimer{TimerKind::kGateDeadline, *next});
  } else {
    Request(ClearTimer{TimerKind::kGateDeadline});
  }
}

Accepted Stepper::Take() && {
  if (!accepted_.events.empty()) {
    ++accepted_.run.version.value;
    accepted_.run.updated_at = stamp_.at;
  }
  return std::move(accepted_);
}

}  // namespace gatewright::core
