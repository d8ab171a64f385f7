#include "engine/definition/calendar_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "engine/calendar/ics.h"
#include "engine/calendar/window_text.h"
#include "engine/calendar/zone.h"
#include "engine/definition/files.h"

namespace gatewright::definition {
namespace {

namespace fs = std::filesystem;
using calendar::Window;
using Windows = std::vector<Window>;

constexpr std::size_t kMaxWritten = 1'000;  // windows of one list, as written
constexpr std::size_t kMaxHolidays = 2'000;
constexpr std::size_t kMaxShown = 20;  // mistakes of one .ics file
constexpr std::size_t kMaxTimeLength = 64;
constexpr Duration kLongestRunway = std::chrono::days{7};

// "allow 'weekdays'", or "allow, window 2".
Scope ScopeOf(const Node& window, const Scope& scope, std::string_view key, std::size_t index) {
  const Node* name = window.Find("name");
  if (name && name->is_string())
    return scope.In(fmt::format("{} '{}'", key, Shorten(name->text())));
  return scope.In(fmt::format("{}, window {}", key, index + 1));
}

std::vector<std::string> ReadTimes(const Fields& fields, const Scope& scope, std::string_view key) {
  std::vector<std::string> times;
  const Node* list = fields.List(key, 0, calendar::kMaxExceptions);
  if (!list) return times;
  for (const Node& item : list->items()) {
    if (auto text = scope.AsText(item, key, kMaxTimeLength)) times.push_back(std::move(*text));
  }
  return times;
}

// `.ics` files lie beside or below the calendar, whatever links say.
bool IsWithin(const fs::path& file, const fs::path& folder) {
  std::error_code error;
  const fs::path real_file = fs::canonical(file, error);
  if (error) return true;  // not there: that is another mistake
  const fs::path real_folder = fs::canonical(folder, error);
  if (error) return false;
  const auto relative = real_file.lexically_relative(real_folder);
  return !relative.empty() && *relative.begin() != "..";
}

class Reader {
 public:
  Reader(const Scope& scope, const std::string& base_folder, calendar::CalendarSpec& calendar,
         std::string& ics_texts)
      : scope_(scope), base_folder_(base_folder), calendar_(calendar), ics_texts_(ics_texts) {}

  void Read(const Node& spec) {
    const Fields fields(scope_, spec,
                        {{"timezone"}, {"allow", "deny", "holidays", "overrun", "minRunway"}, {}});
    if (const auto name = fields.Text("timezone", 64)) ReadZone(*name, *fields.Find("timezone"));
    ReadWindows(fields, "allow", calendar_.allow);
    ReadWindows(fields, "deny", calendar_.deny);
    ReadHolidays(fields);
    calendar_.overrun = fields.Bool("overrun").value_or(true);
    if (!calendar_.overrun) {
      scope_.ReportNotYet(fields.Find("overrun")->mark(),
                          "'overrun: false' (to end what still runs when the calendar closes)");
    }
    calendar_.min_runway =
        fields.Time("minRunway", Duration{0}, kLongestRunway).value_or(Duration{0});
    CheckCount(spec);
  }

 private:
  void ReadZone(const std::string& name, const Node& node) {
    const auto zone = calendar::Zone::Find(name);
    if (zone) {
      zone_ = *zone;
      calendar_.timezone = name;
    } else {
      scope_.Report(node.mark(), codes::kOutOfRange,
                    fmt::format("'timezone': {}", zone.error().message));
    }
  }

  void ReadWindows(const Fields& fields, std::string_view key, Windows& windows) {
    const Node* list = fields.List(key, 0, kMaxWritten);
    if (!list) return;
    std::size_t index = 0;
    for (const Node& item : list->items()) {
      const Scope scope = ScopeOf(item, scope_, key, index++);
      if (!scope.IsMap(item, key)) continue;
      if (item.Find("ics")) {
        ReadIcsEntry(item, scope, windows);
      } else {
        ReadWindow(item, scope, windows);
      }
    }
  }

  void ReadWindow(const Node& node, const Scope& scope, Windows& windows) {
    const std::size_t before = scope.problem_count();
    std::vector<std::string_view> optional;
    for (const std::string_view key : calendar::kWindowKeys) {
      if (key != "start") optional.push_back(key);
    }
    const Fields fields(scope, node, {{"start"}, optional, {}});
    calendar::WindowText text;
    text.name = fields.Text("name", calendar::kMaxNameLength);
    text.reason = fields.Text("reason", calendar::kMaxNameLength);
    text.timezone = fields.Text("timezone", kMaxTimeLength);
    text.start = fields.Text("start", kMaxTimeLength);
    text.end = fields.Text("end", kMaxTimeLength);
    text.duration = fields.Text("duration", kMaxTimeLength);
    text.rrule = fields.Text("rrule", calendar::kMaxRRuleLength);
    text.exdates = ReadTimes(fields, scope, "exdates");
    text.rdates = ReadTimes(fields, scope, "rdates");
    if (scope.problem_count() > before) return;  // what is missing would be a mistake again
    std::vector<calendar::Problem> problems;
    auto window = calendar::ReadWindow(text, zone_, problems);
    Report(problems, node, scope);
    if (window) windows.push_back(std::move(*window));
  }

  static void Report(const std::vector<calendar::Problem>& problems, const Node& node,
                     const Scope& scope) {
    for (const calendar::Problem& problem : problems) {
      const Node* field = node.Find(problem.field);
      if (field && problem.item) field = &field->items().at(*problem.item);
      scope.Report(field ? field->mark() : node.mark(), codes::kOutOfRange,
                   fmt::format("'{}': {}", problem.field, problem.message));
    }
  }

  void ReadIcsEntry(const Node& node, const Scope& scope, Windows& windows) {
    const Fields fields(scope, node, {{"ics"}, {}, {}});
    const auto path = fields.Text("ics");
    if (!path) return;
    const Mark mark = fields.Find("ics")->mark();
    const fs::path relative(*path);
    const fs::path full = fs::path(base_folder_) / relative;
    const bool goes_up = std::find(relative.begin(), relative.end(), "..") != relative.end();
    if (path->empty() || relative.is_absolute() || goes_up || !IsWithin(full, base_folder_)) {
      return scope.Report(mark, codes::kOutOfRange,
                          fmt::format("'ics': expected a file in the folder of this one or below "
                                      "it, found '{}'",
                                      Shorten(*path)));
    }
    std::error_code error;
    const bool is_file = fs::is_regular_file(full, error);
    const auto text = is_file ? ReadUpTo(full, calendar::kMaxIcsBytes) : std::nullopt;
    if (!text) {
      return scope.Report(
          mark, codes::kUnreadable,
          fmt::format("'ics': the file '{}' cannot be read{}", full.string(),
                      is_file || !fs::exists(full, error) ? "" : " (expected a regular file)"));
    }
    if (!zone_) return;
    calendar::IcsFile file = calendar::ReadIcs(*text, *zone_);
    for (std::size_t i = 0; i < file.problems.size() && i < kMaxShown; ++i) {
      scope.Report(
          mark, codes::kOutOfRange,
          fmt::format("{}:{}: {}", full.string(), file.problems[i].line, file.problems[i].message));
    }
    if (file.problems.size() > kMaxShown) {
      scope.Report(mark, codes::kTooMany,
                   fmt::format("{}: and {} more", full.string(), file.problems.size() - kMaxShown));
    }
    std::move(file.windows.begin(), file.windows.end(), std::back_inserter(windows));
    ics_texts_ += *text;
  }

  void ReadHolidays(const Fields& fields) {
    const Node* list = fields.List("holidays", 0, kMaxHolidays);
    if (!list) return;
    for (const Node& item : list->items()) {
      const Scope scope = scope_.In("holidays");
      if (!scope.IsMap(item, "holidays")) continue;
      const Fields holiday(scope, item, {{"date"}, {"name"}, {}});
      const auto date = holiday.Text("date", kMaxTimeLength);
      const auto name = holiday.Text("name", calendar::kMaxNameLength);
      if (!date) continue;
      std::vector<calendar::Problem> problems;
      const auto read = calendar::ReadHoliday(*date, name.value_or(""), problems);
      Report(problems, item, scope);
      if (read) calendar_.holidays.push_back(*read);
    }
  }

  void CheckCount(const Node& spec) {
    const std::size_t count =
        calendar_.allow.size() + calendar_.deny.size() + calendar_.holidays.size();
    if (count <= calendar::kMaxWindows) return;
    scope_.Report(spec.mark(), codes::kTooMany,
                  fmt::format("{} windows and holidays are too many, those of .ics files included "
                              "(allowed: {})",
                              count, calendar::kMaxWindows));
  }

  const Scope& scope_;
  const std::string& base_folder_;
  calendar::CalendarSpec& calendar_;
  std::string& ics_texts_;
  std::optional<calendar::Zone> zone_;
};

}  // namespace

void ReadCalendarSpec(const Node& spec, const Scope& scope, const std::string& base_folder,
                      calendar::CalendarSpec& calendar, std::string& ics_texts) {
  Reader(scope, base_folder, calendar, ics_texts).Read(spec);
}

}  // namespace gatewright::definition
