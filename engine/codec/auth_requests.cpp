#include "engine/codec/auth_requests.h"

#include "engine/codec/request_reading.h"

namespace gatewright::codec {
namespace {
constexpr TextLimit kPasswordText{256, false};
constexpr TextLimit kTokenText{4096, false};
constexpr std::size_t kMaxVerbs = 32;
}  // namespace

Result<Reading<LoginBody>> ReadLoginBody(std::string_view json) {
  return ReadObject<LoginBody>(json, [](ObjectReader& reader, LoginBody& body) {
    body.username = reader.NeedText("username", kWord);
    body.password = reader.NeedText("password", kPasswordText);
    body.wants_cookie = reader.Flag("cookie");
  });
}

Result<Reading<RefreshBody>> ReadRefreshBody(std::string_view json) {
  return ReadObject<RefreshBody>(json, [](ObjectReader& reader, RefreshBody& body) {
    body.refresh_token = reader.NeedText("refresh_token", kTokenText);
  });
}

Result<Reading<TokenBody>> ReadTokenBody(std::string_view json) {
  return ReadObject<TokenBody>(json, [](ObjectReader& reader, TokenBody& body) {
    body.name = reader.NeedText("name", kName);
    body.owner = reader.Text("owner", kWord).value_or("");
    body.verbs = reader.Texts("verbs", kMaxVerbs, kWord);
    body.expires_at = reader.Moment("expires_at");
    body.lasts = reader.Length("for");
    if (body.expires_at && body.lasts) {
      reader.Problem("for", "expected one of expires_at and for, found both");
    }
  });
}

}  // namespace gatewright::codec
