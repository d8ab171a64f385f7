// engine/calendar/ics_lines.h: the content lines of an iCalendar file (RFC 5545, section 3.1),
// unfolded and taken apart. Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatewright::calendar {

struct IcsProblem {
  std::size_t line = 1;
  std::string message;
};

struct ContentLine {
  struct Parameter {
    std::string name;   // in capitals
    std::string value;  // without quotes; of several, as written
  };

  std::string name;  // in capitals
  std::vector<Parameter> parameters;
  std::string value;  // as written
  std::size_t line = 1;

  // Null when it is not there.
  const std::string* Find(std::string_view parameter) const;
};

// Empty lines are left out. A line that is none is a problem, and left out as well.
std::vector<ContentLine> ReadContentLines(std::string_view text, std::vector<IcsProblem>& problems);

// A value of type TEXT for people: escapes undone, in one line, at most `max_bytes` long, and
// UTF-8 whatever it was.
std::string ReadText(std::string_view value, std::size_t max_bytes);

}  // namespace gatewright::calendar
