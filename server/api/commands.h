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

namespace gatewright::api {

enum class RunView { kDeployment = 1, kRun };

struct Submission {
  RunView view = RunView::kRun;
  bool is_create = false;                       // 201 with Location, and no `changed`
  Duration wait{0};                             // for a running action to end
  std::optional<std::string> idempotency = {};  // from the body
  // Hands the command to the engine.
  std::function<void(std::optional<runtime::Idempotency>, runtime::Answer)> send;
};

Outcome Submit(Call& call, Submission submission);

// `expected` with the version that If-Match asks for. 412 at once when no version of this run can
// match.
Checked<core::Expectation> WithIfMatch(Call& call, RunId run, core::Expectation expected);

}  // namespace gatewright::api
