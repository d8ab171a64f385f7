#include "engine/calendar/open_segments.h"

#include <algorithm>

namespace gatewright::calendar {

OpenSegments::OpenSegments(const Coverage& allow, const Coverage& deny, Time from, Time limit,
                           Budget& budget)
    : from_(from),
      limit_(limit),
      budget_(&budget),
      is_all_allowed_(!allow.has_windows()),
      allow_(allow, from, limit, budget),
      deny_(deny, from, limit, budget) {
  allowed_ = is_all_allowed_ ? Interval{from, limit} : NextAllowed();
  denied_ = deny_.Next();
}

std::optional<Interval> OpenSegments::NextAllowed() {
  if (is_all_allowed_) return std::nullopt;
  auto stretch = allow_.Next();
  if (stretch) *stretch = {std::max(stretch->start, from_), std::min(stretch->end, limit_)};
  return stretch;
}

std::optional<Interval> OpenSegments::Next() {
  while (allowed_ && !budget_->is_exhausted()) {
    if (denied_ && denied_->end <= allowed_->start) {
      denied_ = deny_.Next();
    } else if (!denied_ || denied_->start >= allowed_->end) {
      const Interval segment = *allowed_;
      allowed_ = NextAllowed();
      return segment;
    } else {
      const Interval segment{allowed_->start, denied_->start};
      allowed_->start = denied_->end;
      if (allowed_->start >= allowed_->end) allowed_ = NextAllowed();
      if (segment.start < segment.end) return segment;
    }
  }
  return std::nullopt;
}

}  // namespace gatewright::calendar
