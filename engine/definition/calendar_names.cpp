#include "engine/definition/calendar_names.h"

namespace gatewright::definition {

std::set<std::string> CalendarNames(const core::Workflow& workflow) {
  std::set<std::string> names;
  const auto add_clock = [&](const core::StageSpec& stage) {
    if (stage.gate && stage.gate->deadline) names.insert(stage.gate->deadline->clock);
  };
  for (const core::StageSpec& stage : workflow.stages) add_clock(stage);
  for (const core::StageSpec& stage : workflow.rollbacks) add_clock(stage);
  if (workflow.review) add_clock(*workflow.review);
  if (workflow.calendar) names.insert(workflow.calendar->name);
  names.erase("");
  return names;
}

}  // namespace gatewright::definition
