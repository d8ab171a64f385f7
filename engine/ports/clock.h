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
  // Whole milliseconds: what is stored is what is shown.
  Time Now() const override {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  }
};

}  // namespace gatewright::ports
