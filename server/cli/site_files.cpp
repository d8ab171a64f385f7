// server/cli/site_files.cpp: load, compare with what was there before, hand to the engine.
#include "server/cli/site_files.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "engine/calendar/compiled_calendar.h"
#include "engine/definition/calendar_loader.h"
#include "engine/definition/calendar_names.h"
#include "engine/definition/directory_loader.h"

namespace gatewright::cli {
namespace {

bool IsThere(const std::string& path) {
  std::error_code ignored;
  return !path.empty() && std::filesystem::exists(path, ignored);
}

void Report(const std::vector<definition::Diagnostic>& diagnostics, ports::Log& log) {
  for (const definition::Diagnostic& diagnostic : diagnostics) log.Error(Format(diagnostic));
}

}  // namespace

void SiteFiles::Load() {
  if (IsThere(directory_path_)) LoadDirectory();
  if (IsThere(calendars_path_)) LoadCalendars();
}

void SiteFiles::LoadCalendars() {
  const auto loaded = definition::LoadCalendars(calendars_path_);
  Report(loaded.diagnostics, log_);
  std::map<std::string, std::string> versions;
  core::Calendars calendars;
  // A file with a mistake has no calendars in the result: what it said before stays.
  if (!loaded.ok()) {
    versions = versions_;
    calendars = calendars_;
  }
  for (const definition::LoadedCalendar& one : loaded.calendars) {
    versions[one.name] = one.version;
    calendars[one.name] = one.calendar;
  }
  if (versions == versions_) return;
  for (const auto& [name, version] : versions) {
    const auto before = versions_.find(name);
    if (before != versions_.end() && before->second == version) continue;
    log_.Info(fmt::format("{}: calendar '{}' is in force", calendars_path_, name));
  }
  versions_ = std::move(versions);
  calendars_ = calendars;
  engine_.SetCalendars(std::move(calendars));
  ReportMissing();
}

void SiteFiles::LoadDirectory() {
  std::ifstream file(directory_path_, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file && !file.eof()) {
    log_.Error(fmt::format("{}: the directory cannot be read; what it said before stays",
                           directory_path_));
    return;
  }
  if (text == directory_text_) return;
  auto loaded = definition::LoadDirectory(text, directory_path_);
  if (!loaded.ok()) return Report(loaded.diagnostics, log_);
  log_.Info(fmt::format("{}: {} people", directory_path_, loaded.people.size()));
  directory_text_ = std::move(text);
  if (use_access_) {
    use_access_(std::make_shared<const access::Directory>(std::move(loaded.access)));
  }
  engine_.SetDirectory(std::move(loaded.people), std::move(loaded.preferences));
}

void SiteFiles::ReportMissing() const {
  for (const auto& revision : engine_.workflows().AllCurrent()) {
    for (const std::string& name : definition::CalendarNames(revision->workflow)) {
      if (calendars_.contains(name)) continue;
      log_.Warning(fmt::format("workflow '{}' names calendar '{}', which is in no file of '{}'",
                               revision->workflow.name.value, name, calendars_path_));
    }
  }
}

}  // namespace gatewright::cli
