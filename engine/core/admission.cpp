#include "engine/core/admission.h"

#include <fmt/format.h>

#include <algorithm>

namespace gatewright::core {
namespace {

void AddStops(std::vector<Hold>& holds, const Run& run, const Workflow& workflow,
              const StageName& stage, Time now, const World& world) {
  if (world.site == nullptr) return;
  for (const Stop* stop : StopsFor(*world.site, run, workflow, stage, now)) {
    holds.push_back({HoldKind::kStop,
                     fmt::format("stop {} of {} by {}: {}", stop->id, Describe(stop->selector),
                                 stop->by.value, stop->reason),
                     stop->until});
  }
}

void AddTimes(std::vector<Hold>& holds, const Run& run, const StageSpec& stage, Time now) {
  if (run.not_before && now < *run.not_before) {
    holds.push_back({HoldKind::kSchedule,
                     fmt::format("it was asked for {} and not before", FormatTime(*run.not_before)),
                     run.not_before});
  }
  const Stage* reached = run.FindStage(stage.name);
  if (stage.wait == Duration{0} || reached == nullptr || !reached->gate) return;
  if (!reached->gate->decided_at) return;
  const Time until = *reached->gate->decided_at + stage.wait;
  if (now < until) {
    holds.push_back({HoldKind::kWait,
                     fmt::format("stage '{}' waits {} between its gate and its action",
                                 stage.name.value, FormatDuration(stage.wait)),
                     until});
  }
}

void AddCalendar(std::vector<Hold>& holds, const Run& run, const Workflow& workflow, Time now,
                 const World& world) {
  if (!workflow.calendar || IsOverridden(run, OverrideKind::kCalendar, now)) return;
  const CalendarUse& use = *workflow.calendar;
  const Calendar* calendar = FindCalendar(world, use.name);
  if (calendar == nullptr) {
    holds.push_back(
        {HoldKind::kCalendar,
         fmt::format("there is no calendar '{}': nothing starts before it is there", use.name),
         std::nullopt});
    return;
  }
  const Opening opening = calendar->At(now);
  // A very busy calendar may not know how long it stays open: that it is open it always knows.
  if (opening.is_open && use.min_runway == Duration{0}) return;
  const auto next = calendar->NextOpen(now, use.min_runway);
  if (opening.is_open && next == now) return;
  const std::string detail =
      opening.is_open ? fmt::format("calendar '{}' closes in less than {}", use.name,
                                    FormatDuration(use.min_runway))
                      : fmt::format("calendar '{}' is closed: {}", use.name, opening.reason);
  holds.push_back({HoldKind::kCalendar, detail, next});
}

// Carried votes are as old as when they were cast.
Time ApprovedAt(const Gate& gate) {
  Time at = *gate.decided_at;
  for (const Vote& vote : gate.votes) {
    if (!vote.carried_reason.empty() && vote.choice == Choice::kApprove) at = std::min(at, vote.at);
  }
  return at;
}

// Its action was done: an attempt said so, or an operator did of one that nobody knows the end of.
bool HasActed(const Run& run, const StageName& name) {
  const Stage* stage = run.FindStage(name);
  const bool is_done = stage != nullptr && stage->state == StageState::kDone;
  return is_done && std::ranges::find(run.attempts, name, &Attempt::stage) != run.attempts.end();
}

}  // namespace

bool IsOverridden(const Run& run, OverrideKind kind, Time now) {
  return std::ranges::any_of(run.overrides, [&](const Override& one) {
    return one.is_granted && one.kind == kind && now < one.expires_at;
  });
}

const Calendar* FindCalendar(const World& world, const std::string& name) {
  if (world.calendars == nullptr) return nullptr;
  const auto found = world.calendars->find(name);
  return found == world.calendars->end() ? nullptr : found->second.get();
}

std::vector<Hold> HoldsOf(const Run& run, const Workflow& workflow, const StageSpec& stage,
                          Time now, const World& world) {
  std::vector<Hold> holds;
  AddStops(holds, run, workflow, stage.name, now, world);
  AddTimes(holds, run, stage, now);
  AddCalendar(holds, run, workflow, now, world);
  return holds;
}

VotesAge AgeOfVotes(const Run& run, const Workflow& workflow, Time now) {
  VotesAge age;
  const auto look = [&](const StageSpec& spec) {
    const Stage* stage = run.FindStage(spec.name);
    if (!spec.gate || !spec.gate->votes.ttl || stage == nullptr || !stage->gate) return;
    if (stage->state != StageState::kDone && stage->state != StageState::kCurrent) return;
    if (stage->gate->outcome != GateOutcome::kSatisfied) return;
    const Time until = ApprovedAt(*stage->gate) + *spec.gate->votes.ttl;
    if (until <= now) {
      age.expired.push_back(&spec);
    } else {
      age.next = std::min(until, age.next.value_or(until));
    }
  };
  if (run.rollback) {
    // What was approved on the way here has been done, and is not asked again.
    if (const StageSpec* current = workflow.FindStage(run.current_stage)) look(*current);
    return age;
  }
  const std::size_t current = workflow.IndexOf(run.current_stage);
  for (std::size_t i = 0; i <= current && i < workflow.stages.size(); ++i) {
    const StageSpec& spec = workflow.stages[i];
    if (i < current && HasActed(run, spec.name)) {
      age = {};
    } else {
      look(spec);
    }
  }
  return age;
}

}  // namespace gatewright::core
