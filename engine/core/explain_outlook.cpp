#include "engine/core/explain_outlook.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/core/explain_rules.h"

namespace gatewright::core {
namespace {

// One step per event that people would speak of.
class Teller {
 public:
  Teller(const Accepted& accepted, const Workflow& workflow)
      : accepted_(accepted), workflow_(workflow) {}

  std::vector<Step> Tell() {
    for (const Event& event : accepted_.events) {
      std::visit([this](const auto& one) { On(one); }, event);
    }
    for (const Effect& effect : accepted_.effects) {
      if (const auto* superseded = std::get_if<SupersedeRuns>(&effect)) On(*superseded);
    }
    return std::move(steps_);
  }

 private:
  template <class Other>
  void On(const Other&) {}

  void On(const VoteCast& event) {
    if (steps_.empty()) {
      Add(StepKind::kVoteCounts, event.stage,
          event.on_behalf_of.empty()
              ? "the vote counts"
              : fmt::format("the vote counts in the place of {}", event.on_behalf_of.value));
    }
  }
  void On(const GateSatisfied& event) {
    if (!HasGate(event.stage)) return;
    Add(StepKind::kGateSatisfied, event.stage,
        fmt::format("gate '{}' is satisfied", event.stage.value));
  }
  void On(const GateRejected& event) {
    Add(StepKind::kGateRejected, event.stage,
        fmt::format("gate '{}' is rejected", event.stage.value));
  }
  void On(const StageSkipped& event) {
    Add(StepKind::kStageSkipped, event.stage,
        fmt::format("stage '{}' is skipped ({})", event.stage.value, event.reason));
  }
  void On(const StageDone& event) {
    Add(StepKind::kStageDone, event.stage, fmt::format("the run is '{}'", event.state));
  }
  void On(const GateOpened& event) {
    if (!HasGate(event.stage)) return;
    if (event.reason.empty()) {
      Add(StepKind::kGateOpens, event.stage, fmt::format("gate '{}' opens", event.stage.value));
    } else {
      Add(StepKind::kAskedAgain, event.stage,
          fmt::format("gate '{}' is asked again ({})", event.stage.value, event.reason));
    }
  }
  void On(const LocksTaken& event) {
    Add(StepKind::kLockTaken, {}, fmt::format("it takes {}", Keys(event.keys)));
  }
  void On(const LocksQueued& event) {
    Add(StepKind::kLockQueued, {}, fmt::format("it stands in line for {}", Keys(event.keys)));
  }
  void On(const LocksReleased& event) {
    Add(StepKind::kLockReleased, {},
        fmt::format("it gives up {} ({})", Keys(event.keys), event.reason));
  }
  void On(const AttemptStarted& event) {
    const StageSpec* spec = workflow_.FindStage(event.stage);
    const std::string plugin = spec != nullptr && spec->action ? spec->action->use.plugin : "";
    Add(StepKind::kActionStarts, event.stage,
        fmt::format("action '{}' of stage '{}' starts", plugin, event.stage.value));
  }
  void On(const ActionBlocked& event) {
    std::string text;
    for (const Hold& hold : event.holds) {
      if (!text.empty()) text += "; ";
      text += hold.detail;
      if (hold.until) text += fmt::format(", until {}", FormatTime(*hold.until));
    }
    Add(StepKind::kActionBlocked, event.stage,
        fmt::format("stage '{}' has to wait: {}", event.stage.value, text));
  }
  void On(const ReviewOpened&) {
    Add(StepKind::kReviewOpens, {}, "the override of this run is to be reviewed");
  }
  void On(const RunFinished& event) {
    const bool is_undone = event.outcome == RunOutcome::kRolledBack;
    Add(StepKind::kRunFinished, {},
        fmt::format("the run has {}", is_undone ? "been rolled back" : ToString(event.outcome)));
  }
  void On(const SupersedeRuns& effect) {
    std::vector<std::int64_t> runs;
    for (const RunId run : effect.runs) runs.push_back(run.value);
    Add(StepKind::kSupersedes, {},
        fmt::format("it takes the place of run {}", fmt::join(runs, ", ")));
  }

  bool HasGate(const StageName& stage) const {
    const StageSpec* spec = workflow_.FindStage(stage);
    return spec != nullptr && spec->gate;
  }

  static std::string Keys(const std::vector<std::string>& keys) {
    return fmt::format("lock{} '{}'", keys.size() == 1 ? "" : "s", fmt::join(keys, "', '"));
  }

  void Add(StepKind kind, const StageName& stage, std::string detail) {
    steps_.push_back({kind, stage, std::move(detail)});
  }

  const Accepted& accepted_;
  const Workflow& workflow_;
  std::vector<Step> steps_;
};

// The gate that would still be open, when nothing else comes of the vote.
std::string StillMissing(const Run& run, const Workflow& workflow) {
  const StageSpec* spec = workflow.FindStage(run.current_stage);
  const Stage* stage = run.FindStage(run.current_stage);
  if (spec == nullptr || !spec->gate || stage == nullptr || !stage->gate) return "";
  return fmt::format("gate '{}' still {}", spec->name.value,
                     WhyPending(CountGate(run, *spec, *stage->gate)));
}

}  // namespace

Outlook OutlookOf(const Accepted& accepted, const Workflow& workflow) {
  Outlook outlook;
  outlook.status = accepted.run.status;
  outlook.state = accepted.run.state;
  outlook.stage = accepted.run.current_stage;
  outlook.steps = Teller(accepted, workflow).Tell();
  outlook.is_gate_satisfied = std::ranges::any_of(accepted.events, [](const Event& event) {
    return std::holds_alternative<GateSatisfied>(event);
  });
  for (const Step& step : outlook.steps) {
    outlook.summary += outlook.summary.empty() ? step.detail : "; " + step.detail;
  }
  if (outlook.steps.size() == 1 && accepted.run.status == RunStatus::kWaiting) {
    outlook.summary += "; " + StillMissing(accepted.run, workflow);
  }
  return outlook;
}

}  // namespace gatewright::core
