#include "server/api/sign_in.h"

#include <fmt/format.h>

#include "engine/runtime/surroundings.h"
#include "server/api/identity.h"
#include "server/auth/opaque_token.h"
#include "server/http/problem.h"
#include "server/http/text.h"

namespace gatewright::api {
namespace {

constexpr std::string_view kBearer = "bearer";

// The value of a cookie; nothing when it was not sent. The same name twice is not good.
std::optional<std::string_view> CookieOf(const http::Request& request, std::string_view name) {
  std::optional<std::string_view> found;
  for (const http::Header& header : request.headers) {
    if (!http::EqualsIgnoreCase(header.name, "Cookie")) continue;
    std::string_view rest = header.value;
    while (!rest.empty()) {
      std::string_view pair = rest.substr(0, rest.find(';'));
      rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
      pair = http::TrimBlanks(pair);
      const std::size_t equals = pair.find('=');
      if (equals == pair.npos || pair.substr(0, equals) != name) continue;
      if (found) return std::string_view();
      found = pair.substr(equals + 1);
    }
  }
  return found;
}

// A page of another origin cannot say so, and must not act.
bool IsFromAPage(const http::Request& request) {
  return request.Count("Origin") > 0 || request.Count("Sec-Fetch-Site") > 0;
}

}  // namespace

http::Response Unauthorized(std::string_view why) {
  http::Response response =
      why.empty()
          ? http::Problem(401, "unauthorized",
                          "nobody has said who is calling: expected the header Authorization with "
                          "'Bearer' and a token, as POST /api/v1/auth/token gives them")
          : http::Problem(401, "invalid_token", fmt::format("the token is not good: {}", why));
  response.headers.push_back(
      {"WWW-Authenticate", why.empty() ? R"(Bearer realm="gatewright")"
                                       : R"(Bearer realm="gatewright", error="invalid_token")"});
  return response;
}

SignIn::SignIn(runtime::Engine& engine, const AuthOptions& options)
    : engine_(engine), options_(options) {
  if (!options.secrets.empty()) keys_.emplace(options.secrets);
}

void SignIn::SetDirectory(access::DirectoryPtr directory) {
  const std::lock_guard lock(mutex_);
  directory_ = std::move(directory);
}

access::DirectoryPtr SignIn::directory() const {
  const std::lock_guard lock(mutex_);
  return directory_;
}

std::string_view SignIn::cookie_name() const {
  return options_.is_https ? "__Host-gatewright" : "gatewright-session";
}

Checked<auth::Identity> SignIn::IdentityOf(const http::Request& request) const {
  if (!is_on()) {
    GW_TRY(caller, CallerOf(request));
    auth::Identity identity;
    identity.principal = std::move(caller);
    identity.method = auth::Method::kDevelopment;
    return identity;
  }
  if (request.Count(kActorHeader) > 0) {
    return http::Problem(400, "invalid_actor",
                         fmt::format("{} is for servers without authentication; this one wants a "
                                     "token in the header Authorization",
                                     kActorHeader));
  }
  const std::size_t count = request.Count("Authorization");
  if (count > 1) return Unauthorized("the header Authorization was sent more than once");
  if (count == 0) {
    if (const auto cookie = CookieOf(request, cookie_name())) return OfCookie(request, *cookie);
    return Unauthorized("");
  }
  const std::string_view header = request.Get("Authorization");
  const std::size_t space = std::min(header.find(' '), header.size());
  if (!http::EqualsIgnoreCase(header.substr(0, space), kBearer) || space == header.size()) {
    return Unauthorized("expected the scheme Bearer");
  }
  return OfToken(http::TrimBlanks(header.substr(space)));
}

Checked<auth::Identity> SignIn::OfToken(std::string_view token) const {
  if (token.starts_with(auth::kTokenPrefix)) return OfOpaque(token);
  return OfSigned(auth::Purpose::kAccess, token);
}

Checked<auth::Identity> SignIn::OfCookie(const http::Request& request,
                                         std::string_view cookie) const {
  if (request.method != "GET" && !IsFromAPage(request)) {
    return Unauthorized("a cookie is for pages: a browser says with Origin whose it is");
  }
  return OfSigned(auth::Purpose::kCookie, cookie);
}

Checked<auth::Identity> SignIn::OfSigned(auth::Purpose purpose, std::string_view token) const {
  const auto claims = keys_->Read(purpose, token, engine_.Now());
  if (!claims) return Unauthorized(claims.error().message);
  if (!SessionOf(*claims)) return Unauthorized("its session has ended");
  const auto now = directory();
  const access::Account* account = FindAccount(*now, PrincipalId(claims->subject));
  if (account == nullptr) return Unauthorized("its owner is not in the directory");
  auth::Identity identity;
  identity.principal = account->principal;
  identity.method =
      purpose == auth::Purpose::kCookie ? auth::Method::kCookie : auth::Method::kAccessToken;
  identity.credential = claims->session;
  identity.expires_at = claims->expires_at;
  return identity;
}

Checked<auth::Identity> SignIn::OfOpaque(std::string_view text) const {
  const auto token = auth::ParseToken(text);
  if (!token) return Unauthorized("it does not have the form of a token; was it cut off?");
  const auto credential = Find(token->id);
  const auto digest = engine_.CredentialDigest(token->id);
  if (!digest) {
    return http::Problem(503, "unavailable", "the token cannot be looked up now; try again");
  }
  const bool is_right = auth::HasDigest(*token, *digest);
  if (!is_right || !credential || credential->kind == core::CredentialKind::kSession) {
    return Unauthorized("there is no such token, or it has been revoked or is over");
  }
  const auto now = directory();
  const access::Account* account = FindAccount(*now, credential->owner);
  if (account == nullptr) return Unauthorized("its owner is not in the directory");
  auth::Identity identity;
  identity.principal = account->principal;
  identity.method = credential->kind == core::CredentialKind::kService
                        ? auth::Method::kServiceToken
                        : auth::Method::kPersonalToken;
  identity.credential = credential->id;
  identity.expires_at = credential->expires_at;
  for (const std::string& name : credential->verbs) {
    if (const auto verb = access::ParseVerb(name)) identity.only.push_back(*verb);
  }
  // A limit that this version cannot read limits to nothing.
  if (identity.only.size() != credential->verbs.size()) {
    return Unauthorized("it is for verbs that this version does not know");
  }
  return identity;
}

std::optional<core::Credential> SignIn::Find(std::string_view id) const {
  const auto site = engine_.surroundings().site();
  const core::Credential* found = core::FindCredential(site->site, id);
  if (found == nullptr || found->expires_at <= engine_.Now()) return std::nullopt;
  return *found;
}

std::optional<core::Credential> SignIn::SessionOf(const auth::Claims& claims) const {
  auto session = Find(claims.session);
  if (!session || session->kind != core::CredentialKind::kSession ||
      session->owner.value != claims.subject) {
    return std::nullopt;
  }
  return session;
}

const access::Account* SignIn::FindAccount(const access::Directory& directory,
                                           const PrincipalId& id) const {
  const auto found = directory.accounts.find(id.value);
  return found == directory.accounts.end() ? nullptr : &found->second;
}

bool SignIn::IsGood(const auth::Identity& identity) const {
  if (!is_on()) return true;
  if (identity.expires_at && *identity.expires_at <= engine_.Now()) return false;
  const auto now = directory();
  return Find(identity.credential) && FindAccount(*now, identity.principal.id) != nullptr;
}

}  // namespace gatewright::api
