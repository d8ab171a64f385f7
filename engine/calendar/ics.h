// engine/calendar/ics.h: the events of an iCalendar file (RFC 5545) as windows. Pure; any thread.
//
// Read: DTSTART, DTEND, DURATION, RRULE, RDATE, EXDATE, SUMMARY, STATUS, UID and RECURRENCE-ID of
// VEVENTs. A single changed occurrence (RECURRENCE-ID) takes the place of the one it changes, and a
// cancelled one leaves none. Zones are those of the system by their IANA name, also with a prefix
// in front of it, as in /freeassociation.sourceforge.net/Europe/Berlin; what VTIMEZONE says is not
// looked at. Times without a zone, and days, are in the zone of the calendar.
// TRANSP is not looked at: most calendars of holidays mark them as free time.
// Refused: EXRULE, RDATE with periods, RANGE=THISANDFUTURE, and zones that IANA does not know.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/calendar/calendar_spec.h"
#include "engine/calendar/ics_lines.h"
#include "engine/calendar/zone.h"

namespace gatewright::calendar {

inline constexpr std::size_t kMaxIcsBytes = 5 << 20;
inline constexpr std::size_t kMaxIcsEvents = 10'000;

// With a single problem, the windows are not to be used.
struct IcsFile {
  std::vector<Window> windows;
  std::size_t skipped = 0;           // cancelled events, and those that last no time
  std::vector<IcsProblem> problems;  // by line

  bool ok() const { return problems.empty(); }
};

IcsFile ReadIcs(std::string_view text, const Zone& calendar_zone);

}  // namespace gatewright::calendar
