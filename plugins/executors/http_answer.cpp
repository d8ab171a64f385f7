#include "http_answer.h"

#include <stdexcept>

using gatewright::Json;
using gatewright::JsonObject;
using gatewright::outbound::HttpReply;

namespace {
constexpr std::size_t kMaxBodyInOutputs = 32 * 1024;
}  // namespace

JsonObject AboutAttempt(const gatewright::Attempt& attempt) {
  const std::string run = JsonObject()
                              .Add("id", attempt.run_id)
                              .Add("workflow", attempt.workflow)
                              .Add("requester", attempt.requester)
                              .Add("subject_digest", attempt.subject_digest)
                              .text();
  const std::string about = JsonObject()
                                .Add("id", attempt.attempt_id)
                                .Add("number", attempt.number)
                                .Add("fencing_token", attempt.fencing_token)
                                .Add("stage", attempt.stage)
                                .text();
  JsonObject body;
  body.AddJson("subject", attempt.subject_json.empty() ? "{}" : attempt.subject_json)
      .AddJson("run", run)
      .AddJson("attempt", about);
  return body;
}

std::optional<Json> ParseBody(const HttpReply& reply) {
  if (reply.is_cut) return std::nullopt;
  try {
    return Json::Parse(reply.body);
  } catch (const std::invalid_argument&) {
    return std::nullopt;
  }
}

std::string OutputsOf(const HttpReply& reply, const std::optional<Json>& body) {
  JsonObject outputs;
  outputs.Add("status", std::int64_t{reply.status});
  if (body && body->source().size() <= kMaxBodyInOutputs) outputs.AddJson("body", body->source());
  return outputs.text();
}

bool IsBusy(const HttpReply& reply) {
  return reply.status == 408 || reply.status == 425 || reply.status == 429 || reply.status == 503;
}

gatewright::Report NotDone(const HttpReply& reply) {
  const bool is_redirect = reply.status / 100 == 3;
  return gatewright::FailedPermanent(Found(reply) +
                                     (is_redirect ? "; redirects are not followed" : ""))
      .WithOutputs(OutputsOf(reply, ParseBody(reply)));
}

std::string Found(const HttpReply& reply) {
  return "the service answered " + std::to_string(reply.status);
}
