// engine/access/decide.h: may this one do that there, and why (not)? A pure function of the roles;
// any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/access/verb.h"
#include "engine/core/principal.h"

namespace gatewright::access {

using Labels = std::vector<std::pair<std::string, std::string>>;

// What something is done to. Empty = all of that kind: an empty Resource is the installation.
struct Resource {
  std::string workflow = {};
  std::string stage = {};
  Labels labels = {};         // of the workflow
  bool is_somewhere = false;  // a list: it is enough to have the verb in some place
};

// Where a rule holds: patterns in which `*` stands for any characters. Empty = everywhere.
struct Where {
  std::vector<std::string> workflows;
  std::vector<std::string> stages;
  Labels labels;  // all of them, the values are patterns

  bool is_everywhere() const { return workflows.empty() && stages.empty() && labels.empty(); }
};

struct Rule {
  std::vector<Verb> verbs;
  Where where;
};

// What its holders may do, and what they may not do whatever else they hold.
struct Role {
  std::string name;
  std::vector<std::string> groups;  // who is in one of them holds the role
  std::vector<Rule> allow;
  std::vector<Rule> deny;
};
using Roles = std::vector<Role>;

// Everybody who says who they are holds the role of this name.
inline constexpr std::string_view kEverybody = "everybody";

// Who asks, and what they showed: a token may be good for fewer verbs than its owner has.
struct Asker {
  const core::Principal& principal;
  const std::vector<Verb>& only;  // empty: no limit
};

struct Decision {
  bool is_allowed = false;
  std::string why;                 // a sentence, also when it is allowed
  std::vector<std::string> roles;  // that would allow it here, when it is not
};

Decision Decide(const Roles& roles, const Asker& asker, Verb verb, const Resource& resource);

bool MatchesPattern(std::string_view pattern, std::string_view text);
// "workflow 'deployment', stage 'QA'"
std::string Describe(const Resource& resource);
// The principal's own roles and those of their groups.
std::vector<std::string> RolesOf(const Roles& roles, const core::Principal& principal);

}  // namespace gatewright::access
