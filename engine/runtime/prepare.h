// engine/runtime/prepare.h: gathers the facts a command needs: reads the run, checks the data, asks
// the approver plugins. Runs on the caller's thread; thread-safe.
#pragma once

#include <variant>

#include "engine/base/result.h"
#include "engine/core/command.h"
#include "engine/ports/clock.h"
#include "engine/runtime/requests.h"
#include "engine/runtime/runs.h"
#include "engine/runtime/workflows.h"

namespace gatewright::runtime {

// The facts of a new run: its subject checked and in canonical form, its skipped stages. A Reply
// where it cannot be made.
std::variant<core::CreateRun, Reply> PrepareCreate(const CreateRequest& request,
                                                   const Revision& revision);

// The facts of a vote on `run`: which rules the actor may fill.
std::variant<core::CastVote, Reply> PrepareVote(const VoteRequest& request, const LoadedRun& run,
                                                Time now, Duration limit);

}  // namespace gatewright::runtime
