// engine/calendar/compiled_calendar.h: the calendar that answers. Immutable, thread-safe and
// without a cache: every question walks the windows from the moment asked about.
//
// What a question costs: a few microseconds for each recurring window, and about half a microsecond
// for each occurrence between the moment asked about and the answer: some 10 µs for office hours,
// under a millisecond for a walk through five years of them. It looks five years ahead and takes at
// most 200,000 steps, beyond which it answers that it does not know (no changes_at, no next
// opening). Whether it is open at a moment is always exact.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/calendar/calendar_spec.h"
#include "engine/calendar/coverage.h"
#include "engine/calendar/zone.h"
#include "engine/core/calendar.h"

namespace gatewright::calendar {

inline constexpr std::chrono::days kHorizon{5 * 366};

class CompiledCalendar final : public core::Calendar {
 public:
  // The error names every window that means nothing.
  static Result<std::shared_ptr<const CompiledCalendar>> Compile(CalendarSpec spec);

  core::Opening At(Time at) const override;
  std::optional<Time> NextOpen(Time from, Duration runway) const override;
  std::optional<Time> AfterOpenTime(Time from, Duration open_time) const override;

  const CalendarSpec& spec() const { return spec_; }

 private:
  CompiledCalendar(CalendarSpec spec, const Zone& zone);

  std::vector<std::string> Build();
  Budget NewBudget() const;
  std::string WhyOpen(Time at, std::optional<Time> changes_at) const;
  std::string WhyClosed(Time at, std::optional<Time> changes_at) const;

  CalendarSpec spec_;
  Zone zone_;
  std::vector<std::string> labels_;
  Coverage allow_;
  Coverage deny_;
};

}  // namespace gatewright::calendar
