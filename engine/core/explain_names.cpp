// engine/core/explain_names.cpp: the stable words of an explanation. docs/explain.md lists them
// all.
#include "engine/base/assert.h"
#include "engine/core/explain.h"

namespace gatewright::core {

std::string_view ToString(WaitKind kind) {
  switch (kind) {
    case WaitKind::kVotes:
      return "votes";
    case WaitKind::kPolicy:
      return "policy";
    case WaitKind::kSecondPerson:
      return "second_person";
    case WaitKind::kReview:
      return "review";
    case WaitKind::kStop:
      return "stop";
    case WaitKind::kSchedule:
      return "schedule";
    case WaitKind::kWait:
      return "wait";
    case WaitKind::kCalendar:
      return "calendar";
    case WaitKind::kLock:
      return "lock";
    case WaitKind::kAttempt:
      return "attempt";
    case WaitKind::kRetry:
      return "retry";
    case WaitKind::kIncident:
      return "incident";
    case WaitKind::kDraft:
      return "draft";
  }
  GW_ASSERT(false);
}

std::string_view ToString(NodeState state) {
  switch (state) {
    case NodeState::kSatisfied:
      return "satisfied";
    case NodeState::kOpen:
      return "open";
    case NodeState::kImpossible:
      return "impossible";
  }
  GW_ASSERT(false);
}

std::string_view ToString(ReasonCode code) {
  switch (code) {
    case ReasonCode::kNotOpen:
      return "not_open";
    case ReasonCode::kDeadlinePassed:
      return "deadline_passed";
    case ReasonCode::kSelfApproval:
      return "self_approval";
    case ReasonCode::kCommitter:
      return "committer";
    case ReasonCode::kSameTeam:
      return "same_team";
    case ReasonCode::kPreviousVoter:
      return "previous_voter";
    case ReasonCode::kNotIn:
      return "not_in";
    case ReasonCode::kAlreadyVoted:
      return "already_voted";
    case ReasonCode::kAlreadyUsedFor:
      return "already_used_for";
    case ReasonCode::kServiceAccount:
      return "service_account";
    case ReasonCode::kClaimed:
      return "claimed";
    case ReasonCode::kDigestNeeded:
      return "digest_needed";
    case ReasonCode::kFormNeeded:
      return "form_needed";
    case ReasonCode::kFactsOutdated:
      return "facts_outdated";
    case ReasonCode::kKeptEarly:
      return "kept_early";
  }
  GW_ASSERT(false);
}

std::string_view ToString(StepKind kind) {
  switch (kind) {
    case StepKind::kVoteCounts:
      return "vote_counts";
    case StepKind::kGateSatisfied:
      return "gate_satisfied";
    case StepKind::kGateRejected:
      return "gate_rejected";
    case StepKind::kStageSkipped:
      return "stage_skipped";
    case StepKind::kStageDone:
      return "stage_done";
    case StepKind::kGateOpens:
      return "gate_opens";
    case StepKind::kAskedAgain:
      return "asked_again";
    case StepKind::kLockTaken:
      return "lock_taken";
    case StepKind::kLockQueued:
      return "lock_queued";
    case StepKind::kLockReleased:
      return "lock_released";
    case StepKind::kSupersedes:
      return "supersedes";
    case StepKind::kActionStarts:
      return "action_starts";
    case StepKind::kActionBlocked:
      return "action_blocked";
    case StepKind::kReviewOpens:
      return "review_opens";
    case StepKind::kRunFinished:
      return "run_finished";
  }
  GW_ASSERT(false);
}

}  // namespace gatewright::core
