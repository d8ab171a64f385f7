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
#include "engine/core/workflow.h"

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
  SubjectFacts facts;
  std::optional<Time> not_before;
  std::optional<RunId> parent;
  std::optional<RunId> resubmit_of;
};

// What the approver plugins said about one person on one gate.
struct EligibilityFacts {
  StageName stage;
  std::vector<RuleId> rules;                  // the rules this person may fill
  std::string why_not;                        // when there is none: the plugins' reasons
  std::int64_t escalated = 0;                 // the level at which they were asked
  std::vector<std::string> delegator_groups;  // when on behalf of somebody
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
  PrincipalId on_behalf_of;  // a delegation that holds now; else empty
  std::string form_json;     // checked against the gate's form; canonical
};

// The run's subject becomes another. `is_kept`: gates whose keepIf says that their votes hold.
struct ChangeSubject {
  Principal actor;
  std::string subject_json;  // canonical
  std::string subject_digest;
  std::vector<SkippedStage> skips;
  SubjectFacts facts;
  std::vector<StageName> kept;
  std::string reason;
  Expectation expected;
};

// Compare-and-set: refused when somebody else has it.
struct ClaimGate {
  Principal actor;
  StageName stage;
  std::optional<Epoch> epoch;
  Expectation expected;
  EligibilityFacts facts;
};

struct ReleaseGate {
  Principal actor;
  StageName stage;
  Expectation expected;
};

struct ExtendDeadline {
  Principal actor;
  StageName stage;
  std::optional<Epoch> epoch;
  Time deadline;
  std::string reason;
  Expectation expected;
};

// `is_allowed`: the workflow's override approver finds the actor eligible; else `why_not`.
struct OverrideRule {
  Principal actor;
  OverrideKind kind = OverrideKind::kGate;
  std::string reason;
  bool is_allowed = false;
  std::string why_not;
  Expectation expected;
};

struct RetryRun {
  Principal actor;
  std::string reason;
  Expectation expected;
};

// Undo what the run has done, from the last stage to the first.
struct RollBackRun {
  Principal actor;
  std::string reason;
  Expectation expected;
};

// `skips` and `facts` are the subject's under the new version, `target`.
struct MigrateRun {
  Principal actor;
  const Workflow* target = nullptr;  // borrowed for the call
  std::vector<StageMapping> stages;
  std::vector<SkippedStage> skips;
  SubjectFacts facts;
  Expectation expected;
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

// A moment of the gate has come: reminders, escalations, its deadline. All that are due, in order.
struct GateDue {
  StageName stage;
  Epoch epoch{1};
};

// What the directory and the approvers said about everybody.
struct RecordEligible {
  StageName stage;
  Epoch epoch{1};
  std::vector<RulePeople> rules;
};

// Look again whether a blocked run may act: a hold may have ended.
struct TryStart {};

// The run has held its locks for as long as it may while people decide.
struct ExpireLocks {};

struct SupersedeRun {
  RunId winner;
};

// The subject as stored is not the one whose digest was approved.
struct MarkStale {
  AttemptNumber number{1};
  std::string found_digest;
};

struct StartAttempt {
  AttemptNumber number{1};
};

// The executor's work goes on outside; `handle` is how it finds it again.
struct HandOver {
  AttemptNumber number{1};
  std::int64_t fencing_token = 0;
  std::string handle;  // empty: as it was
  std::string summary;
};

struct FinishAttempt {
  AttemptNumber number{1};
  std::int64_t fencing_token = 0;
  AttemptEnd end = AttemptEnd::kUnknown;
  FailureClass failure = FailureClass::kPermanent;
  std::string summary;
  std::string outputs_json;  // canonical: the log reads it back so
  double jitter = 0.0;       // in [0, 1): drawn outside, so that deciding stays pure
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

using Command =
    std::variant<CreateRun, CastVote, RecordPolicyVote, CancelRun, GateDue, StartAttempt,
                 FinishAttempt, ResolveIncident, RaiseIncident, ChangeSubject, ClaimGate,
                 ReleaseGate, ExtendDeadline, OverrideRule, RetryRun, MigrateRun, RecordEligible,
                 TryStart, ExpireLocks, SupersedeRun, MarkStale, HandOver, RollBackRun>;

// The principal id that events of this command carry.
PrincipalId ActorOf(const Command& command);

}  // namespace gatewright::core
