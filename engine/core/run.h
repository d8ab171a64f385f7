// engine/core/run.h: a run as its events made it. Only `Apply` changes it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/ids.h"
#include "engine/base/time.h"
#include "engine/core/event.h"

namespace gatewright::core {

// What a run waits for, or how it ended.
enum class RunStatus {
  kWaiting = 1,     // for votes on the open gate
  kExecuting,       // for an attempt, or for the time of the next one
  kNeedsAttention,  // for an operator: an incident
  kSucceeded,
  kRejected,
  kExpired,
  kCancelled,
  kFailed,
  kBlocked,     // approved, but something that is no person keeps its action from starting
  kSuperseded,  // a newer run took its place
  kStale,       // what would have been executed is not what was approved
  kRolledBack,  // what it had done was undone
};
inline constexpr std::size_t kRunStatuses = 12;

std::string_view ToString(RunStatus status);
std::optional<RunStatus> ParseRunStatus(std::string_view text);
bool IsFinished(RunStatus status);
RunOutcome OutcomeOf(RunStatus status);  // of one that is finished

enum class GateOutcome { kPending = 1, kSatisfied, kRejected, kExpired, kImpossible };
std::string_view ToString(GateOutcome outcome);

struct Vote {
  PrincipalId voter;
  PrincipalKind kind = PrincipalKind::kPerson;
  bool is_everybody = false;
  Choice choice = Choice::kApprove;
  std::vector<RuleId> rules;
  std::string comment;
  bool is_shadow = false;
  std::string evidence_json;
  PrincipalId on_behalf_of;    // empty: the voter's own
  std::string form_json;       // empty: none
  std::string carried_reason;  // not empty: cast in an epoch before, and still good
  Time at;

  // Whose place this vote takes: one live vote per gate, epoch and slot.
  const PrincipalId& slot() const { return on_behalf_of.empty() ? voter : on_behalf_of; }
  bool operator==(const Vote&) const = default;
};

// A vote that counts no more.
struct OutdatedVote {
  Epoch epoch{1};
  Vote vote;
  std::string reason;

  bool operator==(const OutdatedVote&) const = default;
};

struct HeldVote {
  StageName stage;
  Vote vote;
  std::string subject_digest;

  bool operator==(const HeldVote&) const = default;
};

// One opening of a stage's gate. `votes` holds the live ones: the newest of each voter, a
// withdrawn one gone.
struct Gate {
  Epoch epoch{1};
  GateOutcome outcome = GateOutcome::kPending;
  std::vector<Vote> votes;
  Time opened_at;
  std::optional<Time> deadline;
  bool is_soft = false;  // the deadline ends nothing
  std::vector<Time> reminders;
  std::vector<Time> escalations;
  std::int64_t reminded = 0;                        // how many reminders are behind us
  std::int64_t escalated = 0;                       // how many levels have taken effect
  PrincipalId claimed_by;                           // empty: nobody
  std::optional<std::vector<RulePeople>> eligible;  // none: not listed yet
  bool is_overridden = false;
  std::string reason;  // why it was opened again
  std::optional<Time> decided_at;
  PrincipalId decided_by;  // whose command decided it

  bool is_open() const { return outcome == GateOutcome::kPending; }
  bool operator==(const Gate&) const = default;
};

enum class AttemptState {
  kPlanned = 1,
  kStarted,
  kSucceeded,
  kFailed,
  kTimedOut,
  kCancelled,
  kUnknown
};
std::string_view ToString(AttemptState state);
bool IsOpen(AttemptState state);

struct Attempt {
  StageName stage;
  AttemptNumber number{1};
  Epoch epoch{1};  // of the gate that let it be made
  AttemptState state = AttemptState::kPlanned;
  std::int64_t fencing_token = 0;
  Time not_before;
  std::optional<Time> started_at;
  std::optional<Time> deadline;
  std::optional<Time> ended_at;
  FailureClass failure = FailureClass::kPermanent;
  std::string summary;
  std::string outputs_json;
  bool is_handed_over = false;  // it goes on outside, in no call of ours
  std::string handle;           // how its executor finds it again

  bool operator==(const Attempt&) const = default;
};

enum class StageState { kAhead = 1, kCurrent, kDone, kSkipped, kRolledBack };
std::string_view ToString(StageState state);

struct Stage {
  StageName name;
  StageState state = StageState::kAhead;
  std::optional<Gate> gate;  // from its opening on
  std::vector<OutdatedVote> outdated;
  std::string skip_reason;
  std::optional<Time> entered_at;
  std::optional<Time> left_at;

  bool operator==(const Stage&) const = default;
};

struct Incident {
  std::string code;
  std::string message;
  Time at;

  bool operator==(const Incident&) const = default;
};

// A request to pass a rule on purpose; granted ones count until they expire.
struct Override {
  OverrideKind kind = OverrideKind::kGate;
  StageName stage;
  PrincipalId by;
  PrincipalId second;
  std::string reason;
  Time expires_at;
  bool is_granted = false;

  bool operator==(const Override&) const = default;
};

enum class LockState { kNone = 1, kQueued, kHeld };
std::string_view ToString(LockState state);

// The run's place at its locks.
struct RunLocks {
  LockState state = LockState::kNone;
  std::vector<std::string> keys;  // queued for, or held
  std::int64_t ticket = 0;        // kept after leaving the line, so that it finds its place again
  std::optional<Time> until;

  bool operator==(const RunLocks&) const = default;
};

// What a run has done is being undone.
struct Rollback {
  RunStatus status = RunStatus::kSucceeded;  // how the run had ended, and would be again
  std::string state;
  std::string finish_reason;
  std::vector<StageName> left;  // what is still to be undone, the next one first
  std::size_t attempts_before = 0;
  std::string reason;
  PrincipalId by;  // who asked for it

  bool operator==(const Rollback&) const = default;
};

struct Run {
  RunId id;
  Sequence version;  // how many log entries made it; 0 = not created yet
  WorkflowName workflow;
  WorkflowVersion workflow_version;
  std::string name;
  PrincipalId requester;
  bool is_requester_everybody = false;
  std::string subject_json;
  std::string subject_digest;
  std::string state;
  RunStatus status = RunStatus::kWaiting;
  StageName current_stage;          // empty when finished
  std::vector<Stage> stages;        // those reached or skipped so far, in order
  std::vector<SkippedStage> skips;  // stages that will be skipped when reached
  SubjectFacts facts;
  std::vector<std::string> requester_groups;
  std::optional<Time> not_before;
  std::optional<RunId> parent;
  std::optional<RunId> resubmit_of;
  std::vector<HeldVote> held_votes;  // on gates that are not open yet
  std::vector<Hold> holds;           // kBlocked: what keeps it
  RunLocks locks;
  std::vector<Override> overrides;
  std::optional<ReviewOpened> review;  // how it will be finished, once the review has been
  std::optional<Rollback> rollback;
  std::vector<Attempt> attempts;     // in order of number
  std::optional<Incident> incident;  // the open one
  bool is_cancel_requested = false;
  std::string finish_reason;
  Time created_at;
  Time updated_at;
  std::optional<Time> finished_at;  // a late answer may still update the run after it

  bool exists() const { return version.value > 0; }
  bool is_finished() const { return IsFinished(status); }

  // Null when the stage was not reached yet.
  const Stage* FindStage(const StageName& stage) const;
  Stage* FindStage(const StageName& stage);
  // The open attempt, if any. At most one is open at a time.
  const Attempt* OpenAttempt() const;
  const Attempt* FindAttempt(AttemptNumber number) const;

  bool operator==(const Run&) const = default;
};

}  // namespace gatewright::core
