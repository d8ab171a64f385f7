// engine/runtime/retry_times.h: when a notification that was not delivered is tried again, as
// Standard Webhooks proposes. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/base/time.h"

namespace gatewright::runtime {

// How often a notification is tried, the first time included: over three days and a half.
inline constexpr std::int64_t kMostTries = 10;

// How long to wait after this many failed tries; nothing: give up. `chance` in [0, 1) spreads
// receivers' load: up to a tenth longer. The receiver's own wish is honoured when it is longer.
std::optional<Duration> WaitAfter(std::int64_t tries, double chance, Duration wished);

// How long a receiver that failed this often in a row is left alone, whatever waits for it.
Duration PauseAfter(std::int64_t failures, Duration wished);

}  // namespace gatewright::runtime
