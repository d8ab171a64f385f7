#include "engine/calendar/occurrences.h"

#include <algorithm>

#include "engine/calendar/window_check.h"

namespace gatewright::calendar {
namespace {

using std::chrono::days;

// More than any change of a zone: Samoa once left out a whole day.
constexpr days kSlack{2};

template <class T>
std::vector<T> Sorted(std::vector<T> values) {
  std::sort(values.begin(), values.end());
  return values;
}

}  // namespace

RecurringWindow::RecurringWindow(const Window& window, const Zone& zone, std::size_t label)
    : zone_(zone),
      start_(window.start),
      length_(window.length),
      rule_(BoundedRule(window, zone)),
      except_(Sorted(window.except)),
      except_days_(Sorted(window.except_days)),
      label_(label) {}

bool RecurringWindow::IsExcepted(LocalTime start) const {
  return std::binary_search(except_.begin(), except_.end(), start) ||
         std::binary_search(except_days_.begin(), except_days_.end(), DayOf(start));
}

bool IsExcepted(const Window& window, LocalTime start) {
  return std::find(window.except.begin(), window.except.end(), start) != window.except.end() ||
         std::find(window.except_days.begin(), window.except_days.end(), DayOf(start)) !=
             window.except_days.end();
}

OccurrenceCursor::OccurrenceCursor(const RecurringWindow& window, Time from, Time limit)
    : window_(&window),
      from_(from),
      limit_(limit),
      walk_(window.rule_, window.start_,
            window.zone_.ToLocal(from) - window.length_.wall - window.length_.exact - kSlack,
            std::min(window.zone_.ToLocal(limit) + kSlack, LocalOf(kLastYear, 1, 1))) {}

std::optional<Interval> OccurrenceCursor::Next(Budget& budget) {
  while (const auto local = walk_.Next(budget)) {
    if (window_->IsExcepted(*local)) continue;
    const Interval occurrence{window_->zone_.Resolve(*local),
                              EndOf(*local, window_->length_, window_->zone_)};
    if (occurrence.start >= limit_) return std::nullopt;
    if (occurrence.end > from_ && occurrence.end > occurrence.start) return occurrence;
  }
  return std::nullopt;
}

}  // namespace gatewright::calendar
