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

// A node of a gate's rule tree. A leaf asks for `need` different eligible people.
struct Rule {
  RuleKind kind = RuleKind::kLeaf;
  std::uint32_t need = 1;      // leaf: how many people; nOf: how many children
  RuleId id;                   // leaf
  PluginUse from;              // leaf: who is eligible
  std::vector<Rule> children;  // all, any, nOf

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

enum class OnTimeout { kExpire = 1, kReject };

struct Deadline {
  Duration after{0};
  OnTimeout on_timeout = OnTimeout::kExpire;

  bool operator==(const Deadline&) const = default;
};

struct SeparationOfDuties {
  bool excludes_requester = false;
  bool excludes_previous_voters = false;  // whoever approved an earlier stage of this run

  bool operator==(const SeparationOfDuties&) const = default;
};

struct GateSpec {
  Rule rules;  // always an inner node: a list in YAML is `all`
  RejectRule reject;
  SeparationOfDuties separation;
  bool is_distinct = true;   // one person fills at most one slot across rules
  bool needs_human = false;  // satisfied only with at least one counted approve of a person
  std::vector<AutoVoter> auto_voters;
  std::optional<Deadline> deadline;

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

  bool operator==(const ActionSpec&) const = default;
};

struct StageSpec {
  StageName name;
  std::string done_state;        // the run's `state` once this stage is done
  std::string when_schema_json;  // empty = always; JSON Schema on {subject, run}
  std::optional<GateSpec> gate;  // none = `gate: none`
  std::optional<ActionSpec> action;

  bool operator==(const StageSpec&) const = default;
};

struct StateLook {
  std::string state;
  std::string color;
  std::string icon;
  std::string label;

  bool operator==(const StateLook&) const = default;
};

struct NotifyRule {
  PluginUse use;
  std::vector<std::string> on;  // event names in dotted form: "gate.opened"

  bool operator==(const NotifyRule&) const = default;
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
  std::vector<NotifyRule> notify;

  // Null when there is no such stage.
  const StageSpec* FindStage(const StageName& stage) const;
  // Index of the stage in `stages`; the number of stages when there is none.
  std::size_t IndexOf(const StageName& stage) const;

  bool operator==(const Workflow&) const = default;
};

// Every leaf below `rule`, in the order of the file.
std::vector<const Rule*> Leaves(const Rule& rule);

}  // namespace gatewright::core
