// engine/core/explain.h: why a run waits, who can change that, what the viewer may do about it, and
// what would happen next. The inbox, allowed actions and `explain` all ask here, and what is said
// of an action is what `Decide` says when it is asked: there is no second rule to disagree with.
// Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/ids.h"
#include "engine/base/time.h"
#include "engine/core/calendar.h"
#include "engine/core/command.h"
#include "engine/core/locks.h"
#include "engine/core/run.h"
#include "engine/core/workflow.h"
#include "engine/core/world.h"

namespace gatewright::core {

// In whose place the viewer may vote, and what the approvers say about that person.
struct DelegatedFacts {
  PrincipalId from;
  std::vector<PrincipalId> through;  // who stands between, nearest to `from` first
  EligibilityFacts facts;            // of `from`, with their groups
};

// Who asks, with the facts a vote of theirs on the current stage would carry.
struct Viewer {
  Principal principal;
  EligibilityFacts facts;
  std::vector<DelegatedFacts> delegations;  // those that hold now, for this gate
  bool may_override = false;                // the workflow's override approver says so
};

// What a run waits for. `kPolicy` … `kReview` are about a gate, the rest about an action.
enum class WaitKind {
  kVotes = 1,
  kPolicy,        // a policy has not answered
  kSecondPerson,  // an override has to be confirmed by somebody else
  kReview,        // an override of the run is looked at afterwards
  kStop,
  kSchedule,  // it was asked for a later time
  kWait,      // the stage's wait between gate and action
  kCalendar,
  kLock,
  kAttempt,  // an action is running
  kRetry,    // the next attempt's time has not come
  kIncident,
  kDraft,  // its requester has not submitted it
};
inline constexpr std::size_t kWaitKinds = 13;
std::string_view ToString(WaitKind kind);

struct Wait {
  WaitKind kind = WaitKind::kVotes;
  std::string detail;                // one sentence
  std::optional<Time> since;         // where that is known
  std::optional<Time> until;         // when it ends by itself, or is ended
  std::string then;                  // what happens at `until`; empty: it is over
  std::vector<PrincipalId> who;      // who can end it, as far as that is known
  std::optional<LockObstacle> lock;  // kLock

  bool operator==(const Wait&) const = default;
};

// impossible: not even if everybody who may vote approved.
enum class NodeState { kSatisfied = 1, kOpen, kImpossible };
inline constexpr std::size_t kNodeStates = 3;
std::string_view ToString(NodeState state);

// A node of the rule tree as it stands. `need` and `have` count people at a leaf and satisfied
// children at an inner node.
struct RuleNode {
  RuleKind kind = RuleKind::kLeaf;
  NodeState state = NodeState::kOpen;
  std::uint32_t need = 0;
  std::uint32_t have = 0;
  bool is_need_known = true;  // false: everybody who is eligible, and nobody knows who that is
  std::vector<RuleNode> children;

  // Of a leaf.
  RuleId id;
  PluginUse from;
  std::vector<PluginUse> also_from;                  // by escalation, so far
  bool needs_all = false;                            // need: all
  std::vector<PrincipalId> policies;                 // those that may fill it
  std::vector<PrincipalId> filled_by;                // at most `need` where people count once
  std::optional<std::vector<PrincipalId>> people;    // eligible; none: nobody knows
  std::optional<std::vector<PrincipalId>> can_fill;  // of those, who has not decided yet

  bool operator==(const RuleNode&) const = default;
};

struct NextEscalation {
  std::int64_t level = 1;
  Time at;
  PluginUse add;

  bool operator==(const NextEscalation&) const = default;
};

struct GateExplanation {
  StageName stage;
  Epoch epoch{1};
  GateOutcome outcome = GateOutcome::kPending;
  bool is_overridden = false;
  RuleNode rules;
  std::vector<PrincipalId> spare;  // approved, but no rule needs them
  bool is_distinct = true;
  RejectRule reject;
  std::vector<PrincipalId> rejected_by;
  bool is_blocked = false;  // reject: block, and one stands
  bool needs_human = false;
  bool has_human = false;
  bool needs_digest = false;
  bool needs_form = false;
  PrincipalId claimed_by;  // empty: nobody
  std::optional<Time> deadline;
  OnTimeout on_timeout = OnTimeout::kExpire;
  std::string clock;
  std::optional<Time> next_reminder;
  std::optional<NextEscalation> next_escalation;

  bool operator==(const GateExplanation&) const = default;
};

struct CalendarExplanation {
  std::string name;
  bool is_found = false;  // a calendar that is not there keeps everything from starting
  Opening opening;
  std::optional<Time> next_start;  // when an action may next start, its runway counted
  bool is_overridden = false;

  bool operator==(const CalendarExplanation&) const = default;
};

// Why somebody cannot vote, or what they should know when they do. Stable: callers may compare.
enum class ReasonCode {
  kNotOpen = 1,
  kDeadlinePassed,
  kSelfApproval,
  kCommitter,
  kSameTeam,
  kPreviousVoter,
  kNotIn,  // has a rule
  kAlreadyVoted,
  kAlreadyUsedFor,  // has a rule
  kServiceAccount,
  kClaimed,
  kDigestNeeded,
  kFormNeeded,
  kFactsOutdated,
  kKeptEarly,
};
inline constexpr std::size_t kReasonCodes = 15;
std::string_view ToString(ReasonCode code);

struct Reason {
  ReasonCode code = ReasonCode::kNotOpen;
  RuleId rule;  // empty where the code has none
  std::string detail;

  std::string text() const;  // "not_in:qa"
  bool operator==(const Reason&) const = default;
};

// One place in which the viewer could vote: their own, or that of somebody who delegated to them.
struct VotingPlace {
  PrincipalId on_behalf_of;  // empty: their own
  std::vector<PrincipalId> through;
  bool can_vote = false;        // their vote is missing and would be taken
  std::vector<RuleId> rules;    // that it may fill
  std::vector<Reason> reasons;  // why not; empty exactly when `can_vote`
  std::vector<Reason> notes;    // what to know besides
  // Of approve, reject and withdraw: what would be accepted and change something. A vote that was
  // cast can still be changed.
  std::vector<std::string_view> actions;

  bool operator==(const VotingPlace&) const = default;
};

enum class StepKind {
  kVoteCounts = 1,
  kGateSatisfied,
  kGateRejected,
  kStageSkipped,
  kStageDone,
  kGateOpens,
  kAskedAgain,
  kLockTaken,
  kLockQueued,
  kLockReleased,
  kSupersedes,
  kActionStarts,
  kActionBlocked,
  kReviewOpens,
  kRunFinished,
};
inline constexpr std::size_t kStepKinds = 15;
std::string_view ToString(StepKind kind);

struct Step {
  StepKind kind = StepKind::kVoteCounts;
  StageName stage;     // empty where it is about none
  std::string detail;  // a clause

  bool operator==(const Step&) const = default;
};

// What an approve of the viewer would lead to at once.
struct Outlook {
  PrincipalId on_behalf_of;  // in whose place; empty: their own
  bool is_gate_satisfied = false;
  RunStatus status = RunStatus::kWaiting;
  std::string state;
  StageName stage;  // where the run would be; empty when finished
  std::string summary;
  std::vector<Step> steps;

  bool operator==(const Outlook&) const = default;
};

struct ViewerExplanation {
  PrincipalId id;
  bool can_decide = false;  // in their own place or in another's: what the inbox asks
  VotingPlace own;
  std::vector<VotingPlace> on_behalf_of;
  // What `Decide` would accept of this viewer now, and what would change something; `resubmit`
  // makes another run. The caller's permissions are not looked at here.
  std::vector<std::string_view> allowed_actions;
  std::optional<Outlook> if_i_approve;  // when they can

  bool operator==(const ViewerExplanation&) const = default;
};

struct Explanation {
  RunStatus status = RunStatus::kWaiting;
  std::string state;
  StageName stage;      // empty when finished
  std::string summary;  // one sentence
  std::vector<Wait> waits_for;
  std::vector<Wait> ahead;  // while people decide: what would keep the action from starting now
  std::optional<GateExplanation> gate;  // of the current stage, or the one that ended the run
  std::optional<CalendarExplanation> calendar;
  std::optional<Time> votes_hold_until;  // approved and not executed: then they are asked again
  std::optional<Time> locks_held_until;  // while people decide: then its locks go to others
  std::optional<ViewerExplanation> viewer;

  bool operator==(const Explanation&) const = default;
};

// `workflow` is the version the run is pinned to.
Explanation Explain(const Run& run, const Workflow& workflow, Time now, const World& world,
                    const std::optional<Viewer>& viewer);

// Does the open gate miss a vote that this viewer can give? The same as
// `Explain(…).viewer->can_decide`, for lists.
bool CanDecideNow(const Run& run, const Workflow& workflow, Time now, const World& world,
                  const Viewer& viewer);

}  // namespace gatewright::core
