// engine/codec/callback_requests.h: what somebody outside sends to the address it was given: how an
// attempt ended, or how a policy votes; read as in requests.h. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/codec/requests.h"
#include "engine/core/event.h"

namespace gatewright::codec {

constexpr std::size_t kMaxCallbackObject = 64 * 1024;  // bytes of `outputs`, and of `evidence`

struct AttemptCallbackBody {
  std::optional<core::AttemptEnd> end;  // none: state "running"
  core::FailureClass failure = core::FailureClass::kPermanent;
  std::string summary;
  std::string outputs_json;  // canonical
  std::optional<int> percent;
};

// Also in GitHub's words for a deployment protection rule: without `state` it is a status report.
struct PolicyCallbackBody {
  std::optional<core::Choice> choice;  // none: state "pending"
  std::string comment;
  std::string evidence_json;  // canonical
};

Result<Reading<AttemptCallbackBody>> ReadAttemptCallback(std::string_view json);
// `max_note`: code points of the comment of a status report.
Result<Reading<PolicyCallbackBody>> ReadPolicyCallback(std::string_view json, std::size_t max_note);

}  // namespace gatewright::codec
