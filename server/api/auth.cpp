// Sessions: a password for tokens or a cookie, fresh tokens for old ones, the end of it, and who
// one is. Passwords are compared on threads of their own, two at a time.
#include <fmt/format.h>

#include <algorithm>

#include "engine/codec/auth_requests.h"
#include "engine/codec/json_writer.h"
#include "server/api/body.h"
#include "server/api/commands.h"
#include "server/api/parts.h"
#include "server/api/resources.h"
#include "server/auth/opaque_token.h"
#include "server/auth/password.h"

namespace gatewright::api {
namespace {

using core::Credential;

http::Response AuthIsOff() {
  return http::Problem(409, "authentication_off",
                       "this server runs without authentication (auth: none): there is nobody to "
                       "log in");
}

std::string CookieHeader(const SignIn& sign_in, std::string_view value, std::int64_t seconds) {
  return fmt::format("{}={}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax{}", sign_in.cookie_name(),
                     value, seconds, sign_in.options().is_https ? "; Secure" : "");
}

std::int64_t SecondsUntil(Time time, Time now) {
  return std::chrono::duration_cast<std::chrono::seconds>(time - now).count();
}

auth::Claims ClaimsOf(const Credential& session, Time now, Time until) {
  return {session.owner.value, session.id, session.generation, now,
          std::min(until, session.expires_at)};
}

http::Response AnswerTokens(const SignIn& sign_in, const Credential& session, Time now) {
  const auto access = ClaimsOf(session, now, now + sign_in.options().access_length);
  std::string body;
  codec::JsonWriter json(body);
  json.OpenObject();
  json.Key("access_token").Text(sign_in.keys().Sign(auth::Purpose::kAccess, access));
  json.Key("token_type").Word("Bearer");
  json.Key("expires_in").Integer(SecondsUntil(access.expires_at, now));
  json.Key("refresh_token")
      .Text(
          sign_in.keys().Sign(auth::Purpose::kRefresh, ClaimsOf(session, now, session.expires_at)));
  json.Key("refresh_expires_in").Integer(SecondsUntil(session.expires_at, now));
  json.CloseObject();
  return Json(200, std::move(body));
}

http::Response AnswerCookie(const SignIn& sign_in, const Credential& session, Time now) {
  http::Response response;
  response.status = 204;
  const std::string value =
      sign_in.keys().Sign(auth::Purpose::kCookie, ClaimsOf(session, now, session.expires_at));
  response.headers.push_back(
      {"Set-Cookie", CookieHeader(sign_in, value, SecondsUntil(session.expires_at, now))});
  return response;
}

void AddLimit(http::Response& response, const auth::LoginTry& taken) {
  response.headers.push_back(
      {"RateLimit-Policy",
       fmt::format("\"login\";q={};w={}", auth::kLoginTries,
                   std::chrono::duration_cast<std::chrono::seconds>(auth::kLoginWindow).count())});
  response.headers.push_back(
      {"RateLimit", fmt::format("\"login\";r={};t={}", taken.remaining, taken.reset_seconds)});
}

http::Response TooOften(const auth::LoginTry& taken) {
  http::Response response = http::Problem(
      429, "quota_exceeded",
      fmt::format("too many tries to log in: expected at most {} a minute for one user from one "
                  "address; the next may come in {} seconds",
                  auth::kLoginTries, taken.reset_seconds));
  response.headers.push_back({"Retry-After", fmt::to_string(taken.reset_seconds)});
  AddLimit(response, taken);
  return response;
}

http::Response WrongPassword() {
  http::Response response =
      http::Problem(401, "invalid_credentials",
                    "there is no such user with this password, or no password at all");
  response.headers.push_back({"WWW-Authenticate", R"(Bearer realm="gatewright")"});
  return response;
}

// What became of a command on credentials, when it did not do what it should.
std::optional<http::Response> NotDone(const runtime::Reply& reply) {
  switch (reply.kind) {
    case runtime::ReplyKind::kDone:
      return std::nullopt;
    case runtime::ReplyKind::kRefused:
      return Refuse(reply.refusal, nullptr);
    case runtime::ReplyKind::kInvalid:
      return Invalid(reply.problems);
    case runtime::ReplyKind::kFailed:
      return Failed(reply.error);
    case runtime::ReplyKind::kReplayed:
      break;
  }
  return Failed({ErrorCode::kInternal, "a reply of another command"});
}

// A new session of somebody who has said their password.
void OpenSession(ApiContext& api, const http::Responder& responder, const core::Principal& owner,
                 bool wants_cookie, const auth::LoginTry& taken) {
  core::IssueCredential command;
  command.actor = owner;
  command.credential.id = auth::MakeCredentialId();
  command.credential.owner = owner.id;
  command.credential.expires_at = api.engine().Now() + api.parts().sign_in.options().session_length;
  api.engine().Change({command, {}}, [&api, responder, wants_cookie, taken,
                                      id = command.credential.id](const runtime::Reply& reply) {
    if (auto problem = NotDone(reply)) return responder.Send(*std::move(problem));
    const SignIn& sign_in = api.parts().sign_in;
    const Credential& session = *core::FindCredential(*reply.site, id);
    const Time now = api.engine().Now();
    http::Response response =
        wants_cookie ? AnswerCookie(sign_in, session, now) : AnswerTokens(sign_in, session, now);
    AddLimit(response, taken);
    responder.Send(std::move(response));
  });
}

Outcome LogIn(Call& call) {
  SignIn& sign_in = call.api.parts().sign_in;
  if (!sign_in.is_on()) return AuthIsOff();
  GW_TRY(body, ReadBody(call.request, codec::ReadLoginBody));
  const auth::LoginTry taken =
      sign_in.limit().Take(body.username, call.request.peer, call.engine().Now());
  if (!taken.may_try) return TooOften(taken);
  const bool is_posted =
      sign_in.hashing().Post([&api = call.api, &sign_in, responder = call.responder, body, taken] {
        const access::DirectoryPtr directory = sign_in.directory();
        const auto found = directory->accounts.find(body.username);
        const bool is_known = found != directory->accounts.end();
        const std::string hash = is_known ? found->second.password_hash : "";
        if (!auth::IsPassword(body.password, hash)) {
          http::Response response = WrongPassword();
          AddLimit(response, taken);
          return responder.Send(std::move(response));
        }
        OpenSession(api, responder, found->second.principal, body.wants_cookie, taken);
      });
  if (!is_posted) {
    return Failed({ErrorCode::kUnavailable, "too many people log in at this moment; try again"});
  }
  return std::nullopt;
}

Outcome Refresh(Call& call) {
  const SignIn& sign_in = call.api.parts().sign_in;
  if (!sign_in.is_on()) return AuthIsOff();
  GW_TRY(body, ReadBody(call.request, codec::ReadRefreshBody));
  const auto claims =
      sign_in.keys().Read(auth::Purpose::kRefresh, body.refresh_token, call.engine().Now());
  if (!claims) return Unauthorized(claims.error().message);
  const auto directory = sign_in.directory();
  const auto owner = directory->accounts.find(claims->subject);
  if (!sign_in.SessionOf(*claims) || owner == directory->accounts.end()) {
    return Unauthorized("its session has ended");
  }
  const core::RefreshSession command{owner->second.principal, claims->session, claims->generation};
  call.engine().Change({command, {}}, [&api = call.api, responder = call.responder,
                                       id = claims->session](const runtime::Reply& reply) {
    if (reply.kind == runtime::ReplyKind::kRefused) {
      return responder.Send(Unauthorized("its session has ended"));
    }
    if (auto problem = NotDone(reply)) return responder.Send(*std::move(problem));
    const Credential* session = core::FindCredential(*reply.site, id);
    if (session == nullptr) {
      return responder.Send(
          Unauthorized("it has been used before, so that its session has ended now"));
    }
    responder.Send(AnswerTokens(api.parts().sign_in, *session, api.engine().Now()));
  });
  return std::nullopt;
}

Outcome LogOut(Call& call) {
  const SignIn& sign_in = call.api.parts().sign_in;
  if (!sign_in.is_on()) return AuthIsOff();
  if (!call.identity.is_session()) {
    return http::Problem(409, "not_possible",
                         "a token is not logged out: DELETE /api/v1/tokens/{its id} revokes it");
  }
  const core::RevokeCredential command{call.caller, false, call.identity.credential, "logged out"};
  call.engine().Change({command, {}},
                       [&sign_in, responder = call.responder](const runtime::Reply& reply) {
                         // Somebody else may have ended it in this moment.
                         const bool is_over = reply.kind == runtime::ReplyKind::kRefused;
                         auto problem = is_over ? std::nullopt : NotDone(reply);
                         if (problem) return responder.Send(*std::move(problem));
                         http::Response response;
                         response.status = 204;
                         response.headers.push_back({"Set-Cookie", CookieHeader(sign_in, "", 0)});
                         responder.Send(std::move(response));
                       });
  return std::nullopt;
}

// Every verb: may one at all, and in the whole installation?
void WriteVerbs(codec::JsonWriter& json, Call& call) {
  access::Resource somewhere;
  somewhere.is_somewhere = true;
  json.Key("may").OpenArray();
  for (std::size_t i = 1; i <= access::kVerbNames.size(); ++i) {
    const auto verb = static_cast<access::Verb>(i);
    const auto anywhere = DecideFor(call.api, call.identity, verb, somewhere);
    const auto everywhere = DecideFor(call.api, call.identity, verb, {});
    json.OpenObject();
    json.Key("verb").Word(access::ToString(verb));
    json.Key("anywhere").Boolean(anywhere.is_allowed);
    json.Key("everywhere").Boolean(everywhere.is_allowed);
    json.Key("why").Text(everywhere.is_allowed ? everywhere.why : anywhere.why);
    json.CloseObject();
  }
  json.CloseArray();
}

void WriteNames(codec::JsonWriter& json, std::string_view key,
                const std::vector<std::string>& names) {
  json.Key(key).OpenArray();
  for (const std::string& name : names) json.Text(name);
  json.CloseArray();
}

Outcome WhoAmI(Call& call) {
  std::string body;
  codec::JsonWriter json(body);
  json.OpenObject();
  json.Key("id").Text(call.caller.id.value);
  json.Key("issuer").Text(auth::kLocalIssuer);
  json.Key("kind").Word(core::ToString(call.caller.kind));
  json.Key("method").Word(auth::ToString(call.identity.method));
  json.Key("credential").TextOrNull(call.identity.credential);
  json.Key("expires_at").MomentOrNull(call.identity.expires_at);
  WriteNames(json, "roles", call.caller.roles);
  WriteNames(json, "groups", call.caller.groups);
  WriteVerbs(json, call);
  json.CloseObject();
  return Json(200, std::move(body));
}

}  // namespace

void MountAuth(Routes& routes) {
  routes.Post("/api/v1/auth/token", Access::Open(), {}, LogIn);
  routes.Post("/api/v1/auth/refresh", Access::Open(), {}, Refresh);
  routes.Post("/api/v1/auth/logout", Access::SignedIn(), {}, LogOut);
  routes.Get("/api/v1/auth/me", Access::SignedIn(), {}, WhoAmI);
}

}  // namespace gatewright::api
