// plugins/check/order.h: what the process of one check is told, and what it says: over the socket
// that a plugin's process has to the server. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/ports/plugins.h"
#include "plugins/check/finding.h"
#include "plugins/host/child/sandbox.h"

namespace gatewright::check {

struct OfferName {
  ports::PluginKind kind = ports::PluginKind::kApprover;
  std::string name;
};

struct Order {
  std::string check;  // its name in the table
  OfferName offer;    // empty for checks of the whole library
  host::SandboxOptions sandbox;
  bool has_walls = true;             // false = it may do whatever this user may
  std::vector<std::string> configs;  // JSON; empty = made from the offer's schema
};

std::string Packed(const Order& order);
Result<Order> UnpackedOrder(std::string_view bytes);

std::string Packed(const Finding& finding);
Result<Finding> UnpackedFinding(std::string_view bytes);

}  // namespace gatewright::check
