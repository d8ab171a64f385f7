// engine/definition/access_reader.h: `roles` of a directory: what their holders may do, and where.
// One thread.
#pragma once

#include "engine/access/decide.h"
#include "engine/definition/scope.h"
#include "engine/definition/yaml.h"

namespace gatewright::definition {

// `list` is a list node.
access::Roles ReadRoles(const Node& list, const Scope& scope);

// Reports what is no PHC string of argon2id; its text.
std::string ReadPasswordHash(const Node& node, const Scope& scope);

}  // namespace gatewright::definition
