// engine/core/refusal.h: why a command is not admissible, for the caller and for people.
#pragma once

#include <string>
#include <string_view>

namespace gatewright::core {

enum class RefusalCode {
  kNotFound = 1,
  kStaleVersion,     // If-Match names an older version
  kUnexpectedState,  // expected_state is not the run's state
  kSubjectChanged,   // the digest voted on is not the run's
  kRunFinished,
  kGateDecided,
  kGateNotOpen,
  kNotEligible,
  kSelfApproval,    // separation of duties
  kNotPossible,     // the run's status does not allow it; the detail says what is allowed
  kDigestNeeded,    // the workflow asks for the digest of what is voted on
  kDeadlinePassed,  // the gate's deadline came before this vote
  kNotAllowed,      // the actor may not do that at all
  kAlreadyClaimed,  // somebody else has the gate
  kPrepareAgain,    // the run moved between prepare and decide; never leaves the engine
};

std::string_view ToString(RefusalCode code);  // "gate_decided"

struct Refusal {
  RefusalCode code = RefusalCode::kNotFound;
  std::string detail;  // expected, found, allowed instead

  bool operator==(const Refusal&) const = default;
};

}  // namespace gatewright::core
