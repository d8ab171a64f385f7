#include "server/api/problems.h"

#include <fmt/format.h>

#include <array>

#include "engine/codec/views.h"

namespace gatewright::api {
namespace {

constexpr auto kKinds = std::to_array<ProblemKind>({
    {"bad_request", 400, "The request is not HTTP as the server understands it."},
    {"bad_path", 400, "The path is not percent-encoded UTF-8 text."},
    {"bad_query", 400, "The query string is not percent-encoded UTF-8 text."},
    {"malformed_json", 400,
     "The body is not JSON that is accepted: duplicate keys, invalid UTF-8, numbers out of range "
     "and depth over 32 are refused."},
    {"invalid_parameter", 400, "A query parameter is unknown, repeated or out of range."},
    {"invalid_cursor", 400, "The cursor was not made by this server."},
    {"invalid_header", 400, "A request header does not have the form it needs."},
    {"invalid_actor", 400, "X-Gatewright-Actor does not have the form it needs."},
    {"unauthorized", 401, "Nobody has said who is calling; see WWW-Authenticate."},
    {"invalid_token", 401, "The token or cookie is malformed, forged, over or revoked."},
    {"invalid_credentials", 401, "There is no such user with this password."},
    {"not_eligible", 403, "The caller may not fill any rule of the open gate."},
    {"self_approval", 403, "Separation of duties forbids this person's vote."},
    {"not_allowed", 403, "The caller may not do that; the detail says who may."},
    {"cross_origin", 403, "A browser sent it for a page of another origin."},
    {"not_found", 404, "What the path or the body names does not exist."},
    {"method_not_allowed", 405, "The path exists, the method does not; see Allow."},
    {"request_timeout", 408, "The request did not arrive in time."},
    {"unexpected_state", 409, "The run is not in the state that expected_state names."},
    {"subject_changed", 409, "The subject is not the one that was reviewed."},
    {"run_finished", 409, "The run has ended; nothing can be done to it any more."},
    {"gate_decided", 409, "The gate was decided before; the detail says by whom and when."},
    {"gate_not_open", 409, "The gate is not open, or another epoch of it is."},
    {"not_possible", 409, "The run's status does not allow this; the detail says what it allows."},
    {"deadline_passed", 409, "The gate's deadline came before this vote."},
    {"already_claimed", 409, "Somebody else has claimed the gate; the detail says who."},
    {"workflow_in_use", 409, "Runs of the workflow are still open; `runs` lists the newest."},
    {"idempotency_in_progress", 409, "The first request with this Idempotency-Key still runs."},
    {"authentication_off", 409, "The server runs without authentication."},
    {"stale_version", 412, "If-Match names another version of the run than the current one."},
    {"body_too_large", 413, "The body is larger than the limit."},
    {"target_too_long", 414, "The request target is longer than the limit."},
    {"unsupported_media_type", 415, "The body's Content-Type is not one that is read here."},
    {"range_not_satisfiable", 416, "The log has no byte of the range that Range names."},
    {"upgrade_required", 426, "This resource is a WebSocket."},
    {"expectation_failed", 417, "Only `Expect: 100-continue` is understood."},
    {"validation_failed", 422, "The body is wrong; `errors` lists every mistake."},
    {"idempotency_key_reused", 422, "The Idempotency-Key was used for another request before."},
    {"digest_needed", 428,
     "The gate asks for subject_digest, so that nobody votes on what they have not seen."},
    {"precondition_needed", 428,
     "An approval has to say which state was seen: expected_state, If-Match, or stage and epoch."},
    {"quota_exceeded", 429, "Too many tries; Retry-After says when the next may come."},
    {"header_too_large", 431, "The header block is larger than the limit."},
    {"too_many_headers", 431, "There are more header fields than the limit."},
    {"trailers_too_large", 431, "The trailers of a chunked body are larger than the limit."},
    {"internal_error", 500, "A defect of the server; the request_id finds it in the log."},
    {"no_answer", 500, "A defect of the server: the request was dropped without an answer."},
    {"method_not_implemented", 501, "The method is not one of HTTP's that the server knows."},
    {"transfer_encoding_not_supported", 501, "Only `chunked` is understood."},
    {"answer_timeout", 503, "The answer was not ready in time; the effect may still happen."},
    {"too_many_connections", 503, "Every connection the server allows is in use. Retry."},
    {"unavailable", 503, "The server is full, stopping or cannot reach its database. Retry."},
    {"not_ready", 503, "A part of the server does not work; `checks` says which."},
    {"version_not_supported", 505, "The server speaks HTTP/1.0 and HTTP/1.1."},
});

int StatusOf(core::RefusalCode code) {
  switch (code) {
    case core::RefusalCode::kNotFound:
      return 404;
    case core::RefusalCode::kStaleVersion:
      return 412;
    case core::RefusalCode::kNotEligible:
    case core::RefusalCode::kSelfApproval:
    case core::RefusalCode::kNotAllowed:
      return 403;
    case core::RefusalCode::kUnexpectedState:
    case core::RefusalCode::kSubjectChanged:
    case core::RefusalCode::kRunFinished:
    case core::RefusalCode::kGateDecided:
    case core::RefusalCode::kGateNotOpen:
    case core::RefusalCode::kNotPossible:
    case core::RefusalCode::kDeadlinePassed:
    case core::RefusalCode::kAlreadyClaimed:
      return 409;
    case core::RefusalCode::kDigestNeeded:
      return 428;
    case core::RefusalCode::kPrepareAgain:
      return 503;  // never leaves the engine; if it does, trying again is right
  }
  return 500;
}

http::Response InvalidBecause(std::vector<http::FieldError> errors) {
  const std::string detail =
      errors.size() == 1
          ? fmt::format("{}: {}", errors[0].pointer.empty() ? "the body" : errors[0].pointer,
                        errors[0].detail)
          : fmt::format("{} mistakes, see errors", errors.size());
  return http::Problem(422, "validation_failed", detail, std::move(errors));
}

}  // namespace

std::span<const ProblemKind> ProblemKinds() { return kKinds; }

http::Response Refuse(const core::Refusal& refusal, const core::Run* run) {
  http::Response response =
      http::Problem(StatusOf(refusal.code), ToString(refusal.code), refusal.detail);
  if (response.status == 503) response.headers.push_back({"Retry-After", "1"});
  if (run != nullptr && run->exists()) {
    std::string summary;
    codec::AppendRunSummary(summary, codec::SummaryOf(*run));
    AddMember(response, "run", summary);
  }
  return response;
}

http::Response Invalid(const std::vector<codec::RequestProblem>& problems) {
  std::vector<http::FieldError> errors;
  for (const auto& problem : problems) errors.push_back({problem.pointer, problem.detail});
  return InvalidBecause(std::move(errors));
}

http::Response Invalid(const std::vector<runtime::FieldProblem>& problems) {
  std::vector<http::FieldError> errors;
  for (const auto& problem : problems) errors.push_back({problem.pointer, problem.detail});
  return InvalidBecause(std::move(errors));
}

http::Response Failed(const Error& error) {
  switch (error.code) {
    case ErrorCode::kNotFound:
      return http::Problem(404, "not_found", error.message);
    case ErrorCode::kUnavailable:
    case ErrorCode::kTimeout: {
      http::Response response = http::Problem(503, "unavailable", error.message);
      response.headers.push_back({"Retry-After", "1"});
      return response;
    }
    case ErrorCode::kInvalid:
    case ErrorCode::kConflict:
    case ErrorCode::kCancelled:
    case ErrorCode::kCorrupt:
    case ErrorCode::kInternal:
      break;
  }
  return http::Problem(500, "internal_error",
                       "the request could not be carried out because of a defect in the server; "
                       "the request_id finds it in the log");
}

http::Response NoSuchRun(std::string_view id) {
  return http::Problem(404, "not_found", fmt::format("there is no run '{}'", id));
}

void AddMember(http::Response& response, std::string_view name, std::string_view value_json) {
  response.body.pop_back();
  response.body += fmt::format(",\"{}\":{}}}", name, value_json);
}

}  // namespace gatewright::api
