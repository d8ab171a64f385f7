#include "engine/calendar/zone_clock.h"

namespace gatewright::calendar {

core::TimeOfDay ZoneClock::At(Time time) const {
  const LocalTime local = zone_.ToLocal(time);
  return std::chrono::floor<std::chrono::minutes>(local - DayOf(local));
}

Time ZoneClock::Next(core::TimeOfDay time_of_day, Time time) const {
  LocalDay day = DayOf(zone_.ToLocal(time));
  // Today, tomorrow, and the day after where a change of clocks swallows tomorrow's.
  for (int i = 0; i < 3; ++i, day += std::chrono::days{1}) {
    const Time found = zone_.Resolve(LocalTime{day} + time_of_day);
    if (found > time) return found;
  }
  return time + std::chrono::days{1};
}

}  // namespace gatewright::calendar
