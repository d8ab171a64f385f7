// engine/core/decide_draft.h: a run before it is submitted: it asks nobody, holds nothing and waits
// for its requester alone. Private to the core; `Decide` is the door.
#pragma once

#include <string_view>

#include "engine/core/case.h"
#include "engine/core/decide.h"

namespace gatewright::core {

// Is this who asked for the run? In development mode everybody is.
bool IsRequester(const Run& run, const Principal& actor);

// What would be done to a run is not done to a draft.
Refusal NotOnDraft(const Run& run, std::string_view what);

Decision DecideDraft(const Case& at, const CreateRun& command);
Decision DecideEdit(const Case& at, const ChangeSubject& command);
Decision DecideSubmit(const Case& at, const SubmitRun& command);
Decision DecideExpireDraft(const Case& at, const ExpireDraft& command);

}  // namespace gatewright::core
