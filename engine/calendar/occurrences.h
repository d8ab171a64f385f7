// engine/calendar/occurrences.h: a recurring window as stretches of real time, from any moment on.
// RecurringWindow is immutable and thread-safe; a cursor over it is for one thread and borrows it.
//
// A cursor starts a window's length and two days before the moment asked about, so that its cost
// does not depend on how long ago the window began.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "engine/base/time.h"
#include "engine/calendar/calendar_spec.h"
#include "engine/calendar/rrule_walk.h"
#include "engine/calendar/zone.h"

namespace gatewright::calendar {

// From `start` on and before `end`.
struct Interval {
  Time start;
  Time end;

  bool operator==(const Interval&) const = default;
};

class RecurringWindow {
 public:
  // The window must have a rule and be checked. `label` is whatever the owner calls it.
  RecurringWindow(const Window& window, const Zone& zone, std::size_t label);

  std::size_t label() const { return label_; }

 private:
  friend class OccurrenceCursor;

  bool IsExcepted(LocalTime start) const;

  Zone zone_;
  LocalTime start_;
  Length length_;
  RRule rule_;
  std::vector<LocalTime> except_;      // sorted
  std::vector<LocalDay> except_days_;  // sorted
  std::size_t label_;
};

// Whether this occurrence, by its local start, does not take place.
bool IsExcepted(const Window& window, LocalTime start);

class OccurrenceCursor {
 public:
  // The occurrences that end after `from` and start before `limit`.
  OccurrenceCursor(const RecurringWindow& window, Time from, Time limit);

  // By their starts. Nothing: that was all, or the budget is exhausted.
  std::optional<Interval> Next(Budget& budget);

 private:
  const RecurringWindow* window_;
  Time from_;
  Time limit_;
  RRuleWalk walk_;
};

}  // namespace gatewright::calendar
