#include "engine/definition/rule_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "engine/base/edit_distance.h"
#include "engine/definition/lists.h"
#include "engine/definition/plugin_use.h"

namespace gatewright::definition {
namespace {

using Words = std::span<const std::string_view>;

constexpr std::uint32_t kMaxNeed = 1'000;
constexpr std::size_t kMaxSeparations = 8;

}  // namespace

core::Rule RuleReader::ReadList(const Node& list, core::RuleKind kind) {
  core::Rule rule;
  rule.kind = kind;
  for (const Node& item : list.items()) rule.children.push_back(ReadNode(item));
  return rule;
}

std::vector<RuleId> RuleReader::ReadNames(const Node& list, std::string_view label,
                                          const Scope& scope) const {
  std::vector<std::string_view> known;
  for (const auto& [id, mark] : ids_) known.push_back(id);
  std::vector<RuleId> rules;
  ForEachOnce(list, label, scope, [&](const Node& item) {
    const auto id = scope.AsName(item, label, kIdentifierRule);
    if (!id) return;
    if (!ids_.contains(*id)) {
      scope.Report(item.mark(), codes::kUnknownName,
                   fmt::format("'{}': this gate has no rule '{}' (it has: {}).{}", label, *id,
                               fmt::join(known, ", "), DidYouMeanSuffix(*id, Words(known))));
    }
    rules.emplace_back(*id);
  });
  return rules;
}

core::Rule RuleReader::ReadNode(const Node& node) {
  if (!scope_.IsMap(node, "rule")) return {};
  if (node.Find("all")) return ReadBranch(node, "all", core::RuleKind::kAll);
  if (node.Find("any")) return ReadBranch(node, "any", core::RuleKind::kAny);
  if (node.Find("nOf") || node.Find("of")) return ReadSome(node);
  return ReadLeaf(node);
}

core::Rule RuleReader::ReadBranch(const Node& node, std::string_view key, core::RuleKind kind) {
  const Fields fields(scope_, node, {{key}, {}, {}});
  const Node* list = fields.List(key, 1, kMaxRules);
  return list ? ReadList(*list, kind) : core::Rule{};
}

core::Rule RuleReader::ReadSome(const Node& node) {
  const Fields fields(scope_, node, {{"nOf", "of"}, {}, {}});
  const std::size_t most = context_.purpose == Purpose::kStored ? kMaxRules : kMaxChoices;
  const auto need = fields.Count("nOf", 1, static_cast<std::uint32_t>(most));
  const Node* list = fields.List("of", 1, most);
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

core::Rule RuleReader::ReadLeaf(const Node& node) {
  ++leaves_;
  const Node* id = node.Find("id");
  const bool is_named = id && id->is_string();
  const Scope scope =
      scope_.In(is_named ? fmt::format("rule '{}'", Shorten(id->text())) : std::string("rule"));
  const Fields fields(scope, node, {{"id", "from"}, {"need", "separationOfDuties"}, {}});
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
  ReadNeed(fields, scope, rule);
  if (const Node* list = fields.List("separationOfDuties", 0, kMaxSeparations)) {
    rule.separation = ReadSeparation(*list, context_, scope);
  }
  return rule;
}

void RuleReader::ReadNeed(const Fields& fields, const Scope& scope, core::Rule& rule) {
  const Node* need = fields.Find("need");
  if (IsText(need, "all")) {
    rule.needs_all = true;
  } else if (need && need->is_string()) {
    scope.Report(need->mark(), codes::kWrongType,
                 fmt::format("'need': expected a whole number from 1 to {}, or all, found {}",
                             kMaxNeed, Describe(*need)));
  } else if (const auto count = fields.Count("need", 1, kMaxNeed)) {
    rule.need = *count;
  }
}

core::SeparationOfDuties ReadSeparation(const Node& list, const LoadContext& context,
                                        const Scope& scope) {
  constexpr std::array<std::string_view, 4> kWords = {"requester", "previous_voters", "committers",
                                                      "same_team"};
  core::SeparationOfDuties separation;
  ForEachOnce(list, "separationOfDuties", scope, [&](const Node& item) {
    const auto word = scope.AsChoice(item, "separationOfDuties", kWords);
    if (!word) return;
    separation.excludes_requester |= *word == 0;
    separation.excludes_previous_voters |= *word == 1;
    separation.excludes_committers |= *word == 2;
    separation.excludes_same_team |= *word == 3;
    if (*word == 2 && !context.committers_problem.empty()) {
      scope.Report(item.mark(), codes::kBadReference,
                   fmt::format("'separationOfDuties': nobody could ever be a committer: {}",
                               context.committers_problem));
    }
  });
  return separation;
}

}  // namespace gatewright::definition
