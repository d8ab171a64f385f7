// engine/calendar/zone_clock.h: the clock on a wall somewhere, with its changes. Immutable;
// thread-safe.
#pragma once

#include <utility>

#include "engine/calendar/zone.h"
#include "engine/core/preferences.h"

namespace gatewright::calendar {

class ZoneClock final : public core::LocalClock {
 public:
  explicit ZoneClock(Zone zone) : zone_(std::move(zone)) {}

  core::TimeOfDay At(Time time) const override;
  Time Next(core::TimeOfDay time_of_day, Time time) const override;

 private:
  Zone zone_;
};

}  // namespace gatewright::calendar
