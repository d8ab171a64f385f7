// engine/calendar/open_segments.h: the times at which a calendar is open, from a moment on. For one
// thread; borrows the coverages.
#pragma once

#include <optional>

#include "engine/calendar/coverage.h"

namespace gatewright::calendar {

// Open is what `allow` covers, or all of time when it has no windows, without what `deny` covers.
class OpenSegments {
 public:
  OpenSegments(const Coverage& allow, const Coverage& deny, Time from, Time limit, Budget& budget);

  // In order, cut to the times from `from` to `limit`, and not touching each other. Nothing: that
  // was all, or the budget is exhausted.
  std::optional<Interval> Next();

 private:
  std::optional<Interval> NextAllowed();

  Time from_;
  Time limit_;
  Budget* budget_;
  bool is_all_allowed_;
  CoverageStream allow_;
  CoverageStream deny_;
  std::optional<Interval> allowed_;  // what is left of the current one
  std::optional<Interval> denied_;   // the first that may matter
};

}  // namespace gatewright::calendar
