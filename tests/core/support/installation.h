// tests/core/support/installation.h: what the runs of a test share: the clock, which only the test
// moves, the locks, stops and delegations, and calendars that open when the test says so.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/core/calendar.h"
#include "engine/core/site.h"
#include "engine/core/world.h"

namespace gatewright::core::test {

struct Installation {
  Time now = *ParseTime("2026-03-02T09:00:00Z");
  Site site;
  LockTable locks;
  Calendars calendars;
  bool has_directory = false;
  bool has_free_worker = true;

  World world() const { return {&site, &locks, &calendars, has_directory, has_free_worker}; }
  void Advance(Duration duration) { now += duration; }
  // The decision is in force at once. Its events alone, replayed, must give the same site.
  SiteDecision Do(const SiteCommand& command);
  // Stops every run; the id of the stop.
  std::int64_t StopAll(const std::string& reason = "enough");
  void Lift(std::int64_t id);
};

// Open in the given windows, closed in between and after the last.
class FakeCalendar : public Calendar {
 public:
  using Window = std::pair<Time, Time>;  // from, to; without `to`

  explicit FakeCalendar(std::vector<Window> windows) : windows_(std::move(windows)) {}

  Opening At(Time at) const override;
  std::optional<Time> NextOpen(Time from, Duration runway) const override;
  std::optional<Time> AfterOpenTime(Time from, Duration open_time) const override;

 private:
  std::vector<Window> windows_;  // in order, apart from each other
};

}  // namespace gatewright::core::test
