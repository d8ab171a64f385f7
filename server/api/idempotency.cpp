#include "server/api/idempotency.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/object.hpp>

#include "engine/codec/digest.h"
#include "engine/codec/json.h"
#include "engine/codec/json_writer.h"
#include "server/api/problems.h"

namespace gatewright::api {
namespace {

constexpr std::size_t kMaxKey = 255;
constexpr std::string_view kHeader = "Idempotency-Key";
constexpr std::string_view kContentType = "Content-Type";

bool IsKey(std::string_view text) {
  return !text.empty() && text.size() <= kMaxKey &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

Checked<std::optional<std::string>> ReadKey(const http::Request& request,
                                            const std::optional<std::string>& body_key) {
  const std::size_t count = request.Count(kHeader);
  if (count > 1 || (count == 1 && !IsKey(request.Get(kHeader)))) {
    return http::Problem(400, "invalid_header",
                         fmt::format("{}: expected 1 to {} visible ASCII characters, once; a UUID "
                                     "is a good one",
                                     kHeader, kMaxKey));
  }
  if (body_key && !IsKey(*body_key)) {
    return Invalid(std::vector<codec::RequestProblem>{
        {"/idempotency", fmt::format("expected 1 to {} visible ASCII characters", kMaxKey)}});
  }
  if (count == 0) return body_key;
  const std::string key(request.Get(kHeader));
  if (body_key && *body_key != key) {
    return Invalid(std::vector<codec::RequestProblem>{
        {"/idempotency", "expected the same key as in the header Idempotency-Key, or none"}});
  }
  return std::optional(key);
}

}  // namespace

Checked<std::optional<IdempotencyDigests>> ReadIdempotency(
    const http::Request& request, const core::Principal& caller,
    const std::optional<std::string>& body_key) {
  GW_TRY(key, ReadKey(request, body_key));
  if (!key) return std::optional<IdempotencyDigests>();
  // None of the parts before the body can hold a line feed, so no two requests look the same.
  return std::optional(
      IdempotencyDigests{codec::Sha256Hex({caller.id.value, "\n", *key}),
                         codec::Sha256Hex({request.method, "\n", request.path, "\n",
                                           caller.id.value, "\n", request.body})});
}

ports::AnswerRow ToAnswerRow(const IdempotencyDigests& digests, const http::Response& response) {
  ports::AnswerRow row;
  row.key = digests.key;
  row.fingerprint = digests.fingerprint;
  row.status = response.status;
  row.body = response.body;
  codec::JsonWriter json(row.headers_json);
  json.OpenObject();
  json.ForeignKey(kContentType).Text(response.content_type);
  for (const http::Header& header : response.headers) {
    json.ForeignKey(header.name).Text(header.value);
  }
  json.CloseObject();
  return row;
}

http::Response FromAnswerRow(const ports::AnswerRow& row) {
  http::Response response;
  response.status = row.status;
  response.body = row.body;
  const auto headers = codec::ParseJson(row.headers_json);
  if (headers && headers->is_object()) {
    for (const auto& member : headers->get_object()) {
      if (!member.value().is_string()) continue;
      const std::string_view name = member.key();
      std::string value(std::string_view(member.value().get_string()));
      if (name == kContentType) {
        response.content_type = std::move(value);
      } else {
        response.headers.push_back({std::string(name), std::move(value)});
      }
    }
  }
  response.headers.push_back({"Idempotency-Replayed", "true"});
  return response;
}

void FixRequestId(http::Response& response, const std::string& request_id) {
  if (!response.wants_request_id) return;
  response.wants_request_id = false;
  std::string quoted;
  codec::AppendJsonString(quoted, request_id);
  AddMember(response, "request_id", quoted);
}

}  // namespace gatewright::api
