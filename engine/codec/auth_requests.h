// engine/codec/auth_requests.h: the bodies of logging in and of making tokens, read as in
// requests.h. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/codec/requests.h"

namespace gatewright::codec {

struct LoginBody {
  std::string username;
  std::string password;
  bool wants_cookie = false;
};
struct RefreshBody {
  std::string refresh_token;
};
struct TokenBody {
  std::string name;
  std::string owner;               // empty: whoever asks
  std::vector<std::string> verbs;  // empty: all that the owner has
  std::optional<Time> expires_at;
  std::optional<Duration> lasts;  // "for": from now on; not with `expires_at`
};

Result<Reading<LoginBody>> ReadLoginBody(std::string_view json);
Result<Reading<RefreshBody>> ReadRefreshBody(std::string_view json);
Result<Reading<TokenBody>> ReadTokenBody(std::string_view json);

}  // namespace gatewright::codec
