// tests/core/property/invariants.h: what is true of every run after every step, whatever happened.
#pragma once

#include <map>
#include <string>

#include "engine/core/decide.h"

namespace gatewright::core::test {

// Each says what is wrong, or nothing.
std::string BrokenRun(const Run& run, const Workflow& workflow);
std::string BrokenStep(const Run& before, const Accepted& step, const Workflow& workflow);

// The timers a runtime would hold, kept up by effects alone.
class Timers {
 public:
  void Follow(const std::vector<Effect>& effects);
  std::string Broken(const Run& run) const;

 private:
  std::map<TimerKind, Time> due_;
};

}  // namespace gatewright::core::test
