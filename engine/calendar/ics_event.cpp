#include "engine/calendar/ics_event.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "engine/calendar/window_check.h"
#include "engine/calendar/window_text.h"

namespace gatewright::calendar {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// "P1W", "P1DT2H", "PT90M", as RFC 5545 has them: days by the clock, hours by the stopwatch.
std::optional<Length> ParseIcsDuration(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  if (!text.starts_with('P')) return std::nullopt;
  text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  Length length;
  std::string_view units = "WDHMS";
  bool is_time = false;
  while (!text.empty()) {
    if (!is_time && text.starts_with('T')) {
      is_time = true;
      text.remove_prefix(1);
    }
    int count = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (problem != std::errc{} || count < 0 || count > 1'000'000) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const auto unit = text.empty() ? units.npos : units.find(text[0]);
    if (unit == units.npos) return std::nullopt;
    const char name = text[0];
    text.remove_prefix(1);
    units.remove_prefix(unit + 1);
    if (is_time != (name == 'H' || name == 'M' || name == 'S')) return std::nullopt;
    if (name == 'W') length.wall += days{7 * count};
    if (name == 'D') length.wall += days{count};
    if (name == 'H') length.exact += hours{count};
    if (name == 'M') length.exact += minutes{count};
    if (name == 'S') length.exact += seconds{count};
  }
  return length;
}

std::string_view LineNameOf(std::string_view field) {
  if (field == "start") return "DTSTART";
  if (field == "rrule") return "RRULE";
  if (field == "exdates") return "EXDATE";
  if (field == "rdates") return "RDATE";
  return "DTEND";
}

}  // namespace

LocalTime LocalIn(const WrittenTime& written, const Zone& written_in, const Zone& zone) {
  if (written.is_date || (!written.utc_offset && written_in == zone)) return written.local;
  if (written.utc_offset) {
    return zone.ToLocal(Time{written.local.time_since_epoch() - *written.utc_offset});
  }
  return zone.ToLocal(written_in.Resolve(written.local));
}

void IcsEventReader::Mistake(std::size_t line, std::string message) {
  problems_.push_back({line, std::move(message)});
}

const Zone& IcsEventReader::ZoneOf(const Window& window) const {
  if (window.timezone.empty()) return calendar_zone_;
  for (const auto& [tzid, known] : zones_) {
    if (known.zone && known.name == window.timezone) return *known.zone;
  }
  return calendar_zone_;
}

const ContentLine* IcsEventReader::Single(const std::vector<ContentLine>& lines,
                                          std::string_view name) {
  const ContentLine* found = nullptr;
  for (const ContentLine& line : lines) {
    if (line.name != name) continue;
    if (found) {
      Mistake(line.line,
              fmt::format("the event has {} twice (first in line {})", name, found->line));
      break;
    }
    found = &line;
  }
  return found;
}

// By the IANA name, or by what follows some '/' in it.
const Zone* IcsEventReader::FindZone(const std::string& tzid, std::string& name) {
  auto [at, is_new] = zones_.try_emplace(tzid);
  Known& known = at->second;
  if (is_new) {
    for (std::string_view rest = tzid; !known.zone;) {
      auto zone = Zone::Find(rest);
      if (zone) {
        known.zone = *zone;
        known.name = rest;
        break;
      }
      if (known.problem.empty()) known.problem = zone.error().message;
      const auto slash = rest.find('/');
      if (slash == rest.npos) break;
      rest.remove_prefix(slash + 1);
    }
  }
  name = known.name;
  return known.zone ? &*known.zone : nullptr;
}

std::optional<IcsEventReader::Moment> IcsEventReader::ReadMoment(const ContentLine& line,
                                                                 std::string_view value) {
  const auto written = ParseBasicTime(value);
  const std::string* type = line.Find("VALUE");
  const bool wants_date = type && *type == "DATE";
  if (!written || (wants_date && !written->is_date)) {
    Mistake(line.line,
            fmt::format("{}: expected {}, found '{}'", line.name,
                        wants_date ? "a date such as 20260105, from 1970 to 2199"
                                   : "a time such as 20260105T090000, 20260105T090000Z or, with "
                                     "VALUE=DATE, 20260105, from 1970 to 2199",
                        ReadText(value, 60)));
    return std::nullopt;
  }
  Moment moment{*written, "", calendar_zone_};
  const std::string* tzid = line.Find("TZID");
  if (written->is_date || (!tzid && !written->utc_offset)) return moment;
  const std::string wanted = written->utc_offset ? "UTC" : *tzid;
  const Zone* zone = FindZone(wanted, moment.timezone);
  if (!zone) {
    Mistake(line.line, fmt::format("{}: {}", line.name, zones_[wanted].problem));
    return std::nullopt;
  }
  moment.zone = *zone;
  moment.written.utc_offset.reset();  // said by the zone
  return moment;
}

std::vector<IcsEventReader::Moment> IcsEventReader::ReadMoments(const ContentLine& line) {
  std::vector<Moment> moments;
  for (std::string_view rest = line.value; moments.size() <= kMaxExceptions;) {
    const auto comma = rest.find(',');
    auto moment = ReadMoment(line, rest.substr(0, comma));
    if (!moment) break;  // the others are likely to be as wrong
    moments.push_back(std::move(*moment));
    if (comma == rest.npos) break;
    rest.remove_prefix(comma + 1);
  }
  return moments;
}

std::optional<IcsEvent> IcsEventReader::Read(const std::vector<ContentLine>& lines,
                                             std::size_t line) {
  const std::size_t before = problems_.size();
  IcsEvent event;
  if (const ContentLine* uid = Single(lines, "UID")) event.uid = uid->value;
  if (const ContentLine* summary = Single(lines, "SUMMARY")) {
    event.window.name = ReadText(summary->value, kMaxNameLength);
  }
  if (const ContentLine* status = Single(lines, "STATUS")) {
    event.is_cancelled = status->value == "CANCELLED";
  }
  ReadReplaced(lines, event);
  const ContentLine* const start_line = Single(lines, "DTSTART");
  if (!start_line) {
    // A cancelled occurrence needs no time of its own.
    if (event.is_cancelled && problems_.size() == before) return event;
    Mistake(line, "the event has no DTSTART");
    return std::nullopt;
  }
  const auto start = ReadMoment(*start_line, start_line->value);
  if (!start) return std::nullopt;
  event.window.start = start->written.local;
  event.window.is_all_day = start->written.is_date;
  event.window.timezone = start->timezone;
  ReadLength(lines, *start, event);
  ReadRecurrence(lines, *start, event);
  if (problems_.size() == before && event.lasts) {
    for (const Problem& problem : CheckWindow(event.window, start->zone)) {
      const auto blamed = std::find_if(lines.begin(), lines.end(), [&](const ContentLine& one) {
        const auto name = LineNameOf(problem.field);
        return one.name == name || (name == "DTEND" && one.name == "DURATION");
      });
      Mistake(blamed == lines.end() ? line : blamed->line, problem.message);
    }
  }
  if (problems_.size() > before) return std::nullopt;
  return event;
}

void IcsEventReader::ReadLength(const std::vector<ContentLine>& lines, const Moment& start,
                                IcsEvent& event) {
  const ContentLine* const end_line = Single(lines, "DTEND");
  const ContentLine* const duration_line = Single(lines, "DURATION");
  if (end_line && duration_line) {
    return Mistake(duration_line->line, "the event has DTEND and DURATION (allowed: one of them)");
  }
  Length& length = event.window.length;
  if (duration_line) {
    ReadDuration(*duration_line, event);
  } else if (!end_line) {
    if (start.written.is_date) length.wall = days{1};
  } else if (const auto end = ReadMoment(*end_line, end_line->value)) {
    if (end->written.is_date != start.written.is_date) {
      return Mistake(end_line->line, "DTEND: expected a date or a time, as DTSTART has it");
    }
    if (end->zone == start.zone) {
      length.wall = end->written.local - start.written.local;
    } else {
      length.exact = std::chrono::floor<seconds>(end->zone.Resolve(end->written.local) -
                                                 start.zone.Resolve(start.written.local));
    }
    if (length.wall + length.exact < seconds{0}) Mistake(end_line->line, "DTEND is before DTSTART");
  }
  event.lasts = length != Length{};
}

void IcsEventReader::ReadDuration(const ContentLine& line, IcsEvent& event) {
  const auto length = ParseIcsDuration(line.value);
  if (!length) {
    return Mistake(line.line,
                   fmt::format("DURATION: expected a duration such as PT8H or P1D, found "
                               "'{}'",
                               ReadText(line.value, 60)));
  }
  if (event.window.is_all_day && length->exact != seconds{0}) {
    return Mistake(line.line, "DURATION: expected whole days, because DTSTART is a date");
  }
  event.window.length = *length;
}

void IcsEventReader::ReadRecurrence(const std::vector<ContentLine>& lines, const Moment& start,
                                    IcsEvent& event) {
  if (const ContentLine* rule_line = Single(lines, "RRULE")) {
    auto rule = ParseRRule(rule_line->value);
    if (rule) {
      event.window.rule = std::move(*rule);
    } else {
      Mistake(rule_line->line, fmt::format("RRULE: {}", rule.error().message));
    }
  }
  for (const ContentLine& line : lines) {
    if (line.name == "EXRULE") {
      Mistake(line.line,
              "EXRULE is not supported: RFC 5545 has done away with it (expected EXDATE)");
    } else if (line.name == "EXDATE") {
      for (const Moment& moment : ReadMoments(line)) {
        const LocalTime local = LocalIn(moment.written, moment.zone, start.zone);
        if (moment.written.is_date || event.window.is_all_day) {
          event.window.except_days.push_back(DayOf(local));
        } else {
          event.window.except.push_back(local);
        }
      }
    } else if (line.name == "RDATE") {
      const std::string* type = line.Find("VALUE");
      if (type && *type == "PERIOD") {
        Mistake(line.line, "RDATE: periods are not supported (expected dates or times)");
        continue;
      }
      for (const Moment& moment : ReadMoments(line)) {
        if (moment.written.is_date != event.window.is_all_day) {
          Mistake(line.line, "RDATE: expected dates or times, as DTSTART has them");
          break;
        }
        event.window.extra.push_back(LocalIn(moment.written, moment.zone, start.zone));
      }
    }
  }
}

void IcsEventReader::ReadReplaced(const std::vector<ContentLine>& lines, IcsEvent& event) {
  const ContentLine* const line = Single(lines, "RECURRENCE-ID");
  if (!line) return;
  if (line->Find("RANGE")) {
    return Mistake(line->line,
                   "RECURRENCE-ID: RANGE is not supported (expected a change of one "
                   "occurrence)");
  }
  const auto moment = ReadMoment(*line, line->value);
  if (!moment) return;
  event.replaces = moment->written;
  if (!moment->written.is_date) {
    event.replaces_moment = moment->zone.Resolve(moment->written.local);
  }
}

}  // namespace gatewright::calendar
