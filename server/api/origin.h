// server/api/origin.h: keeps other people's pages from acting through a browser that has access to
// this server. Thread-safe.
#pragma once

#include <optional>
#include <string_view>

#include "server/http/message.h"

namespace gatewright::api {

// A refusal when a browser says that the request comes from a page of another origin. Browsers say
// so and no page can change it; other programs do not say it. `public_url` is how browsers reach
// this server, when not by the Host they send; may be empty.
std::optional<http::Response> RefuseOrigin(const http::Request& request,
                                           std::string_view public_url);

}  // namespace gatewright::api
