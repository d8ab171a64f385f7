#include "engine/definition/spec_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "engine/base/edit_distance.h"
#include "engine/codec/events.h"
#include "engine/definition/action_reader.h"
#include "engine/definition/gate_reader.h"
#include "engine/definition/lock_reader.h"
#include "engine/definition/override_reader.h"
#include "engine/definition/plugin_use.h"
#include "engine/definition/rollback_reader.h"
#include "engine/definition/schema_reader.h"

namespace gatewright::definition {
namespace {

// As core::NotifyTo has them, after kChannel.
constexpr std::array<std::string_view, 3> kNotifyPeople = {"needed", "requester", "voters"};
constexpr Duration kUsualLinkTime = std::chrono::minutes{30};
constexpr Duration kShortestLinkTime = std::chrono::minutes{1};
constexpr Duration kLongestLinkTime = std::chrono::hours{24};

using Words = std::span<const std::string_view>;

constexpr std::size_t kMaxNotify = 64;
constexpr std::size_t kMaxStates = 128;
constexpr Duration kMaxWait = std::chrono::days{366};

// The engine says these itself.
constexpr std::array<std::string_view, 7> kReservedStates = {
    "rejected", "cancelled", "expired", "failed", "executing", "rolled_back", "rollback_failed"};
constexpr std::array<std::string_view, 8> kColors = {"gray",   "blue",   "teal", "green",
                                                     "yellow", "orange", "red",  "purple"};
constexpr std::array<std::string_view, 14> kIcons = {
    "circle", "check", "cross", "clock",   "rocket", "flag",  "shield",
    "lock",   "eye",   "play",  "warning", "user",   "users", "star"};
bool IsReserved(std::string_view state) {
  return std::find(kReservedStates.begin(), kReservedStates.end(), state) != kReservedStates.end();
}

bool IsPointer(std::string_view text) {
  if (!text.starts_with('/')) return false;
  for (std::size_t i = text.find('~'); i != text.npos; i = text.find('~', i + 1)) {
    if (i + 1 == text.size() || (text[i + 1] != '0' && text[i + 1] != '1')) return false;
  }
  return true;
}

// "/commits/authors" as its steps; `pointer` must be one.
std::vector<std::string> StepsOf(std::string_view pointer) {
  std::vector<std::string> steps;
  for (std::size_t i = 0; i < pointer.size(); ++i) {
    if (pointer[i] == '/') {
      steps.emplace_back();
    } else if (pointer[i] == '~') {
      steps.back() += pointer[++i] == '0' ? '~' : '/';
    } else {
      steps.back() += pointer[i];
    }
  }
  return steps;
}

class SpecReader {
 public:
  SpecReader(const Node& node, const LoadContext& context, const Scope& scope,
             core::Workflow& workflow)
      : scope_(scope),
        fields_(scope, node,
                {{"stages"},
                 {"initialState", "states", "subject", "committers", "lock", "calendar", "override",
                  "notify"},
                 {}}),
        context_(context),
        workflow_(workflow) {}

  void Read() {
    ReadInitialState();
    ReadSubject();
    ReadCommitters();
    if (const Node* lock = fields_.Map("lock")) workflow_.lock = ReadLock(*lock, context_, scope_);
    if (const Node* calendar = fields_.Find("calendar")) {
      workflow_.calendar = ReadCalendarUse(*calendar, scope_);
    }
    if (const Node* list = fields_.List("stages", 1, kMaxStages)) {
      for (const Node& stage : list->items()) ReadStage(stage);
    }
    if (const Node* node = fields_.Map("override")) {
      ReadOverride(*node, context_, scope_, workflow_);
    }
    if (const Node* states = fields_.Map("states")) ReadStates(*states);
    if (const Node* list = fields_.List("notify", 0, kMaxNotify)) {
      for (const Node& item : list->items()) ReadNotify(item);
    }
  }

 private:
  void ReadInitialState() {
    if (const auto state = fields_.Name("initialState", kIdentifierRule)) {
      workflow_.initial_state = *state;
      RefuseReserved(*state, fields_.Find("initialState")->mark(), "initialState", scope_);
    }
  }

  static void RefuseReserved(const std::string& state, Mark mark, std::string_view label,
                             const Scope& scope) {
    if (!IsReserved(state)) return;
    scope.Report(mark, codes::kReserved,
                 fmt::format("'{}': the engine itself uses the state '{}' (reserved: {})", label,
                             state, fmt::join(kReservedStates, ", ")));
  }

  void ReadSubject() {
    const Node* subject = fields_.Map("subject");
    if (!subject) return;
    const Scope scope = scope_.In("subject");
    context_.subject_schema = subject;
    workflow_.subject_schema_json = ReadSchema(*subject, "subject", scope);
    const Node* type = subject->Find("type");
    if (type && type->is_string() && type->text() != "object") {
      scope.Report(type->mark(), codes::kBadSchema,
                   fmt::format("a subject is always an object, so '{}' allows none", type->text()));
    }
  }

  void ReadCommitters() {
    const auto given = fields_.Text("committers");
    if (given && IsPointer(*given)) workflow_.committers_pointer = *given;
    const auto steps = StepsOf(workflow_.committers_pointer);
    const std::vector<std::string_view> path(steps.begin(), steps.end());
    context_.committers_problem =
        FindDeadEnd(context_.subject_schema, path, "the subject's schema").value_or("");
    if (!given) return;
    const Mark mark = fields_.Find("committers")->mark();
    if (!IsPointer(*given)) {
      scope_.Report(mark, codes::kBadValue,
                    fmt::format("'committers': expected a JSON pointer into the subject such as "
                                "/commits/authors, found the string '{}'",
                                Shorten(*given)));
    } else if (!context_.committers_problem.empty()) {
      scope_.Report(
          mark, codes::kBadReference,
          fmt::format("'committers': '{}' names nothing: {}", *given, context_.committers_problem));
      context_.committers_problem.clear();  // told once
    }
  }

  void ReadStage(const Node& node) {
    const Node* name = node.Find("name");
    const Scope scope =
        scope_.In(name && name->is_string() ? fmt::format("stage '{}'", Shorten(name->text()))
                                            : std::string("stage"));
    if (!scope.IsMap(node, "stage")) return;
    const Fields fields(scope, node,
                        {{"name", "doneState", "gate"}, {"when", "wait", "action"}, {}});
    core::StageSpec stage;
    if (const auto text = fields.Name("name", kIdentifierRule)) {
      stage.name = StageName(*text);
      TakeStageName(*text, name->mark(), scope);
    }
    context_.stage = stage.name.value;
    if (const auto state = fields.Name("doneState", kIdentifierRule)) {
      stage.done_state = *state;
      TakeDoneState(*state, fields.Find("doneState")->mark(), scope);
    }
    if (const Node* when = fields.Map("when")) stage.when_schema_json = ReadWhen(*when, scope);
    const Node* form = ReadGateOrNone(fields, scope, stage);
    stage.wait = fields.Time("wait", Duration{0}, kMaxWait).value_or(Duration{0});
    if (const Node* action = fields.Map("action")) {
      stage.action = ReadAction(*action, context_, scope.In("action"));
      if (auto rollback = ReadRollback(*action, stage, context_, scope.In("action"))) {
        workflow_.rollbacks.insert(workflow_.rollbacks.begin(), *std::move(rollback));
      }
    } else if (stage.wait > Duration{0}) {
      scope.Report(fields.Find("wait")->mark(), codes::kOutOfRange,
                   "'wait' is between the gate and the action, and the stage has no action");
    }
    context_.earlier.push_back({stage.name.value, form});
    workflow_.stages.push_back(std::move(stage));
  }

  void TakeStageName(const std::string& name, Mark mark, const Scope& scope) {
    if (name == core::kReviewStage) {
      scope.Report(mark, codes::kReserved,
                   fmt::format("'name': the engine itself uses the stage '{}'", name));
    }
    const auto [first, is_new] = stages_.emplace(name, mark);
    if (is_new) return;
    scope.Report(mark, codes::kDuplicate,
                 fmt::format("the stage '{}' is defined twice (first in line {})", name,
                             first->second.line));
  }

  void TakeDoneState(const std::string& state, Mark mark, const Scope& scope) {
    RefuseReserved(state, mark, "doneState", scope);
    if (state == workflow_.initial_state) {
      scope.Report(mark, codes::kReserved,
                   fmt::format("'doneState': '{}' is the initial state; nobody could see that the "
                               "stage is done",
                               state));
    }
    const auto [first, is_new] = done_states_.emplace(state, mark);
    if (is_new) return;
    scope.Report(mark, codes::kDuplicate,
                 fmt::format("'doneState': '{}' is used twice (first in line {})", state,
                             first->second.line));
  }

  static std::string ReadWhen(const Node& node, const Scope& stage) {
    const Scope scope = stage.In("when");
    const Fields fields(scope, node, {{"match"}, {}, {}});
    const Node* match = fields.Map("match");
    return match ? ReadSchema(*match, "match", scope) : std::string();
  }

  // Answers the schema of the gate's form; null = none.
  const Node* ReadGateOrNone(const Fields& fields, const Scope& scope, core::StageSpec& stage) {
    const Node* gate = fields.Find("gate");
    if (!gate) return nullptr;  // reported as missing
    if (gate->is_map()) {
      ReadGateResult result = ReadGate(*gate, context_, scope.In("gate"));
      stage.gate = std::move(result.spec);
      return result.form;
    } else if (!gate->is_string() || gate->text() != "none") {
      scope.Report(gate->mark(), gate->is_string() ? codes::kBadValue : codes::kWrongType,
                   fmt::format("'gate': expected a map with 'rules', or none (the stage then runs "
                               "without asking), found {}",
                               Describe(*gate)));
    } else if (!fields.Find("action")) {
      scope.Report(gate->mark(), codes::kOutOfRange,
                   "the stage has neither a gate nor an action: it would do nothing");
    }
    return nullptr;
  }

  void ReadStates(const Node& node) {
    std::vector<std::string_view> known = {workflow_.initial_state};
    for (const auto& [state, mark] : done_states_) known.push_back(state);
    known.insert(known.end(), kReservedStates.begin(), kReservedStates.end());
    if (node.members().size() > kMaxStates) {
      return scope_.Report(node.mark(), codes::kBadValue,
                           fmt::format("'states': {} are too many (allowed: {})",
                                       node.members().size(), kMaxStates));
    }
    for (const YamlMember& member : node.members()) {
      const Scope scope = scope_.In(fmt::format("state '{}'", Shorten(member.key)));
      const bool is_name = scope.IsName(member.key, member.key_mark, "states", kIdentifierRule);
      if (is_name && std::find(known.begin(), known.end(), member.key) == known.end()) {
        scope.Report(
            member.key_mark, codes::kUnknownName,
            fmt::format("no run is ever in the state '{}' (there are: {}).{}", member.key,
                        fmt::join(known, ", "), DidYouMeanSuffix(member.key, Words(known))));
      }
      if (!scope.IsMap(member.value, member.key)) continue;
      const Fields fields(scope, member.value, {{}, {"color", "icon", "label"}, {}});
      core::StateLook look;
      look.state = member.key;
      if (const auto color = fields.Choice("color", kColors)) look.color = kColors[*color];
      if (const auto icon = fields.Choice("icon", kIcons)) look.icon = kIcons[*icon];
      look.label = fields.Text("label", 64).value_or("");
      workflow_.states.push_back(std::move(look));
    }
  }

  void ReadNotify(const Node& node) {
    const Scope scope = scope_.In("notify");
    if (!scope.IsMap(node, "notify")) return;
    const Fields fields(scope, node, {{"plugin", "on"}, {"to", "links", "with"}, {}});
    core::NotifyRule rule;
    if (const auto to = fields.Choice("to", kNotifyPeople)) {
      rule.to = static_cast<core::NotifyTo>(*to + 2);
    }
    const bool is_for_people = fields.Find("to") != nullptr;
    rule.use = ReadPluginUse(fields, ports::PluginKind::kNotifier, context_, scope,
                             is_for_people ? ReferenceUse::kRecipient : ReferenceUse::kNotHere);
    if (const Node* links = fields.Find("links")) ReadLinks(*links, scope, rule);
    const std::vector<std::string_view> topics = codec::EventTopics();
    const Node* list = fields.List("on", 1, topics.size());
    std::set<std::size_t> seen;
    for (const Node& item : list ? list->items() : std::vector<Node>()) {
      const auto event = scope.AsChoice(item, "on", topics);
      if (!event) continue;
      if (seen.insert(*event).second) {
        rule.on.emplace_back(topics[*event]);
      } else {
        scope.Report(item.mark(), codes::kBadValue,
                     fmt::format("'on': '{}' is in the list already", item.text()));
      }
    }
    workflow_.notify.push_back(std::move(rule));
  }

  void ReadLinks(const Node& node, const Scope& scope, core::NotifyRule& rule) {
    if (node.is_bool()) {
      if (*scope.AsBool(node, "links")) rule.links = kUsualLinkTime;
    } else {
      rule.links = scope.AsDuration(node, "links", kShortestLinkTime, kLongestLinkTime);
    }
    if (rule.links && rule.to != core::NotifyTo::kNeeded) {
      scope.Report(node.mark(), codes::kBadValue,
                   "'links': a link votes as its receiver, so it needs 'to: needed'");
    }
  }

  const Scope& scope_;
  Fields fields_;
  LoadContext context_;
  core::Workflow& workflow_;
  std::map<std::string, Mark> stages_;
  std::map<std::string, Mark> done_states_;
};

}  // namespace

void ReadSpec(const Node& spec, const LoadContext& context, const Scope& scope,
              core::Workflow& workflow) {
  SpecReader(spec, context, scope, workflow).Read();
}

}  // namespace gatewright::definition
