// engine/core/credential.h: what lets somebody in: the session of a person who said their password,
// a token for a person's own programs, a token of a service. Their secrets are nowhere in here and
// in no event. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/ids.h"
#include "engine/base/time.h"
#include "engine/core/principal.h"

namespace gatewright::core {

enum class CredentialKind { kSession = 1, kPersonal, kService };
inline constexpr std::size_t kCredentialKinds = 3;
std::string_view ToString(CredentialKind kind);

inline constexpr std::size_t kMaxSessions = 20;  // of one person; the oldest ends for another one
inline constexpr std::size_t kMaxTokens = 100;   // of one person or service

struct Credential {
  std::string id;  // random and no secret: the part of a token that finds it
  CredentialKind kind = CredentialKind::kSession;
  PrincipalId owner;
  std::string name;                // what for, in its owner's words
  std::vector<std::string> verbs;  // good for no others; empty: whatever the owner may do
  PrincipalId by;                  // who made it
  Time issued_at;
  Time expires_at;
  // Of a session's refresh token: each may be used once.
  std::uint32_t generation = 1;

  bool operator==(const Credential&) const = default;
};

struct CredentialIssued {
  Credential credential;
  bool operator==(const CredentialIssued&) const = default;
};
struct SessionRefreshed {
  std::string id;
  std::uint32_t generation = 0;  // from here on
  bool operator==(const SessionRefreshed&) const = default;
};
struct CredentialRevoked {
  std::string id;
  std::string reason;
  bool operator==(const CredentialRevoked&) const = default;
};

struct IssueCredential {
  Principal actor;
  Credential credential;
  std::string digest;  // SHA-256 of a token's secret; kept beside the log. Empty for a session
};
// With the refresh token of that generation. An older one has been stolen or copied: the session
// ends.
struct RefreshSession {
  Principal actor;
  std::string id;
  std::uint32_t generation = 0;
};
struct RevokeCredential {
  Principal actor;
  bool may_others = false;  // those of other people as well
  std::string id;
  std::string reason;
};

}  // namespace gatewright::core
