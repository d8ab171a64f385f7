// engine/core/stepper.h: takes a run forward event by event while a decision is being made, so that
// every rule of `Decide` looks at the run as the events so far left it. Private to the core.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/base/time.h"
#include "engine/core/apply.h"
#include "engine/core/decide.h"
#include "engine/core/world.h"

namespace gatewright::core {

class Stepper {
 public:
  Stepper(const Run& run, const Workflow& workflow, const World& world, PrincipalId actor,
          Time now);

  const Run& run() const { return accepted_.run; }
  const Workflow& workflow() const { return *workflow_; }
  const World& world() const { return world_; }
  Time now() const { return stamp_.at; }
  const StageSpec& CurrentSpec() const;
  const Gate& CurrentGate() const;

  void Emit(Event event);
  void Request(Effect effect) { accepted_.effects.push_back(std::move(effect)); }
  // From here on the run follows another version: RunMigrated was emitted.
  void Follow(const Workflow& workflow) { workflow_ = &workflow; }

  // Goes on to the first stage from `index` that is not skipped; finishes the run after the last.
  void EnterStage(std::size_t index);
  // Asks again from this stage on. Votes that were not outdated before are carried.
  void GoBackTo(const StageSpec& stage, const std::string& reason);
  void GoBackTo(std::size_t index, const std::string& reason);
  // Goes on to the next stage of the rollback; finishes the run after the last.
  void UndoNext();
  // The votes of this stage's gate that `which` picks count no more.
  template <class Predicate>
  void Outdate(const StageName& stage, const std::string& reason, Predicate which);
  // The current stage's gate has the votes it needs (or there is no gate): act, or be done.
  void PassGate();
  // Starts the approved action, or says what keeps it.
  void TryAct();
  void PlanAttempt(Time not_before);
  // An attempt that waits for its time will never start.
  void EndPlanned(const std::string& why);
  void FinishStage();
  void FinishRun(RunOutcome outcome, std::string state, std::string reason);
  // Tallies the open gate and does what the outcome asks for.
  void SettleGate();
  void RejectGate(const std::string& reason);
  void ExpireGate(const std::string& reason);
  void CloseGateTimer();
  void SetGateTimer();
  void ReleaseLocks(const std::string& reason);

  Accepted Take() &&;

 private:
  void Enter(const StageSpec& stage);
  void OpenGate(const StageSpec& stage, const std::string& reason);
  void CarryVotes(const Gate& old, const StageName& stage, Epoch epoch, const std::string& reason);
  void CountHeldVotes(const StageName& stage, Epoch epoch);
  bool TakeLocks();
  void AskOldVotesAgain(const std::vector<const StageSpec*>& expired);
  void Block(const StageName& stage, std::vector<Hold> holds);
  void StartAttempt();
  void GiveUpRollback(RunOutcome outcome, const std::string& reason);
  void End(RunOutcome outcome, std::string state, std::string reason);
  bool WasOverridden() const;
  void FinishReview();

  const Workflow* workflow_;
  const World& world_;
  Stamp stamp_;
  Accepted accepted_;
  std::string reason_;      // why gates are opened again, while going back
  std::string back_state_;  // the run's state after going back, until the first gate says it
};

template <class Predicate>
void Stepper::Outdate(const StageName& stage, const std::string& reason, Predicate which) {
  const Stage* found = run().FindStage(stage);
  if (found == nullptr || !found->gate) return;
  VotesOutdated outdated{stage, found->gate->epoch, {}, reason};
  for (const Vote& vote : found->gate->votes) {
    if (which(vote)) outdated.voters.push_back(vote.voter);
  }
  if (!outdated.voters.empty()) Emit(std::move(outdated));
}

}  // namespace gatewright::core
