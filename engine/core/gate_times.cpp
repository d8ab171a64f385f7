#include "engine/core/gate_times.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/core/admission.h"

namespace gatewright::core {
namespace {

// So much of the deadline's clock after `from`.
Time After(const Calendar* calendar, Time from, Duration duration) {
  if (calendar == nullptr) return from + duration;
  // A calendar that never opens again gives no business time: wall time is better than none.
  return calendar->AfterOpenTime(from, duration).value_or(from + duration);
}

}  // namespace

void SetTimes(GateOpened& opened, const Deadline& deadline, Time now, const World& world) {
  const Calendar* calendar = nullptr;
  if (!deadline.clock.empty()) {
    calendar = FindCalendar(world, deadline.clock);
    if (calendar == nullptr) {
      opened.reason += fmt::format("{}there is no calendar '{}', so its deadline runs in wall time",
                                   opened.reason.empty() ? "" : "; ", deadline.clock);
    }
  }
  opened.is_soft = deadline.on_timeout == OnTimeout::kEscalate;
  opened.deadline = After(calendar, now, deadline.after);
  for (const Duration before : deadline.reminders) {
    opened.reminders.push_back(After(calendar, now, deadline.after - before));
  }
  for (const Escalation& level : deadline.levels) {
    opened.escalations.push_back(After(calendar, now, level.after));
  }
}

std::optional<Time> NextMoment(const Gate& gate) {
  std::optional<Time> next;
  const auto consider = [&](Time at) { next = std::min(at, next.value_or(at)); };
  const auto reminded = static_cast<std::size_t>(gate.reminded);
  const auto escalated = static_cast<std::size_t>(gate.escalated);
  if (reminded < gate.reminders.size()) consider(gate.reminders[reminded]);
  if (escalated < gate.escalations.size()) consider(gate.escalations[escalated]);
  if (gate.deadline && !gate.is_soft) consider(*gate.deadline);
  return next;
}

}  // namespace gatewright::core
