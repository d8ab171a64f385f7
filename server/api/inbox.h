// server/api/inbox.h: the runs that wait for the caller, as a list of runs. Called on worker
// threads; answers from another.
#pragma once

#include "engine/ports/store.h"
#include "server/api/call.h"

namespace gatewright::api {

// GET /api/v1/runs?waiting_on=me: a page of the inbox, of which only what `query` asks for.
Outcome ListWaitingOnMe(Call& call, ports::RunQuery query);

}  // namespace gatewright::api
