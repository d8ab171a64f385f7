// server/auth/password.h: hashes of passwords, by argon2id. Both take 19 MiB and some 20 ms on
// purpose: never on a thread that serves connections, and never many at once. Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace gatewright::auth {

inline constexpr std::size_t kShortestPassword = 8;   // bytes
inline constexpr std::size_t kLongestPassword = 256;  // bytes; longer ones are refused unread

// A PHC string, for `password` of a directory. kInvalid: too short, too long.
Result<std::string> HashPassword(std::string_view password);

// Takes as long when `hash` is empty (nobody of that name, no password), so that no clock tells who
// there is.
bool IsPassword(std::string_view password, const std::string& hash);

}  // namespace gatewright::auth
