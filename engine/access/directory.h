// engine/access/directory.h: who there is and what they may do, as config/directory.yaml says it.
// Plain values; read-only once made.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "engine/access/decide.h"
#include "engine/core/principal.h"

namespace gatewright::access {

// Who may say who they are: a person with a password, a service with tokens that others make.
struct Account {
  core::Principal principal;  // with the roles of their groups
  std::string password_hash;  // argon2id as a PHC string; empty: no password is right
};

struct Directory {
  std::map<std::string, Account> accounts;  // by id; without those that are disabled
  Roles roles;
};
using DirectoryPtr = std::shared_ptr<const Directory>;

}  // namespace gatewright::access
