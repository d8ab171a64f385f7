// engine/runtime/delivery_count.h: what became of notifications since the start. Values.
#pragma once

#include <cstdint>
#include <string>

#include "engine/ports/store.h"

namespace gatewright::runtime {

// How many deliveries of a notifier were written as this; kPending: a try that failed, and is made
// again.
struct DeliveryCount {
  std::string notifier;
  ports::DeliveryState outcome;
  std::uint64_t count;
};

}  // namespace gatewright::runtime
