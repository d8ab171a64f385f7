// server/auth/identity.h: who is calling, and how this is known. Everything that wants to know the
// way somebody came in reads it here. Plain values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/access/verb.h"
#include "engine/base/time.h"
#include "engine/core/principal.h"

namespace gatewright::auth {

enum class Method {
  kDevelopment = 1,  // authentication is off: who they say they are
  kNobody,           // a route that asks nobody
  kAccessToken,      // of a session, in the header Authorization
  kCookie,           // of a session, by a browser
  kPersonalToken,
  kServiceToken,
};

constexpr std::string_view ToString(Method method) {
  switch (method) {
    case Method::kDevelopment:
      return "development";
    case Method::kNobody:
      return "none";
    case Method::kAccessToken:
      return "access_token";
    case Method::kCookie:
      return "cookie";
    case Method::kPersonalToken:
      return "personal_token";
    case Method::kServiceToken:
      return "service_token";
  }
  return "?";
}

struct Identity {
  core::Principal principal;
  Method method = Method::kNobody;
  std::string credential;          // the id of the session or token; no secret
  std::vector<access::Verb> only;  // of a token: for no other verbs; empty: no limit
  std::optional<Time> expires_at;  // of what was shown

  bool is_session() const { return method == Method::kAccessToken || method == Method::kCookie; }
};

}  // namespace gatewright::auth
