// engine/core/event.h: facts. What happened to a run, in the past tense, complete enough that
// `Apply` needs nothing else: no clock, no plugin, no workflow file.
// The meaning of a released event never changes; a changed one gets a new type.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/base/ids.h"
#include "engine/base/time.h"
#include "engine/core/principal.h"
#include "engine/core/workflow.h"

namespace gatewright::core {

enum class Choice { kApprove = 1, kReject, kWithdraw, kAbstain };

// How a run ended. Each is different to the people who asked: rejected is not failed.
enum class RunOutcome { kSucceeded = 1, kRejected, kExpired, kCancelled, kFailed };

std::string_view ToString(Choice choice);
std::string_view ToString(RunOutcome outcome);

struct SkippedStage {
  StageName stage;
  std::string reason;

  bool operator==(const SkippedStage&) const = default;
};

struct RunCreated {
  WorkflowName workflow;
  WorkflowVersion version;
  std::string name;
  PrincipalId requester;
  bool is_requester_everybody = false;  // development mode's nameless principal
  std::string subject_json;             // canonical form
  std::string subject_digest;           // SHA-256 of it, hex
  std::string initial_state;
  std::vector<SkippedStage> skips;  // decided once, from the subject

  bool operator==(const RunCreated&) const = default;
};

struct StageSkipped {
  StageName stage;
  std::string reason;

  bool operator==(const StageSkipped&) const = default;
};

struct GateOpened {
  StageName stage;
  Epoch epoch{1};
  std::optional<Time> deadline;

  bool operator==(const GateOpened&) const = default;
};

struct VoteCast {
  StageName stage;
  Epoch epoch{1};
  PrincipalId voter;
  PrincipalKind kind = PrincipalKind::kPerson;
  bool is_everybody = false;
  Choice choice = Choice::kApprove;
  std::vector<RuleId> rules;  // the rules this vote may fill
  std::string comment;
  bool is_shadow = false;
  std::string evidence_json;  // what a policy saw

  bool operator==(const VoteCast&) const = default;
};

struct GateSatisfied {
  StageName stage;
  Epoch epoch{1};

  bool operator==(const GateSatisfied&) const = default;
};

struct GateRejected {
  StageName stage;
  Epoch epoch{1};

  bool operator==(const GateRejected&) const = default;
};

struct GateExpired {
  StageName stage;
  Epoch epoch{1};

  bool operator==(const GateExpired&) const = default;
};

// Waits until `not_before`; planned and started in one step when there is nothing to wait for.
struct AttemptPlanned {
  StageName stage;
  AttemptNumber number{1};
  Time not_before;

  bool operator==(const AttemptPlanned&) const = default;
};

// The intent to call the executor. Committed before the call is made.
struct AttemptStarted {
  StageName stage;
  AttemptNumber number{1};
  std::int64_t fencing_token = 0;
  Time deadline;

  bool operator==(const AttemptStarted&) const = default;
};

enum class AttemptEnd { kSucceeded = 1, kFailed, kTimedOut, kCancelled, kUnknown };
std::string_view ToString(AttemptEnd end);

struct AttemptEnded {
  StageName stage;
  AttemptNumber number{1};
  AttemptEnd end = AttemptEnd::kUnknown;
  FailureClass failure = FailureClass::kPermanent;  // kFailed only
  std::string summary;
  std::string outputs_json;

  bool operator==(const AttemptEnded&) const = default;
};

// An answer that came after its attempt had already ended: written down, and nothing else.
struct LateAnswerRecorded {
  StageName stage;
  AttemptNumber number{1};
  std::string summary;

  bool operator==(const LateAnswerRecorded&) const = default;
};

struct StageDone {
  StageName stage;
  std::string state;

  bool operator==(const StageDone&) const = default;
};

struct IncidentRaised {
  std::string code;
  std::string message;

  bool operator==(const IncidentRaised&) const = default;
};

struct IncidentResolved {
  std::string reason;

  bool operator==(const IncidentResolved&) const = default;
};

// Somebody asked a running action to stop; the run ends when the attempt does.
struct CancelRequested {
  std::string reason;

  bool operator==(const CancelRequested&) const = default;
};

struct RunFinished {
  RunOutcome outcome = RunOutcome::kFailed;
  std::string state;
  std::string reason;

  bool operator==(const RunFinished&) const = default;
};

using Event =
    std::variant<RunCreated, StageSkipped, GateOpened, VoteCast, GateSatisfied, GateRejected,
                 GateExpired, AttemptPlanned, AttemptStarted, AttemptEnded, LateAnswerRecorded,
                 StageDone, IncidentRaised, IncidentResolved, CancelRequested, RunFinished>;

}  // namespace gatewright::core
