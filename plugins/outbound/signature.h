// plugins/outbound/signature.h: signs what is sent as Standard Webhooks 1.0 says. Pure; any
// thread.
#pragma once

#include <gatewright/call.hpp>
#include <gatewright/config.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatewright::outbound {

// The setting `secret`: whsec_ and base64, or a list of such; throws InvalidConfig.
std::vector<std::string> ReadKeys(const Json& secret);

// webhook-id, webhook-timestamp and webhook-signature: every key signs.
std::vector<std::pair<std::string, std::string>> SignedHeaders(const std::vector<std::string>& keys,
                                                               std::string_view id, TimePoint now,
                                                               std::string_view body);

}  // namespace gatewright::outbound
