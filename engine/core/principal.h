// engine/core/principal.h: who asks, votes or acts, as plain values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/ids.h"

namespace gatewright::core {

enum class PrincipalKind { kPerson = 1, kService, kPolicy, kTimer, kEngine };

std::string_view ToString(PrincipalKind kind);

// Somebody who may cause a command. `roles` and `groups` are what the identity source said at the
// time of the command; only `id` is recorded in events.
struct Principal {
  PrincipalId id;
  PrincipalKind kind = PrincipalKind::kPerson;
  std::vector<std::string> roles;
  std::vector<std::string> groups;
  // Holds every role and group: the one nameless principal of development mode. Separation of
  // duties is not enforced for it, because it stands for everybody at once.
  bool is_everybody = false;

  bool operator==(const Principal&) const = default;
};

}  // namespace gatewright::core
