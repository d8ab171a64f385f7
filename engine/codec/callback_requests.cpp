#include "engine/codec/callback_requests.h"

#include <fmt/format.h>

#include "engine/codec/request_reading.h"

namespace gatewright::codec {
namespace {

std::string ReadSmallObject(ObjectReader& reader, std::string_view name) {
  std::string json = reader.CanonicalObject(name);
  if (json.size() <= kMaxCallbackObject) return json;
  reader.Problem(
      name, fmt::format("expected at most {} bytes, found {}", kMaxCallbackObject, json.size()));
  return {};
}

void ReadAttemptState(ObjectReader& reader, AttemptCallbackBody& body) {
  switch (reader.NeedChoice("state", {"succeeded", "failed", "running"})) {
    case 0:
      body.end = core::AttemptEnd::kSucceeded;
      break;
    case 1:
      body.end = core::AttemptEnd::kFailed;
      break;
    default:
      break;
  }
}

void ReadClass(ObjectReader& reader, AttemptCallbackBody& body) {
  const auto failure = reader.Choice("class", {"transient", "permanent"});
  if (failure && body.end != core::AttemptEnd::kFailed) {
    reader.Problem("class", "expected 'class' only with the state failed");
  }
  if (failure == 0) body.failure = core::FailureClass::kTransient;
}

}  // namespace

Result<Reading<AttemptCallbackBody>> ReadAttemptCallback(std::string_view json) {
  return ReadObject<AttemptCallbackBody>(json, [](ObjectReader& reader, AttemptCallbackBody& body) {
    ReadAttemptState(reader, body);
    ReadClass(reader, body);
    body.summary = reader.Text("summary", kComment).value_or("");
    body.outputs_json = ReadSmallObject(reader, "outputs");
    if (!body.end && !body.outputs_json.empty()) {
      reader.Problem("outputs", "expected 'outputs' only with the end of the attempt");
    }
    if (const auto percent = reader.Percent("progress")) body.percent = static_cast<int>(*percent);
    if (body.end && body.percent) {
      reader.Problem("progress", "expected 'progress' only with the state running");
    }
  });
}

Result<Reading<PolicyCallbackBody>> ReadPolicyCallback(std::string_view json,
                                                       std::size_t max_note) {
  const auto read = [max_note](ObjectReader& reader, PolicyCallbackBody& body) {
    const auto state = reader.Choice("state", {"approved", "rejected", "pending"});
    const bool is_note = !state || state == 2;
    if (!is_note) body.choice = state == 0 ? core::Choice::kApprove : core::Choice::kReject;
    body.comment = is_note ? reader.NeedText("comment", TextLimit{max_note, false})
                           : reader.Text("comment", kComment).value_or("");
    body.evidence_json = ReadSmallObject(reader, "evidence");
    if (is_note && !body.evidence_json.empty()) {
      reader.Problem("evidence", "expected 'evidence' only with the state approved or rejected");
    }
    reader.Text("environment_name", kWord);  // GitHub's word for what is deployed to
  };
  return ReadObject<PolicyCallbackBody>(json, read);
}

}  // namespace gatewright::codec
