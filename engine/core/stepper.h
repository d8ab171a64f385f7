// engine/core/stepper.h: takes a run forward event by event while a decision is being made, so that
// every rule of `Decide` looks at the run as the events so far left it. Private to the core.
#pragma once

#include <string>
#include <vector>

#include "engine/base/time.h"
#include "engine/core/apply.h"
#include "engine/core/decide.h"

namespace gatewright::core {

class Stepper {
 public:
  Stepper(const Run& run, const Workflow& workflow, PrincipalId actor, Time now);

  const Run& run() const { return accepted_.run; }
  const Workflow& workflow() const { return workflow_; }
  Time now() const { return stamp_.at; }
  const StageSpec& CurrentSpec() const;

  void Emit(Event event);
  void Request(Effect effect) { accepted_.effects.push_back(std::move(effect)); }

  // Goes on to the first stage from `index` that is not skipped; finishes the run after the last.
  void EnterStage(std::size_t index);
  // The current stage's gate has the votes it needs (or there is no gate): act, or be done.
  void PassGate();
  void StartAttempt(AttemptNumber number);
  void PlanAttempt(Time not_before);
  void FinishStage();
  void FinishRun(RunOutcome outcome, std::string state, std::string reason);
  // Tallies the open gate and does what the outcome asks for.
  void SettleGate();
  void CloseGateTimer();

  Accepted Take() &&;

 private:
  void OpenGate(const StageSpec& stage);

  const Workflow& workflow_;
  Stamp stamp_;
  Accepted accepted_;
};

}  // namespace gatewright::core
