// engine/calendar/zone.h: an IANA time zone of the operating system, and what becomes of local
// times when clocks change. Cheap to copy; immutable; thread-safe.
//
// A local time that is skipped means the first moment after the gap. One that happens twice means
// the first of the two, so a doubled hour counts once. Both hold for beginnings and for ends, so a
// window that lies within a gap is empty.
//
// Debian's files tell the changes until the end of 2037; after that a zone stays on winter time.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/base/time.h"
#include "engine/calendar/local_time.h"

namespace date {
class time_zone;
}

namespace gatewright::calendar {

class Zone {
 public:
  // By its IANA name, exactly as spelled there. The error says what was meant.
  static Result<Zone> Find(std::string_view name);

  const std::string& name() const;

  Time Resolve(LocalTime local) const;
  // Whole seconds; the fraction is cut off.
  LocalTime ToLocal(Time at) const;
  // The latest local time that Resolve does not put after `at`. Differs from ToLocal in the second
  // pass of a doubled hour.
  LocalTime LastLocalUntil(Time at) const;

  // "2026-01-07T08:00+01:00 Europe/Berlin"; in UTC "2026-01-07T08:00Z".
  std::string Format(Time at) const;

  bool operator==(const Zone&) const = default;

 private:
  explicit Zone(const date::time_zone* zone) : zone_(zone) {}

  const date::time_zone* zone_;  // lives as long as the process
};

}  // namespace gatewright::calendar
