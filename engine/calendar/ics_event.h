// engine/calendar/ics_event.h: one VEVENT as a window. For ics.cpp alone; one thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/calendar/calendar_spec.h"
#include "engine/calendar/ics_lines.h"
#include "engine/calendar/zone.h"

namespace gatewright::calendar {

struct IcsEvent {
  std::string uid;
  Window window;
  std::optional<WrittenTime> replaces;  // RECURRENCE-ID; a moment, or a date or time as written
  std::optional<Time> replaces_moment;  // the same as a moment, where it is one
  bool is_cancelled = false;
  bool lasts = true;  // no: it only marks a moment
};

class IcsEventReader {
 public:
  // Borrows `problems`.
  IcsEventReader(const Zone& calendar_zone, std::vector<IcsProblem>& problems)
      : calendar_zone_(calendar_zone), problems_(problems) {}

  // `line` is where the event begins. Nothing, and at least one more problem, when it means
  // nothing.
  std::optional<IcsEvent> Read(const std::vector<ContentLine>& lines, std::size_t line);

  const Zone& ZoneOf(const Window& window) const;

 private:
  struct Moment {
    WrittenTime written;
    std::string timezone;  // empty: the calendar's
    Zone zone;
  };

  void Mistake(std::size_t line, std::string message);
  const ContentLine* Single(const std::vector<ContentLine>& lines, std::string_view name);
  const Zone* FindZone(const std::string& tzid, std::string& name);
  std::optional<Moment> ReadMoment(const ContentLine& line, std::string_view value);
  std::vector<Moment> ReadMoments(const ContentLine& line);
  void ReadLength(const std::vector<ContentLine>& lines, const Moment& start, IcsEvent& event);
  void ReadDuration(const ContentLine& line, IcsEvent& event);
  void ReadRecurrence(const std::vector<ContentLine>& lines, const Moment& start, IcsEvent& event);
  void ReadReplaced(const std::vector<ContentLine>& lines, IcsEvent& event);

  Zone calendar_zone_;
  std::vector<IcsProblem>& problems_;
  struct Known {
    std::string name;
    std::optional<Zone> zone;
    std::string problem;
  };
  std::map<std::string, Known> zones_;  // by TZID
};

// The local start that `at` is for a window in `zone`.
LocalTime LocalIn(const WrittenTime& written, const Zone& written_in, const Zone& zone);

}  // namespace gatewright::calendar
