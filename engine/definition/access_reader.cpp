#include "engine/definition/access_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "engine/definition/lists.h"

namespace gatewright::definition {
namespace {

constexpr std::size_t kMaxRules = 64;
constexpr std::size_t kMaxPatterns = 64;
constexpr std::size_t kMaxPatternLength = 256;

std::vector<std::string> ReadPatterns(const Fields& fields, std::string_view key,
                                      const Scope& scope) {
  std::vector<std::string> patterns;
  if (const Node* list = fields.List(key, 1, kMaxPatterns)) {
    ForEachOnce(*list, key, scope, [&](const Node& item) {
      const auto text = scope.AsText(item, key, kMaxPatternLength);
      if (text && text->empty()) {
        scope.Report(item.mark(), codes::kBadValue,
                     fmt::format("'{}': expected a name or a pattern such as 'prod-*', found "
                                 "nothing in the quotes",
                                 key));
      }
      if (text) patterns.push_back(*text);
    });
  }
  return patterns;
}

std::vector<access::Verb> ReadVerbs(const Fields& fields, const Scope& scope) {
  std::vector<access::Verb> verbs;
  if (const Node* list = fields.List("verbs", 1, access::kVerbNames.size())) {
    ForEachOnce(*list, "verbs", scope, [&](const Node& item) {
      const auto text = scope.AsText(item, "verbs", kMaxPatternLength);
      if (!text) return;
      if (const auto verb = access::ParseVerb(*text)) {
        verbs.push_back(*verb);
      } else {
        scope.Report(item.mark(), codes::kBadValue,
                     fmt::format("'verbs': expected words out of {}, found '{}'",
                                 fmt::join(access::kVerbNames, ", "), Shorten(*text)));
      }
    });
  }
  return verbs;
}

std::vector<access::Rule> ReadRules(const Fields& role, std::string_view key, const Scope& scope) {
  std::vector<access::Rule> rules;
  const Node* list = role.List(key, 0, kMaxRules);
  if (list == nullptr) return rules;
  const Scope inner = scope.In(key);
  for (const Node& item : list->items()) {
    if (!inner.IsMap(item, key)) continue;
    const Fields fields(inner, item, {{"verbs"}, {"workflows", "stages", "labels"}, {}});
    access::Rule rule;
    rule.verbs = ReadVerbs(fields, inner);
    rule.where.workflows = ReadPatterns(fields, "workflows", inner);
    rule.where.stages = ReadPatterns(fields, "stages", inner);
    if (const Node* labels = fields.Map("labels")) {
      for (const YamlMember& label : labels->members()) {
        const auto text = inner.AsText(label.value, "labels", kMaxPatternLength);
        if (text) rule.where.labels.emplace_back(label.key, *text);
      }
    }
    rules.push_back(std::move(rule));
  }
  return rules;
}

}  // namespace

access::Roles ReadRoles(const Node& list, const Scope& scope) {
  access::Roles roles;
  std::set<std::string> seen;
  for (const Node& item : list.items()) {
    const Node* name = item.is_map() ? item.Find("name") : nullptr;
    const Scope inner =
        scope.In(name && name->is_string() ? fmt::format("role '{}'", Shorten(name->text()))
                                           : std::string("role"));
    if (!inner.IsMap(item, "roles")) continue;
    const Fields fields(inner, item, {{"name"}, {"groups", "allow", "deny"}, {}});
    access::Role role;
    role.name = fields.Text("name").value_or("");
    role.groups = ReadPatterns(fields, "groups", inner);
    role.allow = ReadRules(fields, "allow", inner);
    role.deny = ReadRules(fields, "deny", inner);
    if (!seen.insert(role.name).second) {
      inner.Report(item.mark(), codes::kDuplicate,
                   fmt::format("the role '{}' is defined twice", role.name));
    }
    roles.push_back(std::move(role));
  }
  return roles;
}

std::string ReadPasswordHash(const Node& node, const Scope& scope) {
  const auto text = scope.AsText(node, "password", 512);
  if (text && !text->starts_with("$argon2id$v=19$")) {
    // What stands there may be a password: it is not repeated.
    scope.Report(node.mark(), codes::kBadValue,
                 "'password': expected what `gatewright user hash` prints ($argon2id$…), never the "
                 "password itself");
    return {};
  }
  return text.value_or("");
}

}  // namespace gatewright::definition
