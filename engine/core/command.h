// engine/core/command.h: intentions. What somebody wants to happen to a run, and the facts that
// were gathered for it: everything `Decide` may know, because it asks nobody.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/ids.h"
#include "engine/base/time.h"
#include "engine/core/event.h"
#include "engine/core/principal.h"

namespace gatewright::core {

// What the caller believes about the run; a command on a run that has moved on is refused.
struct Expectation {
  std::optional<Sequence> version;   // If-Match
  std::optional<std::string> state;  // expected_state
  std::optional<std::string> subject_digest;
};

struct CreateRun {
  Principal actor;
  std::string name;
  std::string subject_json;  // canonical
  std::string subject_digest;
  std::vector<SkippedStage> skips;  // stages whose `when` does not match this subject
};

// What the approver plugins said about one person on one gate.
struct EligibilityFacts {
  StageName stage;
  std::vector<RuleId> rules;  // the rules this person may fill
  std::string why_not;        // when there is none: the plugins' reasons
};

struct CastVote {
  Principal actor;
  StageName stage;
  bool is_any_stage = false;  // "whatever is open now": `stage` is what was open at prepare
  std::optional<Epoch> epoch;
  Choice choice = Choice::kApprove;
  std::string comment;
  Expectation expected;
  EligibilityFacts facts;
};

struct RecordPolicyVote {
  std::string auto_voter;  // AutoVoter::id
  StageName stage;
  Epoch epoch{1};
  Choice choice = Choice::kAbstain;
  std::string reason;
  std::string evidence_json;  // canonical
};

struct CancelRun {
  Principal actor;
  std::string reason;
  Expectation expected;
};

struct ExpireGate {
  StageName stage;
  Epoch epoch{1};
};

struct StartAttempt {
  AttemptNumber number{1};
};

struct FinishAttempt {
  AttemptNumber number{1};
  std::int64_t fencing_token = 0;
  AttemptEnd end = AttemptEnd::kUnknown;
  FailureClass failure = FailureClass::kPermanent;
  std::string summary;
  std::string outputs_json;  // canonical: the log reads it back so
  double jitter = 0.0;       // in [0, 1): drawn outside, so that deciding stays pure
  bool is_recovery = false;  // the engine died during the attempt
};

enum class Resolution { kRetry = 1, kSucceeded, kFailed };

// An operator says what became of an attempt that nobody knows the end of.
struct ResolveIncident {
  Principal actor;
  Resolution resolution = Resolution::kFailed;
  std::string reason;
  Expectation expected;
};

// The engine cannot go on by itself: a plugin is missing or broken.
struct RaiseIncident {
  std::string code;
  std::string message;
};

using Command = std::variant<CreateRun, CastVote, RecordPolicyVote, CancelRun, ExpireGate,
                             StartAttempt, FinishAttempt, ResolveIncident, RaiseIncident>;

// The principal id that events of this command carry.
PrincipalId ActorOf(const Command& command);

}  // namespace gatewright::core
