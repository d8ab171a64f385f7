// engine/definition/calendar_loader.h: the text of a file as calendars, or as the list of
// everything that is wrong with it. Depends on nothing but the text, the .ics files it names and
// the system's time zones. Any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/calendar/calendar_spec.h"
#include "engine/definition/diagnostic.h"
#include "engine/definition/scope.h"
#include "engine/definition/yaml.h"

namespace gatewright::calendar {
class CompiledCalendar;
}

namespace gatewright::definition {

struct LoadedCalendar {
  std::shared_ptr<const calendar::CompiledCalendar> calendar;  // a core::Calendar; has the spec
  std::string name;
  std::string version;  // SHA-256 of what it says, .ics files included
  std::string source;   // the document it was read from, as written
  std::string file;
  std::size_t line = 1;  // where it is named
  std::size_t column = 1;
};

// A file counts as a whole: with a single diagnostic, none of its calendars is there.
struct CalendarLoadResult {
  std::vector<LoadedCalendar> calendars;
  std::vector<Diagnostic> diagnostics;

  bool ok() const { return diagnostics.empty(); }
};

// One document of kind Calendar. Nothing, and at least one more diagnostic, when it means nothing.
// `file` and `source` are the caller's to fill in.
std::optional<LoadedCalendar> LoadCalendarDocument(const Node& root, const Scope& scope,
                                                   const std::string& base_folder);

// Reads YAML or JSON, one or more documents. `file_name` is only what diagnostics say; `ics` paths
// start at `base_folder`.
CalendarLoadResult LoadCalendarText(std::string_view source_text, std::string_view file_name,
                                    const std::string& base_folder);

// The same for one file of the disk, and for every *.yaml and *.yml of a folder, where files
// without mistakes are loaded though others have some.
CalendarLoadResult LoadCalendarFile(const std::string& path);
CalendarLoadResult LoadCalendars(const std::string& folder);

}  // namespace gatewright::definition
