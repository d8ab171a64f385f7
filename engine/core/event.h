// engine/core/event.h: facts. What happened to a run, in the past tense, complete enough that
// `Apply` needs nothing else: no clock, no plugin, no workflow file.
// The meaning of a released event never changes; a changed one gets a new type.
// Long: it is a list, and reading it from top to bottom is how to learn what can happen.
#pragma once

#include <cstddef>
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
enum class RunOutcome {
  kSucceeded = 1,
  kRejected,
  kExpired,
  kCancelled,
  kFailed,
  kSuperseded,  // a newer run took its place
  kStale,       // what would have been executed is not what was approved
  kRolledBack,  // what it had done was undone
};
inline constexpr std::size_t kRunOutcomes = 8;

std::string_view ToString(Choice choice);
std::string_view ToString(RunOutcome outcome);

struct SkippedStage {
  StageName stage;
  std::string reason;

  bool operator==(const SkippedStage&) const = default;
};

// What the core needs to know of a subject, read from it by whoever can read JSON.
struct SubjectFacts {
  std::vector<std::string> lock_keys;  // resolved, sorted, each once
  std::vector<PrincipalId> committers;

  bool operator==(const SubjectFacts&) const = default;
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
  SubjectFacts facts;
  std::vector<std::string> requester_groups;
  std::optional<Time> not_before;  // its actions wait for this
  std::optional<RunId> parent;     // whose locks it shares
  std::optional<RunId> resubmit_of;

  bool operator==(const RunCreated&) const = default;
};

// A run that asks nobody yet: its requester goes on writing the subject, until it is submitted.
struct RunDrafted {
  WorkflowName workflow;
  WorkflowVersion version;  // in force then; what holds is the one in force when it is submitted
  std::string name;
  PrincipalId requester;
  bool is_requester_everybody = false;
  std::string subject_json;  // canonical; what it has to have may be missing
  std::string subject_digest;
  std::optional<Time> not_before;
  std::optional<RunId> parent;
  std::optional<RunId> resubmit_of;
  Time expires_at;

  bool operator==(const RunDrafted&) const = default;
};

struct DraftEdited {
  std::string subject_json;
  std::string subject_digest;
  std::string reason;
  Time expires_at;  // later than before: somebody works on it

  bool operator==(const DraftEdited&) const = default;
};

// From here on it is a run like any other: complete, and under this version.
struct RunSubmitted {
  WorkflowVersion version;
  std::string subject_digest;
  std::string initial_state;
  std::vector<SkippedStage> skips;
  SubjectFacts facts;
  std::vector<std::string> requester_groups;

  bool operator==(const RunSubmitted&) const = default;
};

// The subject is another from here on. The gates that are asked again follow as GateOpened.
struct SubjectChanged {
  std::string subject_json;
  std::string subject_digest;
  std::vector<SkippedStage> skips;
  SubjectFacts facts;
  std::string reason;

  bool operator==(const SubjectChanged&) const = default;
};

struct StageSkipped {
  StageName stage;
  std::string reason;

  bool operator==(const StageSkipped&) const = default;
};

// Votes of an epoch before are outdated by it.
struct GateOpened {
  StageName stage;
  Epoch epoch{1};
  std::optional<Time> deadline;
  bool is_soft = false;           // the deadline ends nothing: it only escalates
  std::vector<Time> reminders;    // when to remind, in order
  std::vector<Time> escalations;  // when each level takes effect, in order
  std::string reason;             // why it was opened again
  std::string state;              // not empty: the run went back, and this is its state now

  bool operator==(const GateOpened&) const = default;
};

// Votes of the epoch before that still hold, because the workflow says so.
struct VotesCarried {
  StageName stage;
  Epoch epoch{1};  // the new one
  std::vector<PrincipalId> voters;
  std::string reason;

  bool operator==(const VotesCarried&) const = default;
};

// Votes of the epoch before that count no more; their owners are to be told.
struct VotesOutdated {
  StageName stage;
  Epoch epoch{1};  // the old one
  std::vector<PrincipalId> voters;
  std::string reason;

  bool operator==(const VotesOutdated&) const = default;
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
  PrincipalId on_behalf_of;   // a delegate votes in somebody's place; else empty
  std::string form_json;      // what the voter filled in; canonical, else empty

  bool operator==(const VoteCast&) const = default;
};

// A vote on a gate that is not open yet. Counts when it opens, on the same subject only.
struct VoteHeld {
  StageName stage;
  PrincipalId voter;
  PrincipalKind kind = PrincipalKind::kPerson;
  bool is_everybody = false;
  Choice choice = Choice::kApprove;
  std::vector<RuleId> rules;
  std::string comment;
  std::string subject_digest;
  PrincipalId on_behalf_of;
  std::string form_json;

  bool operator==(const VoteHeld&) const = default;
};

// A held vote that does not count, because it was about another subject.
struct HeldVoteDropped {
  StageName stage;
  PrincipalId voter;
  std::string reason;

  bool operator==(const HeldVoteDropped&) const = default;
};

// Who is eligible for a rule, as far as the directory knows.
struct RulePeople {
  RuleId rule;
  std::vector<PrincipalId> people;

  bool operator==(const RulePeople&) const = default;
};

struct EligibleListed {
  StageName stage;
  Epoch epoch{1};
  std::vector<RulePeople> rules;  // one without an entry cannot be listed

  bool operator==(const EligibleListed&) const = default;
};

struct GateClaimed {
  StageName stage;
  Epoch epoch{1};
  PrincipalId by;

  bool operator==(const GateClaimed&) const = default;
};

struct GateReleased {
  StageName stage;
  Epoch epoch{1};

  bool operator==(const GateReleased&) const = default;
};

struct ReminderDue {
  StageName stage;
  Epoch epoch{1};
  std::int64_t number = 1;  // the newest that is due; earlier ones were not sent apart

  bool operator==(const ReminderDue&) const = default;
};

struct GateEscalated {
  StageName stage;
  Epoch epoch{1};
  std::int64_t level = 1;
  std::string reason;

  bool operator==(const GateEscalated&) const = default;
};

struct DeadlineExtended {
  StageName stage;
  Epoch epoch{1};
  Time deadline;
  std::string reason;

  bool operator==(const DeadlineExtended&) const = default;
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

// What an override passes. A stop cannot be overridden, only lifted.
enum class OverrideKind {
  kGate = 1,  // the open gate
  kCalendar,  // the calendar, and with it a freeze
  kLock,      // the locks this run holds: it gives them up
};
std::string_view ToString(OverrideKind kind);

// Waits for a second person until `expires_at`.
struct OverrideAsked {
  OverrideKind kind = OverrideKind::kGate;
  StageName stage;
  PrincipalId by;
  std::string reason;
  Time expires_at;

  bool operator==(const OverrideAsked&) const = default;
};

struct OverrideGranted {
  OverrideKind kind = OverrideKind::kGate;
  StageName stage;
  PrincipalId by;
  PrincipalId second;  // empty where one person is enough
  std::string reason;
  Time expires_at;

  bool operator==(const OverrideGranted&) const = default;
};

// What keeps an approved stage from acting.
enum class HoldKind { kStop = 1, kCalendar, kWait, kSchedule, kLock };
std::string_view ToString(HoldKind kind);

struct Hold {
  HoldKind kind = HoldKind::kStop;
  std::string detail;         // for people
  std::optional<Time> until;  // when it is expected to end

  bool operator==(const Hold&) const = default;
};

struct ActionBlocked {
  StageName stage;
  std::vector<Hold> holds;

  bool operator==(const ActionBlocked&) const = default;
};

// The run stands in line for its locks. `ticket` only ever grows, over all runs.
struct LocksQueued {
  std::vector<std::string> keys;
  LockMode mode = LockMode::kFifo;
  std::uint32_t limit = 1;
  std::int64_t ticket = 0;

  bool operator==(const LocksQueued&) const = default;
};

struct LocksTaken {
  std::vector<std::string> keys;
  LockMode mode = LockMode::kFifo;
  std::uint32_t limit = 1;
  std::int64_t ticket = 0;  // a new one: it grows in the order in which locks are taken
  std::optional<Time> until;

  bool operator==(const LocksTaken&) const = default;
};

// Given back, or left the line.
struct LocksReleased {
  std::vector<std::string> keys;
  std::string reason;

  bool operator==(const LocksReleased&) const = default;
};

// Waits until `not_before`, and then for a free worker; planned and started in one step when there
// is nothing to wait for.
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

// The executor has returned, and the work goes on outside. Its end comes by asking or by callback.
struct AttemptHandedOver {
  StageName stage;
  AttemptNumber number{1};
  std::string handle;  // how the executor finds the work again; may be empty
  std::string summary;

  bool operator==(const AttemptHandedOver&) const = default;
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

// The run had ended, and this stage is asked and done again.
struct RunRetried {
  StageName stage;
  std::string reason;

  bool operator==(const RunRetried&) const = default;
};

// The run had ended, and what it has done is undone: these stages, in this order.
struct RollbackStarted {
  std::vector<StageName> stages;
  std::string reason;

  bool operator==(const RollbackStarted&) const = default;
};

struct StageMapping {
  StageName from;
  StageName to;

  bool operator==(const StageMapping&) const = default;
};

// The run follows another version of its workflow from here on.
struct RunMigrated {
  WorkflowVersion version;
  std::vector<StageMapping> stages;  // those that have another name there, or none: they are gone
  std::vector<SkippedStage> skips;
  SubjectFacts facts;
  StageName resumes_at;  // from this reached stage on, the way is gone through again

  bool operator==(const RunMigrated&) const = default;
};

// The run has come to its end, but a rule of it was overridden: that is looked at first, and then
// it is finished as it says here.
struct ReviewOpened {
  RunOutcome outcome = RunOutcome::kFailed;
  std::string state;
  std::string reason;

  bool operator==(const ReviewOpened&) const = default;
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
                 StageDone, IncidentRaised, IncidentResolved, CancelRequested, RunFinished,
                 SubjectChanged, VotesCarried, VotesOutdated, VoteHeld, HeldVoteDropped,
                 EligibleListed, GateClaimed, GateReleased, ReminderDue, GateEscalated,
                 DeadlineExtended, OverrideAsked, OverrideGranted, ActionBlocked, LocksQueued,
                 LocksTaken, LocksReleased, RunRetried, RunMigrated, ReviewOpened,
                 AttemptHandedOver, RollbackStarted, RunDrafted, DraftEdited, RunSubmitted>;

}  // namespace gatewright::core
