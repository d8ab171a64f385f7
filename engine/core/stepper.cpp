#include "engine/core/stepper.h"

#include <algorithm>
#include <utility>

#include "engine/base/assert.h"
#include "engine/core/tally.h"

namespace gatewright::core {
namespace {

const std::string* SkipReason(const Run& run, const StageName& stage) {
  const auto found = std::ranges::find(run.skips, stage, &SkippedStage::stage);
  return found == run.skips.end() ? nullptr : &found->reason;
}

}  // namespace

Stepper::Stepper(const Run& run, const Workflow& workflow, PrincipalId actor, Time now)
    : workflow_(workflow), stamp_{now, std::move(actor)} {
  accepted_.run = run;
}

const StageSpec& Stepper::CurrentSpec() const {
  const StageSpec* spec = workflow_.FindStage(run().current_stage);
  GW_ASSERT(spec != nullptr);
  return *spec;
}

void Stepper::Emit(Event event) {
  Apply(accepted_.run, event, stamp_);
  accepted_.events.push_back(std::move(event));
}

void Stepper::EnterStage(std::size_t index) {
  for (; index < workflow_.stages.size(); ++index) {
    const StageSpec& stage = workflow_.stages[index];
    if (const std::string* reason = SkipReason(run(), stage.name)) {
      Emit(StageSkipped{stage.name, *reason});
      continue;
    }
    return OpenGate(stage);
  }
  FinishRun(RunOutcome::kSucceeded, run().state, "");
}

void Stepper::OpenGate(const StageSpec& stage) {
  GateOpened opened{stage.name, Epoch{1}, std::nullopt};
  if (stage.gate && stage.gate->deadline) opened.deadline = now() + stage.gate->deadline->after;
  const auto deadline = opened.deadline;
  Emit(std::move(opened));
  if (!stage.gate) return PassGate();
  if (deadline) Request(SetTimer{TimerKind::kGateDeadline, *deadline});
  if (!stage.gate->auto_voters.empty()) Request(AskPolicies{stage.name, Epoch{1}});
}

void Stepper::PassGate() {
  Emit(GateSatisfied{run().current_stage, run().FindStage(run().current_stage)->gate->epoch});
  CloseGateTimer();
  if (!CurrentSpec().action) return FinishStage();
  StartAttempt(AttemptNumber{static_cast<std::int64_t>(run().attempts.size()) + 1});
}

void Stepper::StartAttempt(AttemptNumber number) {
  const StageSpec& stage = CurrentSpec();
  // The version this decision will produce: unique within the run and strictly rising.
  const std::int64_t fencing_token = run().version.value + 1;
  Emit(AttemptStarted{stage.name, number, fencing_token, now() + stage.action->timeout});
  Request(CallExecutor{stage.name, number});
}

void Stepper::PlanAttempt(Time not_before) {
  const AttemptNumber number{static_cast<std::int64_t>(run().attempts.size()) + 1};
  if (not_before <= now()) return StartAttempt(number);
  Emit(AttemptPlanned{run().current_stage, number, not_before});
  Request(SetTimer{TimerKind::kStartAttempt, not_before});
}

void Stepper::FinishStage() {
  const StageSpec& stage = CurrentSpec();
  const std::size_t index = workflow_.IndexOf(stage.name);
  Emit(StageDone{stage.name, stage.done_state});
  const bool is_last = index + 1 == workflow_.stages.size();
  if (run().is_cancel_requested && !is_last) {
    return FinishRun(RunOutcome::kCancelled, "cancelled", "cancelled while its action was running");
  }
  EnterStage(index + 1);
}

void Stepper::FinishRun(RunOutcome outcome, std::string state, std::string reason) {
  Emit(RunFinished{outcome, std::move(state), std::move(reason)});
}

void Stepper::SettleGate() {
  const Gate& gate = *run().FindStage(run().current_stage)->gate;
  switch (Tally(*CurrentSpec().gate, gate.votes)) {
    case GateOutcome::kSatisfied:
      return PassGate();
    case GateOutcome::kRejected: {
      Emit(GateRejected{run().current_stage, gate.epoch});
      CloseGateTimer();
      return FinishRun(RunOutcome::kRejected, "rejected", "");
    }
    case GateOutcome::kPending:
    case GateOutcome::kExpired:
    case GateOutcome::kImpossible:
      return;
  }
}

void Stepper::CloseGateTimer() {
  const StageSpec& stage = CurrentSpec();
  if (stage.gate && stage.gate->deadline) Request(ClearTimer{TimerKind::kGateDeadline});
}

Accepted Stepper::Take() && {
  if (!accepted_.events.empty()) {
    ++accepted_.run.version.value;
    accepted_.run.updated_at = stamp_.at;
  }
  return std::move(accepted_);
}

}  // namespace gatewright::core
