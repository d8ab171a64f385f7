// server/cli/simulate.cpp: `gatewright simulate` and `gatewright test`: workflows played on a clock
// of their own. Nothing is stored, no action is made, nobody is told.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "engine/calendar/compiled_calendar.h"
#include "engine/definition/calendar_loader.h"
#include "engine/simulation/happy_path.h"
#include "engine/simulation/report.h"
#include "engine/simulation/script_workflow.h"
#include "engine/simulation/stand_ins.h"
#include "server/cli/any_plugins.h"
#include "server/cli/commands.h"
#include "server/cli/open_plugins.h"

namespace gatewright::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTestEnding = "_test.yaml";

// The plugins that are installed here, or what stands in for them.
class Catalog {
 public:
  explicit Catalog(const Settings& settings) {
    auto opened = OpenPlugins(settings, log_);
    if (opened) {
      opened_ = *std::move(opened);
    } else {
      PrintError(fmt::format("only the approvers role, group and user are asked: {}",
                             opened.error().message));
    }
  }

  ports::Plugins& plugins() {
    return opened_ ? *opened_ : static_cast<ports::Plugins&>(stand_ins_);
  }

 private:
  ports::NullLog log_;
  AnyPlugins any_;
  simulation::StandIns stand_ins_{any_};
  std::unique_ptr<ports::Plugins> opened_;
};

core::Calendars CalendarsIn(const std::string& folder) {
  core::Calendars calendars;
  std::error_code ignored;
  if (folder.empty() || !fs::is_directory(folder, ignored)) return calendars;
  const auto loaded = definition::LoadCalendars(folder);
  for (const auto& diagnostic : loaded.diagnostics) PrintError(Format(diagnostic));
  for (const auto& one : loaded.calendars) calendars[one.name] = one.calendar;
  return calendars;
}

int ExitCodeOf(const simulation::Report& report) {
  if (!report.mistake.empty()) return kExitUsage;
  return report.is_passed() ? kExitOk : kExitFailure;
}

// Every test file at or below these paths, each once, in order. Nothing when a path is none.
std::optional<std::vector<std::string>> FindTests(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code error;
    if (fs::is_regular_file(path, error)) {
      files.push_back(path);
      continue;
    }
    fs::recursive_directory_iterator entries(path, error);
    if (error) {
      PrintError(fmt::format("'{}' is neither a file nor a folder that can be read", path));
      return std::nullopt;
    }
    for (; entries != fs::recursive_directory_iterator(); entries.increment(error)) {
      if (error) break;
      const std::string name = entries->path().string();
      if (name.ends_with(kTestEnding)) files.push_back(name);
    }
  }
  std::ranges::sort(files);
  files.erase(std::unique(files.begin(), files.end()), files.end());
  return files;
}

struct Tally {
  std::size_t passed = 0;
  std::size_t failed = 0;
  bool has_mistakes = false;  // a file that cannot be used, which is more than a case that fails
};

void TestFile(const std::string& file, ports::Plugins& plugins, const core::Calendars& calendars,
              Tally& tally) {
  const auto read = simulation::ReadCasesOf(file);
  if (!read.mistake.empty()) {
    ++tally.failed;
    tally.has_mistakes = true;
    fmt::print("FAILED  {}: {}\n", file, read.mistake);
    return;
  }
  for (const simulation::Case& one : read.cases) {
    const auto report = simulation::Play(one, {plugins, nullptr, calendars, "{}"});
    ++(report.is_passed() ? tally.passed : tally.failed);
    fmt::print("{}  {}: {} ({} steps)\n", report.is_passed() ? "ok    " : "FAILED", file, one.name,
               report.steps);
    if (!report.mistake.empty()) {
      tally.has_mistakes = true;
      fmt::print("        {}: {}\n", file, report.mistake);
    }
    for (const auto& problem : report.problems) {
      fmt::print("        {}:{}: {}\n", file, problem.line, problem.message);
    }
  }
}

}  // namespace

int RunSimulate(const Arguments& arguments) {
  const auto configuration = Configure(arguments);
  if (!configuration) return kExitUsage;
  Catalog catalog(configuration->settings);
  auto revision = simulation::OpenWorkflow(arguments.simulated_file, catalog.plugins());
  if (!revision) {
    PrintError(revision.error().message);
    return kExitUsage;
  }
  simulation::PlayOptions options{catalog.plugins(), *std::move(revision),
                                  CalendarsIn(configuration->settings.calendars_path),
                                  arguments.subject_json};
  simulation::Report report;
  if (arguments.script.empty()) {
    report = simulation::WalkHappyPath(options);
  } else {
    const auto read = simulation::ReadCasesOf(arguments.script);
    if (!read.mistake.empty() || read.cases.size() != 1) {
      PrintError(fmt::format("{}: {}", arguments.script,
                             read.mistake.empty() ? "expected one script, found several cases; "
                                                    "`gatewright test` plays them"
                                                  : read.mistake));
      return kExitUsage;
    }
    report = simulation::Play(read.cases.front(), options);
  }
  fmt::print("{}", arguments.is_json ? ToJson(report) : ToText(report));
  return ExitCodeOf(report);
}

int RunTest(const Arguments& arguments) {
  const auto configuration = Configure(arguments);
  if (!configuration) return kExitUsage;
  const auto files = FindTests(arguments.files);
  if (!files) return kExitUsage;
  if (files->empty()) {
    PrintError(fmt::format("there is no *{} here", kTestEnding));
    return kExitUsage;
  }
  Catalog catalog(configuration->settings);
  const core::Calendars calendars = CalendarsIn(configuration->settings.calendars_path);
  Tally tally;
  for (const std::string& file : *files) TestFile(file, catalog.plugins(), calendars, tally);
  fmt::print("{} passed, {} failed; files: {}\n", tally.passed, tally.failed, files->size());
  if (tally.has_mistakes) return kExitUsage;
  return tally.failed == 0 ? kExitOk : kExitFailure;
}

}  // namespace gatewright::cli
