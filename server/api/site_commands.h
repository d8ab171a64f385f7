// server/api/site_commands.h: requests that change the installation itself: its stops and
// delegations. Called on worker threads.
#pragma once

#include <string>
#include <string_view>

#include "engine/core/site.h"
#include "server/api/call.h"

namespace gatewright::api {

// 201 with the stop or delegation that `command` adds; `list` is where it can be seen.
Outcome AddToSite(Call& call, core::SiteCommand command, std::string_view list);
// 200 {"changed": …}: false when there was nothing to change.
Outcome ChangeSite(Call& call, core::SiteCommand command);

// Why something is lifted or revoked: of the body, or of the query.
Checked<std::string> ReadLiftReason(Call& call);

}  // namespace gatewright::api
