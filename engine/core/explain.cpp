#include "engine/core/explain.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/core/admission.h"
#include "engine/core/explain_rules.h"
#include "engine/core/explain_viewer.h"
#include "engine/core/explain_waits.h"

namespace gatewright::core {
namespace {

// The gate people want to see: the current one; of a run that a gate ended, that one.
const Stage* StageToShow(const Run& run) {
  if (!run.current_stage.empty()) {
    const Stage* stage = run.FindStage(run.current_stage);
    const bool is_reached = stage != nullptr && stage->state != StageState::kAhead;
    return is_reached ? stage : nullptr;  // else its gate is one of before it went back
  }
  const auto ended = std::ranges::find_if(run.stages, [](const Stage& stage) {
    return stage.state == StageState::kCurrent && stage.gate &&
           (stage.gate->outcome == GateOutcome::kRejected ||
            stage.gate->outcome == GateOutcome::kExpired);
  });
  return ended == run.stages.end() ? nullptr : &*ended;
}

std::optional<CalendarExplanation> ExplainCalendar(const Run& run, const Workflow& workflow,
                                                   Time now, const World& world) {
  if (!workflow.calendar || run.is_finished()) return std::nullopt;
  CalendarExplanation result;
  result.name = workflow.calendar->name;
  result.is_overridden = IsOverridden(run, OverrideKind::kCalendar, now);
  const Calendar* calendar = FindCalendar(world, result.name);
  result.is_found = calendar != nullptr;
  result.opening.is_open = false;
  if (calendar != nullptr) {
    result.opening = calendar->At(now);
    result.next_start = calendar->NextOpen(now, workflow.calendar->min_runway);
  }
  return result;
}

std::string EndOf(const Run& run) {
  std::string text =
      fmt::format("The run {} {}",
                  run.status == RunStatus::kSucceeded || run.status == RunStatus::kFailed ||
                          run.status == RunStatus::kExpired
                      ? "has"
                      : "was",
                  ToString(run.status));
  if (run.status == RunStatus::kStale) text = "The run has gone stale";
  if (run.finished_at) text += fmt::format(" at {}", FormatTime(*run.finished_at));
  if (!run.finish_reason.empty()) text += ": " + run.finish_reason;
  return text;
}

std::string Summarize(const Run& run, const std::vector<Wait>& waits) {
  if (run.is_finished()) return EndOf(run);
  std::string text;
  const auto add = [&](const std::string& part) { text += text.empty() ? part : "; " + part; };
  for (const Wait& wait : waits) {
    std::string part = wait.detail;
    if (wait.until) part += fmt::format(" (until {})", FormatTime(*wait.until));
    add(part);
  }
  switch (run.status) {
    case RunStatus::kBlocked:
      return fmt::format("Stage '{}' is held up: {}", run.current_stage.value, text);
    case RunStatus::kNeedsAttention:
      return fmt::format("Somebody has to look after stage '{}': {}", run.current_stage.value,
                         text);
    default:
      break;
  }
  if (text.empty()) return fmt::format("The run is {}", ToString(run.status));
  text.front() = static_cast<char>(
      text.front() >= 'a' && text.front() <= 'z' ? text.front() - 'a' + 'A' : text.front());
  return text;
}

}  // namespace

std::string Reason::text() const {
  return rule.empty() ? std::string(ToString(code))
                      : fmt::format("{}:{}", ToString(code), rule.value);
}

Explanation Explain(const Run& run, const Workflow& workflow, Time now, const World& world,
                    const std::optional<Viewer>& viewer) {
  Explanation result;
  result.status = run.status;
  result.state = run.state;
  result.stage = run.current_stage;
  if (const Stage* stage = StageToShow(run); stage != nullptr && stage->gate) {
    const StageSpec* spec = workflow.FindStage(stage->name);
    if (spec != nullptr && spec->gate) result.gate = ExplainGate(run, *spec, *stage->gate);
  }
  const GateExplanation* gate = result.gate && !run.is_finished() ? &*result.gate : nullptr;
  result.waits_for = WaitsOf(run, workflow, now, world, gate);
  result.ahead = WaitsAhead(run, workflow, now, world);
  result.summary = Summarize(run, result.waits_for);
  result.calendar = ExplainCalendar(run, workflow, now, world);
  if (run.status == RunStatus::kBlocked || run.status == RunStatus::kWaiting) {
    result.votes_hold_until = AgeOfVotes(run, workflow, now).next;
    result.locks_held_until = run.locks.until;
  }
  if (viewer) result.viewer = ExplainViewer(run, workflow, now, world, gate, *viewer);
  return result;
}

}  // namespace gatewright::core
