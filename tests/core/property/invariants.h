// tests/core/property/invariants.h: what is true of every run after every step, whatever happened.
// Each function says what is wrong, or nothing. None of them asks the core's own rules where it can
// look for itself.
#pragma once

#include <map>
#include <string>

#include "engine/core/decide.h"
#include "tests/core/support/installation.h"

namespace gatewright::core::test {

// Of a run as it stands.
std::string BrokenRun(const Run& run, const Workflow& workflow);

// Of one accepted command: looks at the run after each of its events.
struct Step {
  const Run& before;
  const Command& command;
  const Accepted& accepted;
  const Workflow& workflow;          // after the step: a migration's target
  const Installation& installation;  // before the step
};
std::string BrokenStep(const Step& step);

// A waiting gate has no votes that satisfy it. Slow: it tries every assignment.
std::string BrokenPatience(const Run& run, const Workflow& workflow);

// The timers a runtime would hold, kept up by effects alone.
class Timers {
 public:
  void Follow(const std::vector<Effect>& effects);
  std::string Broken(const Run& run, const Workflow& workflow) const;

 private:
  std::map<TimerKind, Time> due_;
  bool is_queued_ = false;  // a planned attempt waits for a worker instead
};

}  // namespace gatewright::core::test
