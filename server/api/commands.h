// server/api/commands.h: the one way from a request to a command and back: Idempotency-Key and
// If-Match in, the engine's reply out, after the action it set off where the caller waits for it.
// Called on worker threads; the engine answers on its own.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "engine/core/command.h"
#include "engine/runtime/requests.h"
#include "server/api/call.h"
#include "server/api/idempotency.h"

namespace gatewright::api {

enum class RunView { kDeployment = 1, kRun };

struct Submission {
  RunView view = RunView::kRun;
  bool is_create = false;                       // 201 with Location, and no `changed`
  Duration wait{0};                             // for a running action to end
  std::optional<std::string> idempotency = {};  // from the body
  // The answer to a command that is done where it is not about a run. Pure.
  std::function<http::Response(const runtime::Reply&)> done = {};
  // Hands the command to the engine.
  std::function<void(std::optional<runtime::Idempotency>, runtime::Answer)> send;
};

Outcome Submit(Call& call, Submission submission);

// How the engine's reply becomes an answer. Immutable.
struct Rendering {
  RunView view = RunView::kRun;
  bool is_create = false;
  std::string request_id;
  std::optional<IdempotencyDigests> digests = {};
  std::function<http::Response(const runtime::Reply&)> done = {};
};
// The same bytes for the caller and for the store.
http::Response Render(const Rendering& rendering, const runtime::Reply& reply);

// With authentication on, an approval has to say what its voter has seen: a click too many must not
// pass the next stage. `names_gate`: it does so by stage and epoch.
Outcome RefuseBlindApproval(ApiContext& api, core::Choice choice, const core::Expectation& expected,
                            bool names_gate);

// `expected` with the version that If-Match asks for. 412 at once when no version of this run can
// match.
Checked<core::Expectation> WithIfMatch(Call& call, RunId run, core::Expectation expected);

}  // namespace gatewright::api
