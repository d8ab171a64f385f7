#include "engine/core/apply.h"

#include <algorithm>

#include "engine/base/assert.h"

namespace gatewright::core {
namespace {

RunStatus StatusOf(RunOutcome outcome) {
  switch (outcome) {
    case RunOutcome::kSucceeded:
      return RunStatus::kSucceeded;
    case RunOutcome::kRejected:
      return RunStatus::kRejected;
    case RunOutcome::kExpired:
      return RunStatus::kExpired;
    case RunOutcome::kCancelled:
      return RunStatus::kCancelled;
    case RunOutcome::kFailed:
      return RunStatus::kFailed;
  }
  GW_ASSERT(false);
}

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
    run_.workflow = event.workflow;
    run_.workflow_version = event.version;
    run_.name = event.name;
    run_.requester = event.requester;
    run_.is_requester_everybody = event.is_requester_everybody;
    run_.subject_json = event.subject_json;
    run_.subject_digest = event.subject_digest;
    run_.state = event.initial_state;
    run_.skips = event.skips;
    run_.created_at = stamp_.at;
  }

  void operator()(const StageSkipped& event) {
    Stage& stage = StageNamed(event.stage);
    stage.state = StageState::kSkipped;
    stage.skip_reason = event.reason;
  }

  void operator()(const GateOpened& event) {
    Stage& stage = StageNamed(event.stage);
    stage.state = StageState::kCurrent;
    stage.entered_at = stamp_.at;
    stage.gate = Gate{};
    stage.gate->epoch = event.epoch;
    stage.gate->opened_at = stamp_.at;
    stage.gate->deadline = event.deadline;
    run_.current_stage = event.stage;
    run_.status = RunStatus::kWaiting;
  }

  void operator()(const VoteCast& event) {
    auto& votes = GateOf(event.stage).votes;
    std::erase_if(votes, [&](const Vote& vote) { return vote.voter == event.voter; });
    if (event.choice == Choice::kWithdraw) return;
    votes.push_back({event.voter, event.kind, event.is_everybody, event.choice, event.rules,
                     event.comment, event.is_shadow, event.evidence_json, stamp_.at});
  }

  void operator()(const GateSatisfied& event) { Decide(event.stage, GateOutcome::kSatisfied); }
  void operator()(const GateRejected& event) { Decide(event.stage, GateOutcome::kRejected); }
  void operator()(const GateExpired& event) { Decide(event.stage, GateOutcome::kExpired); }

  void operator()(const AttemptPlanned& event) {
    Attempt& attempt = AttemptNumbered(event.stage, event.number);
    attempt.state = AttemptState::kPlanned;
    attempt.not_before = event.not_before;
    BeExecuting();
  }

  void operator()(const AttemptStarted& event) {
    Attempt& attempt = AttemptNumbered(event.stage, event.number);
    attempt.state = AttemptState::kStarted;
    attempt.fencing_token = event.fencing_token;
    attempt.started_at = stamp_.at;
    attempt.deadline = event.deadline;
    // Whoever let it start after a request to stop the one before wants it to run.
    run_.is_cancel_requested = false;
    BeExecuting();
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
  }

  void operator()(const IncidentRaised& event) {
    run_.incident = Incident{event.code, event.message, stamp_.at};
    run_.status = RunStatus::kNeedsAttention;
  }

  void operator()(const IncidentResolved&) { run_.incident.reset(); }

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
    run_.incident.reset();
  }

 private:
  Stage& StageNamed(const StageName& name) {
    if (Stage* stage = run_.FindStage(name)) return *stage;
    run_.stages.emplace_back();
    run_.stages.back().name = name;
    return run_.stages.back();
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
    return run_.attempts.back();
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
