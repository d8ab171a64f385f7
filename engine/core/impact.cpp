#include "engine/core/impact.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/assert.h"
#include "engine/core/electorate.h"

namespace gatewright::core {
namespace {

void CompareGates(const Run& run, const StageSpec& now, const StageSpec& next,
                  std::vector<ImpactNote>& notes) {
  const auto add = [&](ImpactKind kind, std::string detail) {
    notes.push_back({kind, std::move(detail)});
  };
  const std::string& name = next.name.value;
  if (!next.gate) {
    if (now.gate) add(ImpactKind::kFewerApprovers, fmt::format("'{}' would have no gate", name));
    return;
  }
  const std::uint32_t before = now.gate ? FewestPeople(now.gate->rules) : 0;
  const std::uint32_t after = FewestPeople(next.gate->rules);
  if (after > before) {
    add(ImpactKind::kMoreApprovers,
        fmt::format("'{}' would need {} people instead of {}", name, after, before));
  } else if (after < before) {
    add(ImpactKind::kFewerApprovers,
        fmt::format("'{}' would need {} people instead of {}", name, after, before));
  }
  if (now.gate && now.gate != next.gate && notes.empty()) {
    add(ImpactKind::kOtherApprovers,
        fmt::format("'{}' would be decided by other people or in another way", name));
  }
  const Stage* stage = run.FindStage(now.name);
  const bool is_listed = stage != nullptr && stage->gate && stage->gate->eligible;
  if (is_listed && !IsPossible(run, next, *stage->gate)) {
    add(ImpactKind::kImpossible,
        fmt::format("too few of the people known for '{}' could satisfy it", name));
  }
}

}  // namespace

std::string_view ToString(ImpactKind kind) {
  switch (kind) {
    case ImpactKind::kMoreApprovers:
      return "more_approvers";
    case ImpactKind::kFewerApprovers:
      return "fewer_approvers";
    case ImpactKind::kOtherApprovers:
      return "other_approvers";
    case ImpactKind::kImpossible:
      return "impossible";
    case ImpactKind::kStageRemoved:
      return "stage_removed";
    case ImpactKind::kStageAdded:
      return "stage_added";
    case ImpactKind::kLockChanges:
      return "lock_changes";
    case ImpactKind::kCalendarChanges:
      return "calendar_changes";
  }
  GW_ASSERT(false);
}

std::uint32_t FewestPeople(const Rule& rule) {
  if (rule.kind == RuleKind::kLeaf) return rule.need;
  std::vector<std::uint32_t> needs;
  for (const Rule& child : rule.children) needs.push_back(FewestPeople(child));
  std::ranges::sort(needs);
  const std::size_t wanted = rule.kind == RuleKind::kAll   ? needs.size()
                             : rule.kind == RuleKind::kAny ? 1
                                                           : rule.need;
  needs.resize(std::min(wanted, needs.size()));
  std::uint32_t sum = 0;
  for (const std::uint32_t need : needs) sum += need;
  return sum;
}

std::vector<ImpactNote> ImpactOn(const Run& run, const Workflow& now, const Workflow& next) {
  std::vector<ImpactNote> notes;
  const StageSpec* current = now.FindStage(run.current_stage);
  if (current == nullptr || run.rollback) return notes;  // such a run cannot be moved
  const StageSpec* there = next.FindStage(run.current_stage);
  if (there == nullptr) {
    notes.push_back({ImpactKind::kStageRemoved,
                     fmt::format("stage '{}' is gone; moving the run needs a stage to map it to",
                                 run.current_stage.value)});
    return notes;
  }
  if (!run.FindStage(current->name)->gate || run.status == RunStatus::kWaiting) {
    CompareGates(run, *current, *there, notes);
  }
  for (std::size_t i = 0; i < next.IndexOf(there->name) && i < next.stages.size(); ++i) {
    if (now.FindStage(next.stages[i].name) != nullptr) continue;
    notes.push_back({ImpactKind::kStageAdded,
                     fmt::format("stage '{}' would be asked before", next.stages[i].name.value)});
  }
  if (now.lock != next.lock) {
    notes.push_back({ImpactKind::kLockChanges, "it would take other locks, or in another way"});
  }
  if (now.calendar != next.calendar) {
    notes.push_back({ImpactKind::kCalendarChanges, "its actions would follow another calendar"});
  }
  return notes;
}

}  // namespace gatewright::core
