// server/auth/opaque_token.h: tokens for programs: gw_<id>_<secret><checksum>. The id finds it, the
// secret is kept by its SHA-256 only, the checksum lets scanners and typing mistakes be told from
// tokens. Thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gatewright::auth {

inline constexpr std::string_view kTokenPrefix = "gw_";

struct OpaqueToken {
  std::string id;      // 16 hex digits
  std::string secret;  // 40 hex digits: 160 random bits
};

// Both parts random.
OpaqueToken MakeToken();
// 16 random hex digits: the id of a token or a session.
std::string MakeCredentialId();
std::string Format(const OpaqueToken& token);
// Empty when it does not have the form, or its checksum is wrong.
std::optional<OpaqueToken> ParseToken(std::string_view text);
// What is kept.
std::string DigestOf(const OpaqueToken& token);
// In a time that does not depend on where they differ.
bool HasDigest(const OpaqueToken& token, std::string_view digest);

}  // namespace gatewright::auth
