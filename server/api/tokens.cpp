// Tokens for programs: a person's own, and those of services. A token's secret is in one answer and
// nowhere else.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/codec/auth_requests.h"
#include "engine/codec/json_writer.h"
#include "server/api/body.h"
#include "server/api/lists.h"
#include "server/api/parameters.h"
#include "server/api/parts.h"
#include "server/api/resources.h"
#include "server/auth/opaque_token.h"

namespace gatewright::api {
namespace {

using core::Credential;
using core::CredentialKind;

constexpr Duration kLongestTokenLife = std::chrono::days{366};
constexpr Duration kUsualTokenLife = std::chrono::days{90};

http::Response TokensAreOff() {
  return http::Problem(409, "authentication_off",
                       "this server runs without authentication (auth: none): it knows no tokens");
}

void AppendCredential(std::string& out, const Credential& credential, std::string_view token) {
  codec::JsonWriter json(out);
  json.OpenObject();
  json.Key("id").Text(credential.id);
  json.Key("kind").Word(core::ToString(credential.kind));
  json.Key("owner").Text(credential.owner.value);
  json.Key("name").Text(credential.name);
  json.Key("verbs").OpenArray();
  for (const std::string& verb : credential.verbs) json.Text(verb);
  json.CloseArray();
  json.Key("by").Text(credential.by.value);
  json.Key("issued_at").Moment(credential.issued_at);
  json.Key("expires_at").Moment(credential.expires_at);
  if (!token.empty()) json.Key("token").Text(token);
  json.CloseObject();
}

Outcome RefuseOthers(Call& call) {
  return RefuseVerb(call.api, call.identity, access::Verb::kAdmin, {});
}

Outcome ListTokens(Call& call) {
  if (!call.api.parts().sign_in.is_on()) return TokensAreOff();
  GW_TRY(owner, QueryText(call.request, "owner"));
  if (owner.empty()) owner = call.caller.id.value;
  if (owner != call.caller.id.value) {
    if (auto refusal = RefuseOthers(call)) return refusal;
  }
  const auto site = call.engine().surroundings().site();
  const Time now = call.engine().Now();
  std::string body = R"({"items":[)";
  for (const Credential& one : site->site.credentials) {
    if (one.owner.value != owner || one.expires_at <= now) continue;
    AppendCredential(body, one, "");
  }
  body += R"(],"next_cursor":null})";
  return Json(200, std::move(body));
}

// Whose token it is to be. A person's own or, for administrators, a service's: nobody makes tokens
// with which they could act as somebody else.
Checked<core::Principal> OwnerOf(Call& call, const std::string& wanted) {
  if (wanted.empty() || wanted == call.caller.id.value) return call.caller;
  if (auto refusal = RefuseOthers(call)) return *std::move(refusal);
  const auto directory = call.api.parts().sign_in.directory();
  const auto found = directory->accounts.find(wanted);
  if (found == directory->accounts.end()) {
    return http::Problem(404, "not_found", fmt::format("'{}' is not in the directory", wanted));
  }
  if (found->second.principal.kind != core::PrincipalKind::kService) {
    return http::Problem(403, "not_allowed",
                         fmt::format("'{}' is a person, and makes their own tokens; others may be "
                                     "made for services",
                                     wanted));
  }
  return found->second.principal;
}

Checked<core::IssueCredential> ReadIssue(Call& call, const auth::OpaqueToken& token) {
  GW_TRY(body, ReadBody(call.request, codec::ReadTokenBody));
  GW_TRY(owner, OwnerOf(call, body.owner));
  for (std::size_t i = 0; i < body.verbs.size(); ++i) {
    if (access::ParseVerb(body.verbs[i])) continue;
    return Invalid(std::vector<codec::RequestProblem>{
        {fmt::format("/verbs/{}", i),
         fmt::format("expected one of {}, found '{}'", fmt::join(access::kVerbNames, ", "),
                     body.verbs[i])}});
  }
  const Time now = call.engine().Now();
  core::IssueCredential command;
  command.actor = call.caller;
  Credential& made = command.credential;
  made.id = token.id;
  made.kind = owner.kind == core::PrincipalKind::kService ? CredentialKind::kService
                                                          : CredentialKind::kPersonal;
  made.owner = owner.id;
  made.name = std::move(body.name);
  made.verbs = std::move(body.verbs);
  made.expires_at = body.expires_at.value_or(now + body.lasts.value_or(kUsualTokenLife));
  if (made.expires_at > now + kLongestTokenLife) {
    return Invalid(std::vector<codec::RequestProblem>{
        {body.lasts ? "/for" : "/expires_at", "expected an end within 366 days"}});
  }
  command.digest = auth::DigestOf(token);
  return command;
}

Outcome MakeOne(Call& call) {
  if (!call.api.parts().sign_in.is_on()) return TokensAreOff();
  if (!call.identity.is_session()) {
    return http::Problem(403, "not_allowed",
                         "a token makes no tokens: log in with a password for that");
  }
  if (call.request.Count("Idempotency-Key") > 0) {
    return http::Problem(400, "invalid_header",
                         "Idempotency-Key: expected none here, because the answer holds a secret "
                         "and is not kept");
  }
  const auth::OpaqueToken token = auth::MakeToken();
  GW_TRY(command, ReadIssue(call, token));
  call.engine().Change({std::move(command), {}},
                       [responder = call.responder, id = token.id,
                        text = auth::Format(token)](const runtime::Reply& reply) {
                         if (reply.kind == runtime::ReplyKind::kRefused) {
                           return responder.Send(Refuse(reply.refusal, nullptr));
                         }
                         if (reply.kind != runtime::ReplyKind::kDone)
                           return responder.Send(Failed(reply.error));
                         std::string body;
                         AppendCredential(body, *core::FindCredential(*reply.site, id), text);
                         http::Response response = Json(201, std::move(body));
                         response.headers.push_back({"Location", "/api/v1/tokens"});
                         response.headers.push_back({"Cache-Control", "no-store"});
                         responder.Send(std::move(response));
                       });
  return std::nullopt;
}

Outcome RevokeOne(Call& call) {
  if (!call.api.parts().sign_in.is_on()) return TokensAreOff();
  core::RevokeCredential command;
  command.actor = call.caller;
  command.id = call.request.Param("id");
  command.reason = "revoked";
  command.may_others = !RefuseOthers(call).has_value();
  call.engine().Change({std::move(command), {}},
                       [responder = call.responder](const runtime::Reply& reply) {
                         if (reply.kind == runtime::ReplyKind::kRefused) {
                           return responder.Send(Refuse(reply.refusal, nullptr));
                         }
                         if (reply.kind != runtime::ReplyKind::kDone) {
                           return responder.Send(Failed(reply.error));
                         }
                         http::Response response;
                         response.status = 204;
                         responder.Send(std::move(response));
                       });
  return std::nullopt;
}

}  // namespace

void MountTokens(Routes& routes) {
  routes.Get("/api/v1/tokens", Access::SignedIn(), {.query = {"owner"}}, ListTokens);
  routes.Post("/api/v1/tokens", Access::SignedIn(), {}, MakeOne);
  routes.Delete("/api/v1/tokens/:id", Access::SignedIn(), {}, RevokeOne);
}

}  // namespace gatewright::api
