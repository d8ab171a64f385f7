// Long: what each event does to a run, one function per event.
#include "engine/core/apply.h"

#include <algorithm>

#include "engine/base/assert.h"
#include "engine/core/rollback.h"

namespace gatewright::core {
namespace {

AttemptState StateOf(AttemptEnd end) {
  switch (end) {
    case AttemptEnd::kSucceeded:
      return AttemptState::kSucceeded;
    case AttemptEnd::kFailed:
      return AttemptState::kFailed;
    case AttemptEnd::kTimedOut:
      return AttemptState::kTimedOut;
    case AttemptEnd::kCancelled:
      return AttemptState::kCancelled;
    case AttemptEnd::kUnknown:
      return AttemptState::kUnknown;
  }
  GW_ASSERT(false);
}

class Applier {
 public:
  Applier(Run& run, const Stamp& stamp) : run_(run), stamp_(stamp) {}

  void operator()(const RunCreated& event) {
    Begin(event);
    run_.state = event.initial_state;
    run_.skips = event.skips;
    run_.facts = event.facts;
    run_.requester_groups = event.requester_groups;
  }

  void operator()(const RunDrafted& event) {
    Begin(event);
    run_.draft_expires_at = event.expires_at;
    run_.state = "draft";
    run_.status = RunStatus::kDraft;
  }

  void operator()(const DraftEdited& event) {
    run_.subject_json = event.subject_json;
    run_.subject_digest = event.subject_digest;
    run_.draft_expires_at = event.expires_at;
  }

  void operator()(const RunSubmitted& event) {
    run_.workflow_version = event.version;
    run_.state = event.initial_state;
    run_.skips = event.skips;
    run_.facts = event.facts;
    run_.requester_groups = event.requester_groups;
    run_.draft_expires_at.reset();
    run_.status = RunStatus::kWaiting;
  }

  void operator()(const SubjectChanged& event) {
    run_.subject_json = event.subject_json;
    run_.subject_digest = event.subject_digest;
    run_.skips = event.skips;
    run_.facts = event.facts;
    // All of it is gone through again.
    for (Stage& stage : run_.stages) stage.state = StageState::kAhead;
    // What was asked to be overridden was about the other subject.
    std::erase_if(run_.overrides, [](const Override& one) { return !one.is_granted; });
  }

  void operator()(const StageSkipped& event) {
    Stage& stage = StageNamed(event.stage);
    stage.state = StageState::kSkipped;
    stage.skip_reason = event.reason;
  }

  void operator()(const GateOpened& event) {
    Stage& stage = StageNamed(event.stage);
    if (stage.gate) {
      for (Vote& vote : stage.gate->votes) {
        stage.outdated.push_back({stage.gate->epoch, std::move(vote), event.reason});
      }
    }
    stage.state = StageState::kCurrent;
    stage.skip_reason.clear();
    stage.entered_at = stamp_.at;
    stage.left_at.reset();
    stage.gate = Gate{};
    stage.gate->epoch = event.epoch;
    stage.gate->opened_at = stamp_.at;
    stage.gate->deadline = event.deadline;
    stage.gate->is_soft = event.is_soft;
    stage.gate->reminders = event.reminders;
    stage.gate->escalations = event.escalations;
    stage.gate->reason = event.reason;
    BeAheadAfter(event.stage);
    run_.current_stage = event.stage;
    run_.status = RunStatus::kWaiting;
    run_.holds.clear();
    // The request was about an action that is behind us, or that is asked for again.
    run_.is_cancel_requested = false;
    if (!event.state.empty()) run_.state = event.state;
  }

  void operator()(const VotesCarried& event) {
    Stage& stage = StageNamed(event.stage);
    for (const PrincipalId& voter : event.voters) {
      const auto found = std::ranges::find_if(stage.outdated, [&](const OutdatedVote& outdated) {
        return outdated.vote.voter == voter && outdated.epoch.value == event.epoch.value - 1;
      });
      if (found == stage.outdated.end()) continue;
      Vote vote = std::move(found->vote);
      stage.outdated.erase(found);
      vote.carried_reason = event.reason;
      GateOf(event.stage).votes.push_back(std::move(vote));
    }
  }

  void operator()(const VotesOutdated& event) {
    Stage& stage = StageNamed(event.stage);
    auto& votes = GateOf(event.stage).votes;
    for (const PrincipalId& voter : event.voters) {
      const auto found = std::ranges::find(votes, voter, &Vote::voter);
      if (found == votes.end()) continue;
      stage.outdated.push_back({event.epoch, std::move(*found), event.reason});
      votes.erase(found);
    }
  }

  void operator()(const VoteCast& event) {
    Vote vote{event.voter,
              event.kind,
              event.is_everybody,
              event.choice,
              event.rules,
              event.comment,
              event.is_shadow,
              event.evidence_json,
              event.on_behalf_of,
              event.form_json,
              "",
              stamp_.at};
    DropHeld(event.stage, vote.slot());
    auto& votes = GateOf(event.stage).votes;
    std::erase_if(votes, [&](const Vote& old) { return old.slot() == vote.slot(); });
    if (event.choice != Choice::kWithdraw) votes.push_back(std::move(vote));
  }

  void operator()(const VoteHeld& event) {
    Vote vote{
        event.voter, event.kind, event.is_everybody, event.choice,    event.rules, event.comment,
        false,       "",         event.on_behalf_of, event.form_json, "",          stamp_.at};
    DropHeld(event.stage, vote.slot());
    if (event.choice == Choice::kWithdraw) return;
    run_.held_votes.push_back({event.stage, std::move(vote), event.subject_digest});
  }

  void operator()(const HeldVoteDropped& event) {
    std::erase_if(run_.held_votes, [&](const HeldVote& held) {
      return held.stage == event.stage && held.vote.voter == event.voter;
    });
  }

  void operator()(const EligibleListed& event) { GateOf(event.stage).eligible = event.rules; }
  void operator()(const GateClaimed& event) { GateOf(event.stage).claimed_by = event.by; }
  void operator()(const GateReleased& event) { GateOf(event.stage).claimed_by = PrincipalId{}; }
  void operator()(const ReminderDue& event) { GateOf(event.stage).reminded = event.number; }
  void operator()(const GateEscalated& event) { GateOf(event.stage).escalated = event.level; }
  void operator()(const DeadlineExtended& event) { GateOf(event.stage).deadline = event.deadline; }

  void operator()(const OverrideAsked& event) {
    run_.overrides.push_back(
        {event.kind, event.stage, event.by, {}, event.reason, event.expires_at, false});
  }

  void operator()(const OverrideGranted& event) {
    std::erase_if(run_.overrides, [&](const Override& asked) {
      return !asked.is_granted && asked.kind == event.kind && asked.stage == event.stage;
    });
    run_.overrides.push_back(
        {event.kind, event.stage, event.by, event.second, event.reason, event.expires_at, true});
    if (event.kind == OverrideKind::kGate) GateOf(event.stage).is_overridden = true;
  }

  void operator()(const ActionBlocked& event) {
    Stage& stage = StageNamed(event.stage);
    // Only a satisfied gate leaves a stage current: else it waits for its locks before anybody is
    // asked, and a gate it may have had before counts no more.
    const bool is_satisfied = stage.gate && stage.gate->outcome == GateOutcome::kSatisfied;
    if (stage.state != StageState::kCurrent || !is_satisfied) {
      stage.state = StageState::kAhead;
      BeAheadAfter(event.stage);
    }
    run_.current_stage = event.stage;
    run_.holds = event.holds;
    run_.status = RunStatus::kBlocked;
  }

  void operator()(const LocksQueued& event) {
    run_.locks = {LockState::kQueued, event.keys, event.ticket, std::nullopt};
  }

  void operator()(const LocksTaken& event) {
    run_.locks = {LockState::kHeld, event.keys, event.ticket, event.until};
  }

  void operator()(const LocksReleased&) {
    const bool keeps_place = run_.locks.state == LockState::kQueued;
    run_.locks = {LockState::kNone, {}, keeps_place ? run_.locks.ticket : 0, std::nullopt};
  }

  void operator()(const GateSatisfied& event) { Decide(event.stage, GateOutcome::kSatisfied); }
  void operator()(const GateRejected& event) { Decide(event.stage, GateOutcome::kRejected); }
  void operator()(const GateExpired& event) { Decide(event.stage, GateOutcome::kExpired); }

  void operator()(const AttemptPlanned& event) {
    Attempt& attempt = AttemptNumbered(event.stage, event.number);
    attempt.state = AttemptState::kPlanned;
    attempt.not_before = event.not_before;
    run_.holds.clear();
    BeExecuting();
  }

  void operator()(const AttemptStarted& event) {
    Attempt& attempt = AttemptNumbered(event.stage, event.number);
    attempt.state = AttemptState::kStarted;
    attempt.fencing_token = event.fencing_token;
    attempt.started_at = stamp_.at;
    attempt.deadline = event.deadline;
    run_.holds.clear();
    // Whoever let it start after a request to stop the one before wants it to run.
    run_.is_cancel_requested = false;
    BeExecuting();
  }

  void operator()(const AttemptHandedOver& event) {
    Attempt& attempt = AttemptNumbered(event.stage, event.number);
    attempt.is_handed_over = true;
    if (!event.handle.empty()) attempt.handle = event.handle;
    attempt.summary = event.summary;
  }

  void operator()(const AttemptEnded& event) {
    Attempt& attempt = AttemptNumbered(event.stage, event.number);
    attempt.state = StateOf(event.end);
    attempt.ended_at = stamp_.at;
    attempt.failure = event.failure;
    attempt.summary = event.summary;
    attempt.outputs_json = event.outputs_json;
  }

  void operator()(const LateAnswerRecorded&) {}

  void operator()(const StageDone& event) {
    Stage& stage = StageNamed(event.stage);
    stage.state = StageState::kDone;
    stage.left_at = stamp_.at;
    run_.state = event.state;
    if (IsRollback(event.stage)) {
      auto& left = run_.rollback->left;
      StageNamed(left.front()).state = StageState::kRolledBack;
      left.erase(left.begin());
    }
  }

  void operator()(const IncidentRaised& event) {
    run_.incident = Incident{event.code, event.message, stamp_.at};
    run_.status = RunStatus::kNeedsAttention;
  }

  void operator()(const IncidentResolved&) { run_.incident.reset(); }

  void operator()(const RunRetried& event) {
    StageNamed(event.stage).state = StageState::kAhead;
    BeAheadAfter(event.stage);
    run_.finish_reason.clear();
    run_.finished_at.reset();
    run_.is_cancel_requested = false;
    run_.status = RunStatus::kWaiting;
  }

  void operator()(const RollbackStarted& event) {
    run_.rollback = Rollback{run_.status,          run_.state,   run_.finish_reason, event.stages,
                             run_.attempts.size(), event.reason, stamp_.actor};
    run_.finish_reason.clear();
    run_.finished_at.reset();
    run_.is_cancel_requested = false;
    run_.status = RunStatus::kWaiting;
  }

  void operator()(const RunMigrated& event) {
    run_.workflow_version = event.version;
    run_.skips = event.skips;
    run_.facts = event.facts;
    // At once: a stage may take the name that another one gives up.
    const auto rename = [&](StageName& name) {
      const auto found = std::ranges::find(event.stages, name, &StageMapping::from);
      if (found != event.stages.end() && !found->to.empty()) name = found->to;
    };
    std::erase_if(run_.stages, [&](const Stage& stage) {
      const auto found = std::ranges::find(event.stages, stage.name, &StageMapping::from);
      return found != event.stages.end() && found->to.empty();
    });
    for (Stage& stage : run_.stages) rename(stage.name);
    for (Attempt& attempt : run_.attempts) rename(attempt.stage);
    for (HeldVote& held : run_.held_votes) rename(held.stage);
    for (Override& override_ : run_.overrides) rename(override_.stage);
    rename(run_.current_stage);
    StageNamed(event.resumes_at).state = StageState::kAhead;
    BeAheadAfter(event.resumes_at);
  }

  void operator()(const ReviewOpened& event) {
    run_.review = event;
    run_.incident.reset();
  }

  void operator()(const CancelRequested&) { run_.is_cancel_requested = true; }

  void operator()(const RunFinished& event) {
    run_.status = StatusOf(event.outcome);
    run_.state = event.state;
    run_.finish_reason = event.reason;
    run_.finished_at = stamp_.at;
    if (Stage* stage = run_.FindStage(run_.current_stage)) {
      if (!stage->left_at) stage->left_at = stamp_.at;
    }
    run_.current_stage = StageName{};
    run_.draft_expires_at.reset();
    run_.incident.reset();
    run_.holds.clear();
    run_.review.reset();
    run_.rollback.reset();
  }

 private:
  // What a run and a draft have in common.
  void Begin(const auto& event) {
    run_.workflow = event.workflow;
    run_.workflow_version = event.version;
    run_.name = event.name;
    run_.requester = event.requester;
    run_.is_requester_everybody = event.is_requester_everybody;
    run_.subject_json = event.subject_json;
    run_.subject_digest = event.subject_digest;
    run_.not_before = event.not_before;
    run_.parent = event.parent;
    run_.resubmit_of = event.resubmit_of;
    run_.created_at = stamp_.at;
  }

  Stage& StageNamed(const StageName& name) {
    if (Stage* stage = run_.FindStage(name)) return *stage;
    // In the order of the workflow: what the run went back behind comes after it, and what comes
    // after the run's end after everything.
    const bool is_last = name.value == kReviewStage || IsRollback(name);
    const auto ahead = std::ranges::find(run_.stages, StageState::kAhead, &Stage::state);
    const auto added = run_.stages.emplace(is_last ? run_.stages.end() : ahead);
    added->name = name;
    return *added;
  }

  Gate& GateOf(const StageName& name) {
    Stage& stage = StageNamed(name);
    if (!stage.gate) stage.gate = Gate{};
    return *stage.gate;
  }

  Attempt& AttemptNumbered(const StageName& stage, AttemptNumber number) {
    const auto found = std::ranges::find(run_.attempts, number, &Attempt::number);
    if (found != run_.attempts.end()) return *found;
    run_.attempts.emplace_back();
    run_.attempts.back().stage = stage;
    run_.attempts.back().number = number;
    run_.attempts.back().epoch = GateOf(stage).epoch;
    return run_.attempts.back();
  }

  // The run went back: what it had reached after this stage is ahead of it again.
  void BeAheadAfter(const StageName& name) {
    bool is_after = false;
    for (Stage& stage : run_.stages) {
      if (is_after) stage.state = StageState::kAhead;
      is_after = is_after || stage.name == name;
    }
  }

  void DropHeld(const StageName& stage, const PrincipalId& slot) {
    if (run_.held_votes.empty()) return;
    std::erase_if(run_.held_votes, [&](const HeldVote& held) {
      return held.stage == stage && held.vote.slot() == slot;
    });
  }

  void Decide(const StageName& stage, GateOutcome outcome) {
    Gate& gate = GateOf(stage);
    gate.outcome = outcome;
    gate.decided_at = stamp_.at;
    gate.decided_by = stamp_.actor;
  }

  void BeExecuting() {
    run_.status = RunStatus::kExecuting;
    run_.state = "executing";
  }

  Run& run_;
  const Stamp& stamp_;
};

}  // namespace

void Apply(Run& run, const Event& event, const Stamp& stamp) {
  std::visit(Applier(run, stamp), event);
}

void ApplyEntry(Run& run, const std::vector<Event>& events, const Stamp& stamp) {
  for (const Event& event : events) Apply(run, event, stamp);
  ++run.version.value;
  run.updated_at = stamp.at;
}

}  // namespace gatewright::core
