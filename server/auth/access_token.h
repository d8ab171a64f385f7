// server/auth/access_token.h: the tokens that a session is used with: JSON Web Tokens signed with
// HMAC-SHA256. Only what this server signs is accepted: one algorithm, bound to the key; the
// members it writes and no others; for this issuer, this audience, this purpose. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/time.h"

namespace gatewright::auth {

// Of principals that the directory lists. Another issuer's subjects are other people.
inline constexpr std::string_view kLocalIssuer = "gatewright:local";
inline constexpr std::string_view kAudience = "gatewright";
inline constexpr std::size_t kLongestToken = 4096;  // bytes
inline constexpr Duration kClockSkew{std::chrono::seconds{30}};

// What a token is good for; its `typ`.
enum class Purpose { kAccess = 1, kRefresh, kCookie };

struct Claims {
  std::string subject;
  std::string session;           // the id of its credential
  std::uint32_t generation = 1;  // kRefresh: see core::Credential
  Time issued_at;
  Time expires_at;

  bool operator==(const Claims&) const = default;
};

// The first key signs; all of them are accepted, so that a secret can be changed without logging
// everybody out.
class TokenKeys {
 public:
  explicit TokenKeys(std::vector<std::string> secrets);

  std::string Sign(Purpose purpose, const Claims& claims) const;
  // The error says what is wrong, for whoever debugs; it never repeats the token.
  Result<Claims> Read(Purpose purpose, std::string_view token, Time now) const;

 private:
  struct Key {
    std::string id;
    std::string secret;
  };
  std::vector<Key> keys_;
};

}  // namespace gatewright::auth
