// server/api/cursor.h: where a list goes on, as text that callers carry and do not read.
// Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/ids.h"
#include "server/api/checked.h"

namespace gatewright::api {

// base64url over the number and a checksum, so that a mistyped or made-up cursor is refused.
std::string WriteCursor(RunId before);
Checked<RunId> ReadCursor(const http::Request& request);  // 0 when there is none

// The value of `Link` for the next page: this request's path and query with another cursor.
std::string NextLink(const http::Request& request, std::string_view cursor);

}  // namespace gatewright::api
