// engine/proof/step.h: one thing that can happen to a run, small enough to keep one for every
// state. It names people and stages by their place in the model.
#pragma once

#include <cstdint>

#include "engine/core/command.h"

namespace gatewright::proof {

enum class StepKind : std::uint8_t {
  kCreate = 1,
  kVote,
  kPolicy,
  kGateMoment,  // a level takes effect, or the deadline has come
  kChangeSubject,
  kOverride,
  kCancel,
  kSupersede,
  kExpireLocks,
  kListEligible,
  kLookAgain,     // what keeps a blocked run may have gone
  kStartAttempt,  // the time of a planned one has come
  kFinishAttempt,
  kMarkStale,
  kRaiseIncident,
  kResolve,
  kRetry,
};

// What is in the way when the run wants to act.
enum class Obstacle : std::uint8_t { kNone = 1, kStop, kCalendar, kLock };

inline constexpr std::uint8_t kNoStage = 255;

struct Step {
  StepKind kind = StepKind::kCreate;
  Obstacle obstacle = Obstacle::kNone;
  std::uint16_t person = 0;
  std::uint8_t stage = 0;              // of a vote, a policy
  std::uint8_t policy = 0;             // which of the gate's
  std::uint8_t aged_stage = kNoStage;  // the votes of its gate are older than their ttl
  bool is_late = false;                // a retry after `reuse` is over
  bool is_wait_over = false;           // the time between gate and action has passed
  core::Choice choice = core::Choice::kApprove;
  core::AttemptEnd end = core::AttemptEnd::kSucceeded;
  core::FailureClass failure = core::FailureClass::kPermanent;
  core::Resolution resolution = core::Resolution::kFailed;
  core::OverrideKind override_kind = core::OverrideKind::kGate;
  std::uint64_t skips = 0;  // the stages that the subject skips, one bit each
  std::uint64_t kept = 0;   // the gates whose votes hold though the subject changed
};

// Steps that get a run out of the way instead of on: a state that only these leave is stuck.
constexpr bool IsEscape(StepKind kind) {
  return kind == StepKind::kCancel || kind == StepKind::kSupersede ||
         kind == StepKind::kChangeSubject || kind == StepKind::kOverride;
}

}  // namespace gatewright::proof
