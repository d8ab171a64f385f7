#include "engine/definition/gate_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "engine/base/edit_distance.h"

namespace gatewright::definition {
namespace {

using std::chrono::days;
using std::chrono::seconds;
using Words = std::span<const std::string_view>;

constexpr std::uint32_t kMaxNeed = 1'000;
constexpr Duration kMinDeadline = seconds{1};
constexpr Duration kMaxDeadline = days{366};

bool IsText(const Node* node, std::initializer_list<std::string_view> words) {
  return node && node->is_string() &&
         std::find(words.begin(), words.end(), node->text()) != words.end();
}

class RuleReader {
 public:
  RuleReader(const LoadContext& context, const Scope& scope) : context_(context), scope_(scope) {}

  core::Rule ReadList(const Node& list, core::RuleKind kind) {
    core::Rule rule;
    rule.kind = kind;
    for (const Node& item : list.items()) rule.children.push_back(ReadNode(item));
    return rule;
  }

  // The rules seen so far and where.
  const std::map<std::string, Mark>& ids() const { return ids_; }
  std::size_t leaves() const { return leaves_; }

 private:
  core::Rule ReadNode(const Node& node) {
    if (!scope_.IsMap(node, "rule")) return {};
    if (node.Find("all")) return ReadBranch(node, "all", core::RuleKind::kAll);
    if (node.Find("any")) return ReadBranch(node, "any", core::RuleKind::kAny);
    if (node.Find("nOf") || node.Find("of")) return ReadSome(node);
    return ReadLeaf(node);
  }

  core::Rule ReadBranch(const Node& node, std::string_view key, core::RuleKind kind) {
    const Fields fields(scope_, node, {{key}, {}, {}});
    const Node* list = fields.List(key, 1, kMaxRules);
    return list ? ReadList(*list, kind) : core::Rule{};
  }

  core::Rule ReadSome(const Node& node) {
    const Fields fields(scope_, node, {{"nOf", "of"}, {}, {}});
    const auto need = fields.Count("nOf", 1, kMaxRules);
    const Node* list = fields.List("of", 1, kMaxRules);
    if (!list) return {};
    core::Rule rule = ReadList(*list, core::RuleKind::kNOf);
    if (!need) return rule;
    rule.need = *need;
    if (*need > list->items().size()) {
      scope_.Report(fields.Find("nOf")->mark(), codes::kOutOfRange,
                    fmt::format("'nOf': {} of {} rules can never be satisfied (allowed: 1 to {})",
                                *need, list->items().size(), list->items().size()));
    }
    return rule;
  }

  core::Rule ReadLeaf(const Node& node) {
    ++leaves_;
    const Node* id = node.Find("id");
    const bool is_named = id && id->is_string();
    const Scope scope =
        scope_.In(is_named ? fmt::format("rule '{}'", Shorten(id->text())) : std::string("rule"));
    const Fields fields(scope, node, {{"id", "from"}, {"need"}, {}});
    core::Rule rule;
    if (const auto name = fields.Name("id", kIdentifierRule)) {
      rule.id = RuleId(*name);
      const auto [first, is_new] = ids_.emplace(*name, id->mark());
      if (!is_new) {
        scope.Report(id->mark(), codes::kDuplicate,
                     fmt::format("the rule '{}' is defined twice in this gate (first in line {})",
                                 *name, first->second.line));
      }
    }
    if (const Node* from = fields.Find("from")) rule.from = ReadApprover(*from, context_, scope);
    if (IsText(fields.Find("need"), {"all"})) {
      scope.ReportNotYet(fields.Find("need")->mark(), "'need: all'");
    } else if (const auto need = fields.Count("need", 1, kMaxNeed)) {
      rule.need = *need;
    }
    return rule;
  }

  const LoadContext& context_;
  const Scope& scope_;
  std::map<std::string, Mark> ids_;
  std::size_t leaves_ = 0;
};

core::RejectRule ReadReject(const Node& node, const Scope& scope) {
  constexpr std::array<std::string_view, 2> kWords = {"veto", "block"};
  core::RejectRule reject;
  if (node.is_map()) {
    const Fields fields(scope.In("reject"), node, {{"threshold"}, {}, {}});
    reject.kind = core::RejectKind::kThreshold;
    reject.threshold = fields.Count("threshold", 1, kMaxNeed).value_or(1);
  } else if (!node.is_string()) {
    scope.Report(node.mark(), codes::kWrongType,
                 fmt::format("'reject': expected veto, block or {{threshold: n}}, found {}",
                             Describe(node)));
  } else if (const auto word = scope.AsChoice(node, "reject", kWords)) {
    reject.kind = *word == 0 ? core::RejectKind::kVeto : core::RejectKind::kBlock;
  }
  return reject;
}

// Calls `use` for every different text of a list; the same one twice is reported.
template <class Function>
void ForEachOnce(const Node& list, std::string_view label, const Scope& scope, Function&& use) {
  std::set<std::string> seen;
  for (const Node& item : list.items()) {
    if (item.is_string() && !seen.insert(item.text()).second) {
      scope.Report(item.mark(), codes::kBadValue,
                   fmt::format("'{}': '{}' is in the list already", label, Shorten(item.text())));
    } else {
      use(item);
    }
  }
}

core::SeparationOfDuties ReadSeparation(const Node& list, const Scope& scope) {
  constexpr std::array<std::string_view, 2> kWords = {"requester", "previous_voters"};
  core::SeparationOfDuties separation;
  ForEachOnce(list, "separationOfDuties", scope, [&](const Node& item) {
    if (IsText(&item, {"committers"})) {
      return scope.ReportNotYet(item.mark(), "'separationOfDuties: [committers]'");
    }
    const auto word = scope.AsChoice(item, "separationOfDuties", kWords);
    if (!word) return;
    separation.excludes_requester |= *word == 0;
    separation.excludes_previous_voters |= *word == 1;
  });
  return separation;
}

std::vector<RuleId> ReadFills(const Node& list, const RuleReader& rules, const Scope& scope) {
  std::vector<std::string_view> known;
  for (const auto& [id, mark] : rules.ids()) known.push_back(id);
  std::vector<RuleId> fills;
  ForEachOnce(list, "fills", scope, [&](const Node& item) {
    const auto id = scope.AsName(item, "fills", kIdentifierRule);
    if (!id) return;
    if (!rules.ids().contains(*id)) {
      scope.Report(item.mark(), codes::kUnknownName,
                   fmt::format("'fills': this gate has no rule '{}' (it has: {}).{}", *id,
                               fmt::join(known, ", "), DidYouMeanSuffix(*id, Words(known))));
    }
    fills.emplace_back(*id);
  });
  return fills;
}

core::AutoVoter ReadAutoVoter(const Node& node, const RuleReader& rules, const LoadContext& context,
                              const Scope& gate) {
  const Node* id = node.Find("id");
  const Scope scope = gate.In(id && id->is_string() ? fmt::format("auto '{}'", Shorten(id->text()))
                                                    : std::string("auto"));
  core::AutoVoter voter;
  if (!scope.IsMap(node, "auto")) return voter;
  if (const YamlMember* reference = node.FindMember("policy")) {
    scope.ReportNotYet(reference->key_mark, "'policy' (a named, reusable policy)");
    return voter;
  }
  const Fields fields(scope, node, {{"id", "plugin", "fills"}, {"with", "shadow"}, {}});
  voter.id = fields.Name("id", kIdentifierRule).value_or("");
  voter.use = ReadPluginUse(fields, ports::PluginKind::kPolicy, context, scope);
  if (const Node* list = fields.List("fills", 0, kMaxRules)) {
    voter.fills = ReadFills(*list, rules, scope);
  }
  voter.is_shadow = fields.Bool("shadow").value_or(false);
  return voter;
}

std::vector<core::AutoVoter> ReadAutoVoters(const Node& list, const RuleReader& rules,
                                            const LoadContext& context, const Scope& scope) {
  std::vector<core::AutoVoter> voters;
  std::map<std::string, Mark> seen;
  for (const Node& item : list.items()) {
    voters.push_back(ReadAutoVoter(item, rules, context, scope));
    const std::string& id = voters.back().id;
    if (id.empty()) continue;
    const Mark mark = item.Find("id")->mark();
    const auto [first, is_new] = seen.emplace(id, mark);
    if (is_new) continue;
    scope.Report(mark, codes::kDuplicate,
                 fmt::format("the auto entry '{}' is defined twice in this gate (first in line {})",
                             id, first->second.line));
  }
  return voters;
}

core::Deadline ReadDeadline(const Node& node, const Scope& gate) {
  constexpr std::array<std::string_view, 2> kWords = {"expire", "reject"};
  const Scope scope = gate.In("deadline");
  const Fields fields(
      scope, node, {{"after"}, {"onTimeout"}, {"clock", "remind", "escalate", "allowAutoTimeout"}});
  core::Deadline deadline;
  deadline.after = fields.Time("after", kMinDeadline, kMaxDeadline).value_or(Duration{0});
  if (IsText(fields.Find("onTimeout"), {"escalate", "approve"})) {
    scope.ReportNotYet(fields.Find("onTimeout")->mark(),
                       fmt::format("'onTimeout: {}'", fields.Find("onTimeout")->text()));
  } else if (const auto word = fields.Choice("onTimeout", kWords)) {
    deadline.on_timeout = *word == 0 ? core::OnTimeout::kExpire : core::OnTimeout::kReject;
  }
  return deadline;
}

}  // namespace

core::GateSpec ReadGate(const Node& node, const LoadContext& context, const Scope& scope) {
  const Fields fields(
      scope, node,
      {{"rules"},
       {"reject", "separationOfDuties", "distinct", "humanRequired", "auto", "deadline"},
       {"votes", "allowAutoTimeout"}});
  core::GateSpec gate;
  RuleReader rules(context, scope);
  if (const Node* list = fields.List("rules", 1, kMaxRules)) {
    gate.rules = rules.ReadList(*list, core::RuleKind::kAll);
    if (rules.leaves() > kMaxRules) {
      scope.Report(list->mark(), codes::kTooMany,
                   fmt::format("'rules': {} rules are too many for one gate (allowed: {})",
                               rules.leaves(), kMaxRules));
    }
  }
  if (const Node* reject = fields.Find("reject")) gate.reject = ReadReject(*reject, scope);
  if (const Node* list = fields.List("separationOfDuties", 0, 8)) {
    gate.separation = ReadSeparation(*list, scope);
  }
  gate.is_distinct = fields.Bool("distinct").value_or(true);
  gate.needs_human = fields.Bool("humanRequired").value_or(false);
  if (const Node* list = fields.List("auto", 0, kMaxAutoVoters)) {
    gate.auto_voters = ReadAutoVoters(*list, rules, context, scope);
  }
  if (const Node* deadline = fields.Map("deadline")) gate.deadline = ReadDeadline(*deadline, scope);
  return gate;
}

}  // namespace gatewright::definition
