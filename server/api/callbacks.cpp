// The callbacks of what goes on outside: how an attempt ended, how a policy votes. The ticket in
// the path is the only credential, so an answer says nothing about the run beyond what was asked.
#include <fmt/format.h>

#include "engine/codec/callback_requests.h"
#include "engine/runtime/policy_answers.h"
#include "server/api/body.h"
#include "server/api/problems.h"
#include "server/api/resources.h"

namespace gatewright::api {
namespace {

constexpr std::size_t kMaxBody = 128 * 1024;

http::Response AnswerOf(const runtime::Reply& reply) {
  switch (reply.kind) {
    case runtime::ReplyKind::kRefused:
      return Refuse(reply.refusal, nullptr);
    case runtime::ReplyKind::kFailed:
      return Failed(reply.error);
    case runtime::ReplyKind::kDone:
    case runtime::ReplyKind::kInvalid:
    case runtime::ReplyKind::kReplayed:
      break;
  }
  http::Response response;
  response.status = 204;
  return response;
}

runtime::Answer Sender(const Call& call) {
  return [responder = call.responder](const runtime::Reply& reply) {
    responder.Send(AnswerOf(reply));
  };
}

Outcome EndAttempt(Call& call, const runtime::AttemptTicket& ticket) {
  GW_TRY(body, ReadBody(call.request, codec::ReadAttemptCallback));
  call.engine().AnswerFor(
      runtime::AttemptAnswer{ticket, body.end, body.failure, std::move(body.summary),
                             std::move(body.outputs_json), body.percent},
      Sender(call));
  return std::nullopt;
}

Outcome VoteAs(Call& call, const runtime::PolicyTicket& ticket) {
  GW_TRY(body, ReadBody(call.request, [](std::string_view json) {
           return codec::ReadPolicyCallback(json, runtime::kMaxNoteLength);
         }));
  call.engine().AnswerFor(runtime::PolicyAnswer{ticket, body.choice, std::move(body.comment),
                                                std::move(body.evidence_json)},
                          Sender(call));
  return std::nullopt;
}

Outcome Take(Call& call) {
  const auto ticket = call.engine().ReadTicket(call.request.Param("ticket"));
  if (!ticket) return http::Problem(404, "not_found", "this server gave out no such address");
  if (call.request.body.size() > kMaxBody) {
    return http::Problem(413, "body_too_large",
                         fmt::format("expected a body of at most {} bytes, found {}", kMaxBody,
                                     call.request.body.size()));
  }
  if (const auto* attempt = std::get_if<runtime::AttemptTicket>(&*ticket)) {
    return EndAttempt(call, *attempt);
  }
  return VoteAs(call, std::get<runtime::PolicyTicket>(*ticket));
}

}  // namespace

void MountCallbacks(Routes& routes) {
  routes.Post("/api/v1/callbacks/:ticket", Access::Open(), {}, Take);
}

}  // namespace gatewright::api
