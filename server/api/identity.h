// server/api/identity.h: who is calling, when authentication is off: everybody, or who the header
// X-Gatewright-Actor names. Pure; any thread.
#pragma once

#include <string_view>

#include "engine/core/principal.h"
#include "server/api/checked.h"

namespace gatewright::api {

inline constexpr std::string_view kActorHeader = "X-Gatewright-Actor";

// The caller of this request: who `before` hooks left in request.context, else the header's.
Checked<core::Principal> CallerOf(const http::Request& request);

// "alice; roles=qa,devops; groups=sre" → alice. Names are 1 to 128 of [A-Za-z0-9._@:+-].
Checked<core::Principal> ParseActor(std::string_view header);

}  // namespace gatewright::api
