// server/api/problems.h: every way in which a request is refused, as a problem document, and the
// list of their codes. Pure; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"
#include "engine/codec/requests.h"
#include "engine/core/refusal.h"
#include "engine/core/run.h"
#include "engine/runtime/requests.h"
#include "server/http/message.h"
#include "server/http/problem.h"

namespace gatewright::api {

// What /docs/problems says about a code.
struct ProblemKind {
  std::string_view code;
  int status = 0;
  std::string_view meaning;
};
std::span<const ProblemKind> ProblemKinds();

// `run`, where there is one, is shown as it is now in the member `run`.
http::Response Refuse(const core::Refusal& refusal, const core::Run* run);
http::Response Invalid(const std::vector<codec::RequestProblem>& problems);
http::Response Invalid(const std::vector<runtime::FieldProblem>& problems);
// A port's error. What happened inside is the log's affair, not the caller's.
http::Response Failed(const Error& error);
http::Response NoSuchRun(std::string_view id);

// Adds a member to a problem document (or any JSON object) that is not empty.
void AddMember(http::Response& response, std::string_view name, std::string_view value_json);

}  // namespace gatewright::api
