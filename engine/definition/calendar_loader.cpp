#include "engine/definition/calendar_loader.h"

#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <iterator>
#include <map>
#include <set>

#include "engine/calendar/compiled_calendar.h"
#include "engine/codec/digest.h"
#include "engine/codec/json.h"
#include "engine/definition/calendar_reader.h"
#include "engine/definition/files.h"
#include "engine/definition/yaml_json.h"

namespace gatewright::definition {
namespace {

constexpr std::array<std::string_view, 1> kApiVersions = {"gatewright/v1"};
constexpr std::array<std::string_view, 1> kKinds = {"Calendar"};

void ReadMetadata(const Node& node, const Scope& scope, LoadedCalendar& loaded,
                  calendar::CalendarSpec& spec) {
  const Fields fields(scope, node, {{"name"}, {"title"}, {}});
  spec.name = fields.Name("name", kWorkflowNameRule).value_or("");
  spec.title = fields.Text("title").value_or("");
  loaded.name = spec.name;
  if (const Node* name = fields.Find("name")) {
    loaded.line = name->mark().line;
    loaded.column = name->mark().column;
  }
}

// Two calendars of one name contradict each other: neither is used.
void RefuseDuplicates(CalendarLoadResult& result) {
  std::map<std::string, const LoadedCalendar*> first;
  std::set<std::string> duplicates;
  for (const LoadedCalendar& loaded : result.calendars) {
    const auto [other, is_new] = first.emplace(loaded.name, &loaded);
    if (is_new) continue;
    duplicates.insert(loaded.name);
    result.diagnostics.push_back(
        {loaded.file, loaded.line, loaded.column, "metadata",
         fmt::format("the calendar '{}' is defined twice (first in {}:{})", loaded.name,
                     other->second->file, other->second->line),
         std::string(codes::kDuplicate)});
  }
  std::erase_if(result.calendars,
                [&](const LoadedCalendar& loaded) { return duplicates.contains(loaded.name); });
}

}  // namespace

std::optional<LoadedCalendar> LoadCalendarDocument(const Node& root, const Scope& scope,
                                                   const std::string& base_folder) {
  const std::size_t before = scope.problem_count();
  LoadedCalendar loaded;
  loaded.line = root.mark().line;
  CheckJson(root, scope);
  if (!root.is_map()) {
    scope.Report(root.mark(), codes::kWrongType,
                 fmt::format("expected a map with apiVersion, kind, metadata and spec, found {}",
                             Describe(root)));
    return std::nullopt;
  }
  const Fields fields(scope, root, {{"apiVersion", "kind", "metadata", "spec"}, {}, {}});
  fields.Choice("apiVersion", kApiVersions);
  fields.Choice("kind", kKinds);
  calendar::CalendarSpec spec;
  std::string ics_texts;
  if (const Node* metadata = fields.Map("metadata")) {
    ReadMetadata(*metadata, scope.In("metadata"), loaded, spec);
  }
  const Node* const spec_node = fields.Map("spec");
  if (spec_node) ReadCalendarSpec(*spec_node, scope, base_folder, spec, ics_texts);
  if (scope.problem_count() > before) return std::nullopt;
  auto compiled = calendar::CompiledCalendar::Compile(std::move(spec));
  if (!compiled) {
    scope.Report(spec_node->mark(), codes::kTooMany, compiled.error().message);
    return std::nullopt;
  }
  loaded.calendar = std::move(*compiled);
  loaded.version = codec::Sha256Hex(codec::CanonicalJson(ToJsonValue(root)) + ics_texts);
  return loaded;
}

CalendarLoadResult LoadCalendarText(std::string_view source_text, std::string_view file_name,
                                    const std::string& base_folder) {
  CalendarLoadResult result;
  const Scope scope(std::string(file_name), result.diagnostics);
  const YamlFile yaml = ParseYaml(source_text);
  for (const auto& problem : yaml.problems) {
    scope.Report(problem.mark, codes::kYaml, problem.message);
  }
  if (yaml.documents.empty() && yaml.problems.empty()) {
    scope.Report({}, codes::kWrongType, "the file is empty (expected a calendar)");
  }
  for (const YamlDocument& document : yaml.documents) {
    auto loaded = LoadCalendarDocument(document.root, scope, base_folder);
    if (!loaded) continue;
    loaded->source = document.source;
    loaded->file = file_name;
    result.calendars.push_back(std::move(*loaded));
  }
  RefuseDuplicates(result);
  if (!result.ok()) result.calendars.clear();
  SortByPlace(result.diagnostics);
  return result;
}

CalendarLoadResult LoadCalendarFile(const std::string& path) {
  const auto text = ReadUpTo(path, kMaxYamlBytes);
  if (text) {
    const auto folder = std::filesystem::path(path).parent_path();
    return LoadCalendarText(*text, path, folder.empty() ? "." : folder.string());
  }
  CalendarLoadResult result;
  result.diagnostics.push_back(Unreadable(path, "the file cannot be read"));
  return result;
}

CalendarLoadResult LoadCalendars(const std::string& folder) {
  CalendarLoadResult result;
  for (const std::string& file : ListDefinitionFiles(folder, result.diagnostics)) {
    CalendarLoadResult one = LoadCalendarFile(file);
    std::move(one.calendars.begin(), one.calendars.end(), std::back_inserter(result.calendars));
    std::move(one.diagnostics.begin(), one.diagnostics.end(),
              std::back_inserter(result.diagnostics));
  }
  RefuseDuplicates(result);
  SortByPlace(result.diagnostics);
  return result;
}

}  // namespace gatewright::definition
