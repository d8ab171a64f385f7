// engine/core/names.cpp: the words for enumerators, as logs, answers and people use them.
#include "engine/base/assert.h"
#include "engine/core/event.h"
#include "engine/core/principal.h"
#include "engine/core/refusal.h"
#include "engine/core/run.h"

namespace gatewright::core {

std::string_view ToString(PrincipalKind kind) {
  switch (kind) {
    case PrincipalKind::kPerson:
      return "person";
    case PrincipalKind::kService:
      return "service";
    case PrincipalKind::kPolicy:
      return "policy";
    case PrincipalKind::kTimer:
      return "timer";
    case PrincipalKind::kEngine:
      return "engine";
  }
  GW_ASSERT(false);
}

std::string_view ToString(Choice choice) {
  switch (choice) {
    case Choice::kApprove:
      return "approve";
    case Choice::kReject:
      return "reject";
    case Choice::kWithdraw:
      return "withdraw";
    case Choice::kAbstain:
      return "abstain";
  }
  GW_ASSERT(false);
}

std::string_view ToString(RunOutcome outcome) {
  switch (outcome) {
    case RunOutcome::kSucceeded:
      return "succeeded";
    case RunOutcome::kRejected:
      return "rejected";
    case RunOutcome::kExpired:
      return "expired";
    case RunOutcome::kCancelled:
      return "cancelled";
    case RunOutcome::kFailed:
      return "failed";
    case RunOutcome::kSuperseded:
      return "superseded";
    case RunOutcome::kStale:
      return "stale";
    case RunOutcome::kRolledBack:
      return "rolled_back";
  }
  GW_ASSERT(false);
}

std::string_view ToString(AttemptEnd end) {
  switch (end) {
    case AttemptEnd::kSucceeded:
      return "succeeded";
    case AttemptEnd::kFailed:
      return "failed";
    case AttemptEnd::kTimedOut:
      return "timed_out";
    case AttemptEnd::kCancelled:
      return "cancelled";
    case AttemptEnd::kUnknown:
      return "unknown";
  }
  GW_ASSERT(false);
}

std::string_view ToString(RunStatus status) {
  switch (status) {
    case RunStatus::kWaiting:
      return "waiting";
    case RunStatus::kExecuting:
      return "executing";
    case RunStatus::kNeedsAttention:
      return "needs_attention";
    case RunStatus::kSucceeded:
      return "succeeded";
    case RunStatus::kRejected:
      return "rejected";
    case RunStatus::kExpired:
      return "expired";
    case RunStatus::kCancelled:
      return "cancelled";
    case RunStatus::kFailed:
      return "failed";
    case RunStatus::kBlocked:
      return "blocked";
    case RunStatus::kSuperseded:
      return "superseded";
    case RunStatus::kStale:
      return "stale";
    case RunStatus::kRolledBack:
      return "rolled_back";
  }
  GW_ASSERT(false);
}

std::string_view ToString(GateOutcome outcome) {
  switch (outcome) {
    case GateOutcome::kPending:
      return "pending";
    case GateOutcome::kSatisfied:
      return "satisfied";
    case GateOutcome::kRejected:
      return "rejected";
    case GateOutcome::kExpired:
      return "expired";
    case GateOutcome::kImpossible:
      return "impossible";
  }
  GW_ASSERT(false);
}

std::string_view ToString(AttemptState state) {
  switch (state) {
    case AttemptState::kPlanned:
      return "planned";
    case AttemptState::kStarted:
      return "started";
    case AttemptState::kSucceeded:
      return "succeeded";
    case AttemptState::kFailed:
      return "failed";
    case AttemptState::kTimedOut:
      return "timed_out";
    case AttemptState::kCancelled:
      return "cancelled";
    case AttemptState::kUnknown:
      return "unknown";
  }
  GW_ASSERT(false);
}

std::string_view ToString(StageState state) {
  switch (state) {
    case StageState::kAhead:
      return "ahead";
    case StageState::kCurrent:
      return "current";
    case StageState::kDone:
      return "done";
    case StageState::kSkipped:
      return "skipped";
    case StageState::kRolledBack:
      return "rolled_back";
  }
  GW_ASSERT(false);
}

std::string_view ToString(RefusalCode code) {
  switch (code) {
    case RefusalCode::kNotFound:
      return "not_found";
    case RefusalCode::kStaleVersion:
      return "stale_version";
    case RefusalCode::kUnexpectedState:
      return "unexpected_state";
    case RefusalCode::kSubjectChanged:
      return "subject_changed";
    case RefusalCode::kRunFinished:
      return "run_finished";
    case RefusalCode::kGateDecided:
      return "gate_decided";
    case RefusalCode::kGateNotOpen:
      return "gate_not_open";
    case RefusalCode::kNotEligible:
      return "not_eligible";
    case RefusalCode::kSelfApproval:
      return "self_approval";
    case RefusalCode::kNotPossible:
      return "not_possible";
    case RefusalCode::kDigestNeeded:
      return "digest_needed";
    case RefusalCode::kNotAllowed:
      return "not_allowed";
    case RefusalCode::kAlreadyClaimed:
      return "already_claimed";
    case RefusalCode::kDeadlinePassed:
      return "deadline_passed";
    case RefusalCode::kPrepareAgain:
      return "prepare_again";
  }
  GW_ASSERT(false);
}

std::string_view ToString(OverrideKind kind) {
  switch (kind) {
    case OverrideKind::kGate:
      return "gate";
    case OverrideKind::kCalendar:
      return "calendar";
    case OverrideKind::kLock:
      return "lock";
  }
  GW_ASSERT(false);
}

std::string_view ToString(HoldKind kind) {
  switch (kind) {
    case HoldKind::kStop:
      return "stop";
    case HoldKind::kCalendar:
      return "calendar";
    case HoldKind::kWait:
      return "wait";
    case HoldKind::kSchedule:
      return "schedule";
    case HoldKind::kLock:
      return "lock";
  }
  GW_ASSERT(false);
}

std::string_view ToString(NotifyTo to) {
  switch (to) {
    case NotifyTo::kChannel:
      return "channel";
    case NotifyTo::kNeeded:
      return "needed";
    case NotifyTo::kRequester:
      return "requester";
    case NotifyTo::kVoters:
      return "voters";
  }
  return "";
}

std::string_view ToString(LockMode mode) {
  switch (mode) {
    case LockMode::kFifo:
      return "fifo";
    case LockMode::kLifo:
      return "lifo";
    case LockMode::kLatestWins:
      return "latest_wins";
    case LockMode::kParallel:
      return "parallel";
  }
  GW_ASSERT(false);
}

std::string_view ToString(LockState state) {
  switch (state) {
    case LockState::kNone:
      return "none";
    case LockState::kQueued:
      return "queued";
    case LockState::kHeld:
      return "held";
  }
  GW_ASSERT(false);
}

}  // namespace gatewright::core
