// server/api/lists.h: what reading runs has in common: pages, ETags, "there is no such run".
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "engine/ports/store.h"
#include "server/api/call.h"

namespace gatewright::api {

// `q`, `limit` and `cursor`.
Checked<ports::RunQuery> ReadPageQuery(const http::Request& request);

// The whole body with ETag, and Link when the list goes on at `next`; or 304.
http::Response AnswerList(const http::Request& request, std::string body, RunId next);
// For lists without pages.
http::Response AnswerList(const http::Request& request, std::string body);

// With the run's ETag; or 304.
http::Response AnswerRun(const http::Request& request, RunId run, Sequence version,
                         std::string body);

Checked<ports::RunRow> FindRow(Call& call, RunId id);
// Never null.
Checked<std::shared_ptr<const core::Run>> FindRun(Call& call, RunId id);

// How long a route may take that waits for an action.
std::chrono::milliseconds AnswerTime(const ApiOptions& options);

}  // namespace gatewright::api
