#include "engine/core/explain_waits.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/assert.h"
#include "engine/core/admission.h"
#include "engine/core/explain_rules.h"

namespace gatewright::core {
namespace {

WaitKind KindOf(HoldKind kind) {
  switch (kind) {
    case HoldKind::kStop:
      return WaitKind::kStop;
    case HoldKind::kCalendar:
      return WaitKind::kCalendar;
    case HoldKind::kWait:
      return WaitKind::kWait;
    case HoldKind::kSchedule:
      return WaitKind::kSchedule;
    case HoldKind::kLock:
      return WaitKind::kLock;
  }
  GW_ASSERT(false);
}

Wait Of(WaitKind kind, std::string detail) {
  Wait wait;
  wait.kind = kind;
  wait.detail = std::move(detail);
  return wait;
}

std::string AtTimeout(OnTimeout on_timeout) {
  switch (on_timeout) {
    case OnTimeout::kExpire:
      return "the run expires";
    case OnTimeout::kReject:
      return "the gate counts as rejected";
    case OnTimeout::kEscalate:
      return "the gate stays open";
    case OnTimeout::kApprove:
      return "the gate counts as approved, unless somebody has rejected";
  }
  GW_ASSERT(false);
}

void AddPolicies(std::vector<Wait>& waits, const StageSpec& stage, const Gate& gate) {
  for (const AutoVoter& voter : stage.gate->auto_voters) {
    const PrincipalId id{"policy:" + voter.id};
    if (voter.is_shadow) continue;
    if (std::ranges::find(gate.votes, id, &Vote::voter) != gate.votes.end()) continue;
    Wait wait = Of(WaitKind::kPolicy, fmt::format("policy '{}' has not answered yet", voter.id));
    wait.since = gate.opened_at;
    wait.who = {id};
    waits.push_back(std::move(wait));
  }
}

void AddGate(std::vector<Wait>& waits, const Run& run, const StageSpec& stage, const Gate& gate,
             const GateExplanation& explained) {
  if (run.review) {
    Wait wait = Of(WaitKind::kReview,
                   fmt::format("the run has come to its end ({}); that a rule of it was overridden "
                               "is looked at before it is finished",
                               ToString(run.review->outcome)));
    wait.since = gate.opened_at;
    waits.push_back(std::move(wait));
  }
  Wait votes =
      Of(WaitKind::kVotes, fmt::format("gate '{}' {}", stage.name.value, WhyPending(explained)));
  votes.since = gate.opened_at;
  votes.who = WhoCanFill(explained.rules);
  if (gate.deadline && stage.gate->deadline) {
    votes.until = gate.deadline;
    votes.then = AtTimeout(stage.gate->deadline->on_timeout);
  }
  waits.push_back(std::move(votes));
  AddPolicies(waits, stage, gate);
}

void AddSecondPersons(std::vector<Wait>& waits, const Run& run, Time now) {
  for (const Override& asked : run.overrides) {
    if (asked.is_granted || asked.stage != run.current_stage || asked.expires_at <= now) continue;
    Wait wait = Of(WaitKind::kSecondPerson,
                   fmt::format("{} asks to override the {}: {}; somebody else has to confirm it",
                               asked.by.value, ToString(asked.kind), asked.reason));
    wait.until = asked.expires_at;
    wait.then = "the request to override lapses";
    waits.push_back(std::move(wait));
  }
}

std::string_view ThenOf(HoldKind kind) {
  switch (kind) {
    case HoldKind::kStop:
      return "the stop ends";
    case HoldKind::kCalendar:
      return "the calendar lets actions start";
    case HoldKind::kWait:
    case HoldKind::kSchedule:
      return "its time has come";
    case HoldKind::kLock:
      return "";
  }
  GW_ASSERT(false);
}

void AddHolds(std::vector<Wait>& waits, const std::vector<Hold>& holds) {
  for (const Hold& hold : holds) {
    Wait wait = Of(KindOf(hold.kind), hold.detail);
    wait.until = hold.until;
    if (hold.until) wait.then = ThenOf(hold.kind);
    waits.push_back(std::move(wait));
  }
}

// What stands between the run and its locks, if it needs any it does not hold.
void AddLock(std::vector<Wait>& waits, const Run& run, const Workflow& workflow,
             const World& world) {
  const auto& keys = run.facts.lock_keys;
  if (!workflow.lock || keys.empty() || run.locks.state == LockState::kHeld) return;
  if (world.locks == nullptr) return;
  const std::int64_t ticket =
      run.locks.ticket != 0 ? run.locks.ticket : world.locks->newest_ticket() + 1;
  const LockObstacle obstacle = world.locks->Obstacle(run.id, run.parent, keys, ticket,
                                                      workflow.lock->mode, workflow.lock->limit);
  if (obstacle.is_none()) return;
  const auto& claims = world.locks->Claims(obstacle.key);
  const auto claim = std::ranges::find(claims, obstacle.by, &LockClaim::run);
  const bool is_held = claim != claims.end() && claim->is_held;
  const bool is_in_line = run.locks.state == LockState::kQueued;
  Wait wait = Of(WaitKind::kLock,
                 fmt::format("lock '{}' {} run {}; {} number {} of {} in line", obstacle.key,
                             is_held ? "is held by" : "goes first to", obstacle.by.value,
                             is_in_line ? "this run is" : "this run would be", obstacle.position,
                             obstacle.length));
  if (is_held) wait.since = claim->since;
  wait.lock = obstacle;
  waits.push_back(std::move(wait));
}

void AddBlocked(std::vector<Wait>& waits, const Run& run, const Workflow& workflow, Time now,
                const World& world) {
  const StageSpec* spec = workflow.FindStage(run.current_stage);
  const Stage* stage = run.FindStage(run.current_stage);
  // Ahead: it waits for its locks before its gate opens.
  const bool is_approved = stage != nullptr && stage->state == StageState::kCurrent;
  if (spec != nullptr && is_approved) AddHolds(waits, HoldsOf(run, workflow, *spec, now, world));
  AddLock(waits, run, workflow, world);
  AddSecondPersons(waits, run, now);
  // What kept it is over, and it has not been looked at again yet.
  if (waits.empty()) AddHolds(waits, run.holds);
}

void AddAttempt(std::vector<Wait>& waits, const Run& run, Time now) {
  const Attempt* attempt = run.OpenAttempt();
  if (attempt == nullptr) return;
  if (attempt->state == AttemptState::kPlanned && attempt->not_before <= now) {
    Wait wait = Of(WaitKind::kAttempt, fmt::format("attempt {} of stage '{}' waits for a worker",
                                                   attempt->number.value, attempt->stage.value));
    wait.since = attempt->not_before;
    waits.push_back(std::move(wait));
    return;
  }
  if (attempt->state == AttemptState::kPlanned) {
    Wait wait = Of(WaitKind::kRetry, fmt::format("attempt {} of stage '{}' has not started yet",
                                                 attempt->number.value, attempt->stage.value));
    wait.until = attempt->not_before;
    wait.then = "it is tried again";
    waits.push_back(std::move(wait));
    return;
  }
  Wait wait = Of(WaitKind::kAttempt,
                 fmt::format("attempt {} of stage '{}' is running{}{}", attempt->number.value,
                             attempt->stage.value, attempt->is_handed_over ? " outside" : "",
                             run.is_cancel_requested ? "; it has been asked to stop" : ""));
  wait.since = attempt->started_at;
  wait.until = attempt->deadline;
  wait.then = "it is stopped, and counts as timed out";
  waits.push_back(std::move(wait));
}

void AddDraft(std::vector<Wait>& waits, const Run& run) {
  Wait wait =
      Of(WaitKind::kDraft,
         fmt::format("it is a draft: nobody is asked before {} submits it", run.requester.value));
  wait.since = run.created_at;
  wait.until = run.draft_expires_at;
  wait.then = "the draft expires, unless it is edited before";
  if (!run.is_requester_everybody) wait.who = {run.requester};
  waits.push_back(std::move(wait));
}

}  // namespace

std::vector<Wait> WaitsOf(const Run& run, const Workflow& workflow, Time now, const World& world,
                          const GateExplanation* gate) {
  std::vector<Wait> waits;
  switch (run.status) {
    case RunStatus::kWaiting:
      if (gate != nullptr) {
        AddGate(waits, run, *workflow.FindStage(gate->stage), *run.FindStage(gate->stage)->gate,
                *gate);
      }
      AddSecondPersons(waits, run, now);
      break;
    case RunStatus::kBlocked:
      AddBlocked(waits, run, workflow, now, world);
      break;
    case RunStatus::kExecuting:
      AddAttempt(waits, run, now);
      break;
    case RunStatus::kNeedsAttention:
      if (run.incident) {
        waits.push_back(Of(WaitKind::kIncident, run.incident->message));
        waits.back().since = run.incident->at;
      }
      break;
    case RunStatus::kDraft:
      AddDraft(waits, run);
      break;
    default:
      break;
  }
  return waits;
}

std::vector<Wait> WaitsAhead(const Run& run, const Workflow& workflow, Time now,
                             const World& world) {
  std::vector<Wait> waits;
  const StageSpec* spec = workflow.FindStage(run.current_stage);
  if (run.status != RunStatus::kWaiting || spec == nullptr || !spec->action) return waits;
  AddHolds(waits, HoldsOf(run, workflow, *spec, now, world));
  if (spec->wait > Duration{0}) {
    waits.push_back(Of(WaitKind::kWait, fmt::format("stage '{}' waits {} between its gate and its "
                                                    "action",
                                                    spec->name.value, FormatDuration(spec->wait))));
  }
  AddLock(waits, run, workflow, world);
  return waits;
}

}  // namespace gatewright::core
