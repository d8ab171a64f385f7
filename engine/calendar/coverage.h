// engine/calendar/coverage.h: the times that a set of windows covers together. Immutable once
// sealed, and then thread-safe; a stream over it is for one thread and borrows it.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "engine/calendar/calendar_spec.h"
#include "engine/calendar/occurrences.h"

namespace gatewright::calendar {

class Coverage {
 public:
  // The window must be checked. `label` is what ActiveAt names it by.
  void Add(const Window& window, const Zone& zone, std::size_t label);
  // To be called once, after the last window.
  void Seal();

  bool has_windows() const { return has_windows_; }
  std::size_t recurring_count() const { return recurring_.size(); }

  struct Active {
    std::size_t label = 0;
    Time end;  // of this occurrence
  };
  // The one that lasts longest of those active at a moment. Costs one look at every single window
  // and a few occurrences of every recurring one.
  std::optional<Active> ActiveAt(Time at) const;

 private:
  friend class CoverageStream;

  struct Single {
    Interval interval;
    std::size_t label;
  };

  bool has_windows_ = false;
  std::vector<Single> singles_;
  std::vector<Interval> merged_;  // what the singles cover: apart from each other, in order
  std::vector<RecurringWindow> recurring_;
};

// What is covered from a moment on, in stretches that do not touch each other.
class CoverageStream {
 public:
  // Stretches that end after `from` and start before `limit`. The first may begin before `from`,
  // and then not all of its beginning is known. One that goes beyond `limit` ends there or later.
  CoverageStream(const Coverage& coverage, Time from, Time limit, Budget& budget);

  // Nothing: that was all, or the budget is exhausted.
  std::optional<Interval> Next();

 private:
  struct Pending {
    Interval next;
    OccurrenceCursor cursor;
  };

  std::optional<Interval> Pop();

  const Coverage* coverage_;
  Time limit_;
  Budget* budget_;
  std::size_t next_merged_ = 0;
  std::vector<Pending> pending_;  // a heap: the earliest start in front
  std::optional<Interval> ahead_;
};

}  // namespace gatewright::calendar
