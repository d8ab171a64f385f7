// engine/ports/clock.h: the only source of time in the engine. Thread-safe.
#pragma once

#include "engine/base/time.h"

namespace gatewright::ports {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time Now() const = 0;
};

class SystemClock final : public Clock {
 public:
  Time Now() const override {
    return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
  }
};

}  // namespace gatewright::ports
