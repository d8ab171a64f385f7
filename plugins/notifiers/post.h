// plugins/notifiers/post.h: delivers by one POST, and says of an answer whether trying again can
// help. Thread-safe.
#pragma once

#include <gatewright/config.hpp>

#include "plugins/outbound/http_post.h"

namespace gatewright::notifiers {

// `url` and `allow_private` of a config; throws InvalidConfig.
outbound::HttpTarget ReadTarget(const Config& config);

// Returns when the answer is 2xx. Throws Unavailable when the network or the receiver is in
// trouble (408, 425, 429, 5xx; with what its Retry-After says), ReceiverGone for 410, and
// GW_INVALID_ARGUMENT when it does not want this: any other answer, an address that may not be
// called. What is thrown names neither the URL nor a header.
void PostOrThrow(const outbound::HttpTarget& target, const outbound::HttpRequest& request,
                 const Call& call);

}  // namespace gatewright::notifiers
