#include "engine/calendar/coverage.h"

#include <algorithm>
#include <limits>

#include "engine/calendar/window_check.h"

namespace gatewright::calendar {
namespace {

// Of a heap with the earliest start in front.
constexpr auto kStartsLater = [](const auto& a, const auto& b) {
  return a.next.start > b.next.start;
};

}  // namespace

void Coverage::Add(const Window& window, const Zone& zone, std::size_t label) {
  has_windows_ = true;
  const auto add = [&](LocalTime start) {
    if (IsExcepted(window, start)) return;
    const Interval interval{zone.Resolve(start), EndOf(start, window.length, zone)};
    if (interval.start < interval.end) singles_.push_back({interval, label});
  };
  if (window.rule) {
    recurring_.emplace_back(window, zone, label);
  } else {
    add(window.start);
  }
  for (const LocalTime extra : window.extra) add(extra);
}

void Coverage::Seal() {
  for (const Single& single : singles_) merged_.push_back(single.interval);
  std::sort(merged_.begin(), merged_.end(),
            [](const Interval& a, const Interval& b) { return a.start < b.start; });
  std::size_t count = 0;
  for (const Interval& interval : merged_) {
    if (count > 0 && interval.start <= merged_[count - 1].end) {
      merged_[count - 1].end = std::max(merged_[count - 1].end, interval.end);
    } else {
      merged_[count++] = interval;
    }
  }
  merged_.resize(count);
}

std::optional<Coverage::Active> Coverage::ActiveAt(Time at) const {
  std::optional<Active> longest;
  const auto consider = [&](const Interval& interval, std::size_t label) {
    if (interval.start > at || interval.end <= at) return;
    if (!longest || interval.end > longest->end) longest = Active{label, interval.end};
  };
  for (const Single& single : singles_) consider(single.interval, single.label);
  for (const RecurringWindow& window : recurring_) {
    // How many occurrences can be active at once is bounded by CheckWindow.
    Budget budget{std::numeric_limits<std::int64_t>::max()};
    OccurrenceCursor cursor(window, at, at + Duration{1});
    while (const auto occurrence = cursor.Next(budget)) consider(*occurrence, window.label());
  }
  return longest;
}

CoverageStream::CoverageStream(const Coverage& coverage, Time from, Time limit, Budget& budget)
    : coverage_(&coverage), limit_(limit), budget_(&budget) {
  const auto first =
      std::partition_point(coverage.merged_.begin(), coverage.merged_.end(),
                           [&](const Interval& interval) { return interval.end <= from; });
  next_merged_ = static_cast<std::size_t>(first - coverage.merged_.begin());
  for (const RecurringWindow& window : coverage.recurring_) {
    OccurrenceCursor cursor(window, from, limit);
    if (const auto next = cursor.Next(budget)) pending_.push_back({*next, std::move(cursor)});
  }
  std::make_heap(pending_.begin(), pending_.end(), kStartsLater);
  ahead_ = Pop();
}

// The occurrence that starts next, of whichever window.
std::optional<Interval> CoverageStream::Pop() {
  const auto& merged = coverage_->merged_;
  const bool has_merged = next_merged_ < merged.size() && merged[next_merged_].start < limit_;
  if (has_merged &&
      (pending_.empty() || merged[next_merged_].start <= pending_.front().next.start)) {
    return merged[next_merged_++];
  }
  if (pending_.empty()) return std::nullopt;
  std::pop_heap(pending_.begin(), pending_.end(), kStartsLater);
  const Interval next = pending_.back().next;
  if (const auto following = pending_.back().cursor.Next(*budget_)) {
    pending_.back().next = *following;
    std::push_heap(pending_.begin(), pending_.end(), kStartsLater);
  } else {
    pending_.pop_back();
  }
  return next;
}

std::optional<Interval> CoverageStream::Next() {
  if (!ahead_) return std::nullopt;
  Interval stretch = *ahead_;
  for (ahead_ = Pop(); ahead_ && ahead_->start <= stretch.end; ahead_ = Pop()) {
    stretch.end = std::max(stretch.end, ahead_->end);
  }
  if (budget_->is_exhausted()) return std::nullopt;
  return stretch;
}

}  // namespace gatewright::calendar
