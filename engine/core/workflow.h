// engine/core/workflow.h: a workflow as the core sees it: one immutable, checked value per version.
// JSON that only plugins or the codec understand stays text here: the core reads none.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/ids.h"
#include "engine/base/time.h"

namespace gatewright::core {

// A plugin and the config the workflow gives it.
struct PluginUse {
  std::string plugin;     // name of the offer: "role", "command"
  std::string with_json;  // its config, a JSON object; may hold ${…} for executors and notifiers

  bool operator==(const PluginUse&) const = default;
};

enum class RuleKind { kLeaf = 1, kAll, kAny, kNOf };

// Whose votes do not count, by immutable principal id; checked at the vote and at the decision.
struct SeparationOfDuties {
  bool excludes_requester = false;
  bool excludes_previous_voters = false;  // whoever approved an earlier stage of this run
  bool excludes_committers = false;       // whom the subject names as its authors
  bool excludes_same_team = false;        // whoever shares a group with the requester

  bool operator==(const SeparationOfDuties&) const = default;
};

// A node of a gate's rule tree. A leaf asks for `need` different eligible people.
struct Rule {
  RuleKind kind = RuleKind::kLeaf;
  std::uint32_t need = 1;                        // leaf: how many people; nOf: how many children
  bool needs_all = false;                        // leaf: everybody eligible when the gate opened
  RuleId id;                                     // leaf
  PluginUse from;                                // leaf: who is eligible
  std::optional<SeparationOfDuties> separation;  // leaf: instead of the gate's
  std::vector<Rule> children;                    // all, any, nOf

  bool operator==(const Rule&) const = default;
};

// What a reject does. veto: the first one ends the gate. threshold: that many do.
// block: the gate cannot be satisfied while one stands, and does not end either.
enum class RejectKind { kVeto = 1, kThreshold, kBlock };

struct RejectRule {
  RejectKind kind = RejectKind::kVeto;
  std::uint32_t threshold = 1;

  bool operator==(const RejectRule&) const = default;
};

// A policy that votes on a gate.
struct AutoVoter {
  std::string id;  // votes as principal "policy:<id>"
  PluginUse use;
  std::vector<RuleId> fills;  // the only rules its approve may fill
  bool is_shadow = false;     // recorded, not counted

  bool operator==(const AutoVoter&) const = default;
};

// escalate: the gate stays open, every level takes effect. approve: the workflow's author allowed
// it in so many words (`allowAutoTimeout`).
enum class OnTimeout { kExpire = 1, kReject, kEscalate, kApprove };

// From `after` the gate's opening on, whom `add` finds eligible may vote too. Votes stay.
struct Escalation {
  Duration after{0};
  PluginUse add;
  std::vector<RuleId> rules;  // the rules they may fill; empty = every rule

  bool operator==(const Escalation&) const = default;
};

struct Deadline {
  Duration after{0};
  std::string clock;  // a calendar: only its open time counts; empty = wall time
  OnTimeout on_timeout = OnTimeout::kExpire;
  std::vector<Duration> reminders;  // so long before the deadline, longest first
  std::vector<Escalation> levels;   // in order of `after`

  bool operator==(const Deadline&) const = default;
};

enum class OnSubjectChange { kReset = 1, kResetFrom, kKeepIf };

// How long a gate's votes live, and what they are bound to.
struct VoteRules {
  std::optional<Duration> ttl;           // approved but not executed: after that, asked again
  std::optional<Duration> reuse_within;  // a retry may reuse votes on the same subject so young
  OnSubjectChange on_subject_change = OnSubjectChange::kReset;
  StageName reset_from;       // kResetFrom: that stage and all after it are asked again
  std::string keep_if;        // kKeepIf: a CEL expression on {old, new, run, stage}
  bool holds_early = false;   // a vote before the gate opens is kept, not refused
  bool needs_digest = false;  // a vote must name the digest of what it votes on

  bool operator==(const VoteRules&) const = default;
};

struct GateSpec {
  Rule rules;  // always an inner node: a list in YAML is `all`
  RejectRule reject;
  SeparationOfDuties separation;
  bool is_distinct = true;   // one person fills at most one slot across rules
  bool needs_human = false;  // satisfied only with at least one counted approve of a person
  std::vector<AutoVoter> auto_voters;
  std::optional<Deadline> deadline;
  VoteRules votes;
  std::string form_schema_json;  // what a voter fills in, a JSON Schema; empty = nothing

  bool operator==(const GateSpec&) const = default;
};

enum class FailureClass { kTransient = 1, kPermanent };

struct RetryRule {
  std::uint32_t attempts = 1;  // in total
  Duration backoff{std::chrono::seconds{5}};
  double factor = 2.0;
  Duration max{std::chrono::minutes{5}};
  bool has_jitter = true;
  std::vector<FailureClass> on = {FailureClass::kTransient};

  bool operator==(const RetryRule&) const = default;
};

struct ActionSpec {
  PluginUse use;
  Duration timeout{std::chrono::minutes{15}};
  RetryRule retry;
  bool is_safe_to_rerun = false;
  // No output and no progress for so long: it is taken to hang, and stopped.
  std::optional<Duration> heartbeat;
  // Of a rollback stage: the plugin that acted undoes its own attempt. Else `use` is called like
  // any action.
  bool is_own_rollback = false;

  bool operator==(const ActionSpec&) const = default;
};

struct StageSpec {
  StageName name;
  std::string done_state;        // the run's `state` once this stage is done
  std::string when_schema_json;  // empty = always; JSON Schema on {subject, run}
  std::optional<GateSpec> gate;  // none = `gate: none`
  Duration wait{0};              // between the gate and the action
  std::optional<ActionSpec> action;
  StageName undoes{};  // of a rollback stage: whose action it undoes; else empty

  bool operator==(const StageSpec&) const = default;
};

struct StateLook {
  std::string state;
  std::string color;
  std::string icon;
  std::string label;

  bool operator==(const StateLook&) const = default;
};

// Whom a notify rule tells: whoever its settings name, or people with addresses of their own:
// those whose vote the gate misses, the requester, those who have voted.
enum class NotifyTo { kChannel = 1, kNeeded, kRequester, kVoters };
std::string_view ToString(NotifyTo to);

struct NotifyRule {
  PluginUse use;
  std::vector<std::string> on;  // event names in dotted form: "gate.opened"
  NotifyTo to = NotifyTo::kChannel;
  // kNeeded: the message has links with which its receiver can vote, good for so long.
  std::optional<Duration> links{};

  bool operator==(const NotifyRule&) const = default;
};

enum class LockAcquire { kAfterGate = 1, kBeforeGate };

// Which of several waiting runs is next. latest_wins: the newest, and the others are superseded.
enum class LockMode { kFifo = 1, kLifo, kLatestWins, kParallel };
std::string_view ToString(LockMode mode);

struct LockSpec {
  std::vector<std::string> keys;  // may hold ${…}; resolved when a run is created
  LockAcquire acquire = LockAcquire::kAfterGate;
  LockMode mode = LockMode::kFifo;
  std::uint32_t limit = 1;      // holders at once; above 1 only with kParallel
  std::optional<Duration> ttl;  // before_gate: how long a run may hold it while people decide

  bool operator==(const LockSpec&) const = default;
};

struct CalendarUse {
  std::string name;
  Duration min_runway{0};  // an action does not start closer than this to the close

  bool operator==(const CalendarUse&) const = default;
};

// Break-glass: who may pass a rule on purpose. A workflow without it has none.
struct OverrideSpec {
  PluginUse from;  // an approver: who may
  bool needs_second = false;
  Duration expires{std::chrono::hours{1}};
  std::optional<GateSpec> review;  // opens after the fact; the run is not finished before it

  bool operator==(const OverrideSpec&) const = default;
};

struct Workflow {
  WorkflowName name;
  WorkflowVersion version;  // SHA-256 of the canonical form of the source
  std::string title;
  std::vector<std::pair<std::string, std::string>> labels;
  std::string initial_state = "requested";
  std::vector<StateLook> states;
  std::string subject_schema_json;  // empty = anything
  std::vector<StageSpec> stages;    // at least one
  std::optional<LockSpec> lock;
  std::optional<CalendarUse> calendar;
  std::optional<OverrideSpec> overriding;
  std::optional<StageSpec> review;   // the stage of `overriding->review`, named kReviewStage
  std::vector<StageSpec> rollbacks;  // for each action that can be undone, the last one first
  std::string committers_pointer = "/committers";  // where the subject names its authors
  std::vector<NotifyRule> notify;

  // Also finds the review stage and the rollback stages. Null when there is no such stage.
  const StageSpec* FindStage(const StageName& stage) const;
  // Index of the stage in `stages`; the number of stages when there is none.
  std::size_t IndexOf(const StageName& stage) const;

  bool operator==(const Workflow&) const = default;
};

// The stage that looks at an override afterwards.
inline constexpr std::string_view kReviewStage = "override-review";

// Every leaf below `rule`, in the order of the file.
std::vector<const Rule*> Leaves(const Rule& rule);

}  // namespace gatewright::core
