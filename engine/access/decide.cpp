#include "engine/access/decide.h"

#include <fmt/format.h>

#include <algorithm>

namespace gatewright::access {
namespace {

bool Contains(const std::vector<std::string>& list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

// `unknown`: what is said about a part that the resource does not name.
bool IsAmong(const std::vector<std::string>& patterns, std::string_view text, bool unknown) {
  if (patterns.empty()) return true;
  if (text.empty()) return unknown;
  return std::ranges::any_of(patterns, [&](const auto& one) { return MatchesPattern(one, text); });
}

bool HasLabels(const Labels& wanted, const Resource& resource, bool unknown) {
  if (resource.workflow.empty() && !wanted.empty()) return unknown;
  return std::ranges::all_of(wanted, [&](const auto& label) {
    return std::ranges::any_of(resource.labels, [&](const auto& has) {
      return has.first == label.first && MatchesPattern(label.second, has.second);
    });
  });
}

// What somebody may do in one place they may not do in all; what they may not do in one place they
// may not do in all at once either.
bool Covers(const Rule& rule, Verb verb, const Resource& resource, bool is_denial) {
  if (std::ranges::find(rule.verbs, verb) == rule.verbs.end()) return false;
  if (resource.is_somewhere) return !is_denial || rule.where.is_everywhere();
  return IsAmong(rule.where.workflows, resource.workflow, is_denial) &&
         IsAmong(rule.where.stages, resource.stage, is_denial) &&
         HasLabels(rule.where.labels, resource, is_denial);
}

bool AnyCovers(const std::vector<Rule>& rules, Verb verb, const Resource& resource,
               bool is_denial) {
  return std::ranges::any_of(
      rules, [&](const Rule& rule) { return Covers(rule, verb, resource, is_denial); });
}

bool Holds(const core::Principal& principal, const Role& role) {
  if (role.name == kEverybody || Contains(principal.roles, role.name)) return true;
  return std::ranges::any_of(role.groups,
                             [&](const auto& group) { return Contains(principal.groups, group); });
}

}  // namespace

Decision Decide(const Roles& roles, const Asker& asker, Verb verb, const Resource& resource) {
  const std::string& who = asker.principal.id.value;
  if (asker.principal.is_everybody) {
    return {true, "development mode: everybody may do everything", {}};
  }
  if (!asker.only.empty() && std::ranges::find(asker.only, verb) == asker.only.end()) {
    return {false, fmt::format("this token of {} is not good for '{}'", who, ToString(verb)), {}};
  }
  const Role* giver = nullptr;
  for (const Role& role : roles) {
    if (!Holds(asker.principal, role)) continue;
    if (AnyCovers(role.deny, verb, resource, true)) {
      return {false,
              fmt::format("role '{}' denies {} the verb '{}' on {}", role.name, who, ToString(verb),
                          Describe(resource)),
              {}};
    }
    if (giver == nullptr && AnyCovers(role.allow, verb, resource, false)) giver = &role;
  }
  if (giver != nullptr) {
    return {true,
            fmt::format("role '{}' gives {} the verb '{}'", giver->name, who, ToString(verb)),
            {}};
  }
  Decision refused{
      false,
      fmt::format("{} does not have the verb '{}' on {}", who, ToString(verb), Describe(resource)),
      {}};
  for (const Role& role : roles) {
    if (AnyCovers(role.allow, verb, resource, false)) refused.roles.push_back(role.name);
  }
  return refused;
}

// Each '*' takes as little as it can, and more when what follows does not fit.
bool MatchesPattern(std::string_view pattern, std::string_view text) {
  std::size_t at = 0;
  std::size_t in = 0;
  std::size_t star = pattern.npos;
  std::size_t taken = 0;
  while (in < text.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      taken = in;
    } else if (at < pattern.size() && pattern[at] == text[in]) {
      ++at;
      ++in;
    } else if (star != pattern.npos) {
      at = star + 1;
      in = ++taken;
    } else {
      return false;
    }
  }
  while (at < pattern.size() && pattern[at] == '*') ++at;
  return at == pattern.size();
}

std::string Describe(const Resource& resource) {
  if (resource.workflow.empty()) {
    return resource.is_somewhere ? "anything" : "the installation as a whole";
  }
  std::string text = fmt::format("workflow '{}'", resource.workflow);
  if (!resource.stage.empty()) text += fmt::format(", stage '{}'", resource.stage);
  return text;
}

std::vector<std::string> RolesOf(const Roles& roles, const core::Principal& principal) {
  std::vector<std::string> names = principal.roles;
  for (const Role& role : roles) {
    if (role.name != kEverybody && Holds(principal, role) && !Contains(names, role.name)) {
      names.push_back(role.name);
    }
  }
  return names;
}

}  // namespace gatewright::access
