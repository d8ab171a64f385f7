#include "tests/core/property/invariants.h"

#include <fmt/format.h>

#include <algorithm>

#include "tests/core/property/tally_reference.h"

namespace gatewright::core::test {
namespace {

template <class T>
std::int64_t CountOf(const Accepted& step) {
  return std::ranges::count_if(step.events,
                               [](const Event& event) { return std::holds_alternative<T>(event); });
}

template <class T>
std::int64_t EffectsLike(const Accepted& step) {
  return std::ranges::count_if(
      step.effects, [](const Effect& effect) { return std::holds_alternative<T>(effect); });
}

bool IsGateOpen(const Stage& stage) { return stage.gate && stage.gate->is_open(); }

std::string BrokenGates(const Run& run) {
  const auto open = std::ranges::count_if(run.stages, IsGateOpen);
  if (run.is_finished()) return open > 1 ? "two gates were open when the run ended" : "";
  const std::int64_t wanted = run.status == RunStatus::kWaiting ? 1 : 0;
  if (open != wanted) return fmt::format("{} gates are open, expected {}", open, wanted);
  const Stage* current = run.FindStage(run.current_stage);
  if (current == nullptr) return "the run is at a stage it never reached";
  if (wanted == 1 && !IsGateOpen(*current)) return "another gate than the current one is open";
  return "";
}

std::string BrokenAttempts(const Run& run) {
  const auto open = std::ranges::count_if(
      run.attempts, [](const Attempt& attempt) { return IsOpen(attempt.state); });
  const std::int64_t wanted = run.status == RunStatus::kExecuting ? 1 : 0;
  if (open != wanted) return fmt::format("{} attempts are open, expected {}", open, wanted);
  if (wanted == 1 && run.OpenAttempt()->stage != run.current_stage) {
    return "the open attempt is of another stage";
  }
  std::int64_t token = 0;
  for (std::size_t i = 0; i < run.attempts.size(); ++i) {
    const Attempt& attempt = run.attempts[i];
    if (attempt.number.value != static_cast<std::int64_t>(i) + 1) return "attempts are misnumbered";
    if (attempt.fencing_token == 0) continue;  // never started
    if (attempt.fencing_token <= token) return "fencing tokens do not rise";
    token = attempt.fencing_token;
  }
  return "";
}

// Nothing acts before its gate is satisfied, and only the votes, or an empty gate, satisfy it.
std::string BrokenOrder(const Run& run, const Workflow& workflow) {
  for (const Attempt& attempt : run.attempts) {
    const Stage* stage = run.FindStage(attempt.stage);
    if (stage == nullptr || !stage->gate || stage->gate->outcome != GateOutcome::kSatisfied) {
      return "an attempt exists though its gate is not satisfied";
    }
    if (attempt.started_at && *attempt.started_at < *stage->gate->decided_at) {
      return "an attempt started before its gate was satisfied";
    }
  }
  for (const Stage& stage : run.stages) {
    if (!stage.gate || stage.gate->outcome != GateOutcome::kSatisfied) continue;
    const StageSpec& spec = *workflow.FindStage(stage.name);
    if (spec.gate && ReferenceTally(*spec.gate, stage.gate->votes) != GateOutcome::kSatisfied) {
      return "a gate is satisfied by votes that do not satisfy it";
    }
  }
  return "";
}

std::string BrokenStages(const Run& run, const Workflow& workflow) {
  std::size_t last = 0;
  for (std::size_t i = 0; i < run.stages.size(); ++i) {
    const Stage& stage = run.stages[i];
    if (stage.name != workflow.stages[i].name) return "stages were not reached in their order";
    if (stage.state == StageState::kAhead) return "a reached stage is still ahead";
    const bool is_last = i + 1 == run.stages.size();
    if (stage.state == StageState::kCurrent && !is_last) return "a stage was left without an end";
    last = i;
  }
  const bool is_complete = run.stages.empty() || last + 1 == workflow.stages.size();
  if (run.status == RunStatus::kSucceeded && !is_complete) return "succeeded before its last stage";
  return "";
}

std::string BrokenStatus(const Run& run) {
  if (run.is_finished() != run.current_stage.empty()) return "finished, and still at a stage";
  if (run.is_finished() != run.finished_at.has_value()) return "finished at no time, or too early";
  const bool needs_attention = run.status == RunStatus::kNeedsAttention;
  if (needs_attention != run.incident.has_value()) return "an incident without a reason to look";
  if (run.status == RunStatus::kExecuting && run.state != "executing") return "executing unseen";
  return "";
}

}  // namespace

std::string BrokenRun(const Run& run, const Workflow& workflow) {
  for (const std::string& broken : {BrokenStatus(run), BrokenGates(run), BrokenAttempts(run),
                                    BrokenOrder(run, workflow), BrokenStages(run, workflow)}) {
    if (!broken.empty()) return broken;
  }
  return "";
}

std::string BrokenStep(const Run& before, const Accepted& step, const Workflow& workflow) {
  const Run& after = step.run;
  if (step.events.empty()) {
    if (!(after == before)) return "nothing happened, and yet the run changed";
    if (!step.effects.empty()) return "nothing happened, and yet there are effects";
    return "";
  }
  if (after.version.value != before.version.value + 1) return "one step is not one version";
  if (before.exists() && before.is_finished()) {
    if (CountOf<LateAnswerRecorded>(step) != static_cast<std::int64_t>(step.events.size())) {
      return "a finished run goes on";
    }
    if (after.status != before.status || after.state != before.state) return "an end was changed";
  }
  if (CountOf<AttemptStarted>(step) != EffectsLike<CallExecutor>(step)) {
    return "attempts started and executors called differ";
  }
  if (CountOf<CancelRequested>(step) != EffectsLike<StopExecutor>(step)) {
    return "stops asked for and executors stopped differ";
  }
  for (const Event& event : step.events) {
    const auto* opened = std::get_if<GateOpened>(&event);
    if (opened == nullptr) continue;
    const auto& gate = workflow.FindStage(opened->stage)->gate;
    const bool is_asked =
        std::ranges::count(step.effects, Effect{AskPolicies{opened->stage, opened->epoch}}) == 1;
    if (is_asked != (gate && !gate->auto_voters.empty())) return "policies were not asked once";
  }
  return "";
}

void Timers::Follow(const std::vector<Effect>& effects) {
  for (const Effect& effect : effects) {
    if (const auto* set = std::get_if<SetTimer>(&effect)) due_[set->kind] = set->due;
    if (const auto* clear = std::get_if<ClearTimer>(&effect)) due_.erase(clear->kind);
  }
}

std::string Timers::Broken(const Run& run) const {
  std::map<TimerKind, Time> wanted;
  if (run.status == RunStatus::kWaiting) {
    const auto& deadline = run.FindStage(run.current_stage)->gate->deadline;
    if (deadline) wanted[TimerKind::kGateDeadline] = *deadline;
  }
  const Attempt* open = run.OpenAttempt();
  if (open != nullptr && open->state == AttemptState::kPlanned) {
    wanted[TimerKind::kStartAttempt] = open->not_before;
  }
  return due_ == wanted ? "" : "the timers set are not the ones the run waits for";
}

}  // namespace gatewright::core::test
