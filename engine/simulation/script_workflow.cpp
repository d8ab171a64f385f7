#include "engine/simulation/script_workflow.h"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <filesystem>

#include "engine/calendar/compiled_calendar.h"
#include "engine/codec/json.h"
#include "engine/definition/calendar_loader.h"
#include "engine/definition/workflow_loader.h"
#include "engine/definition/yaml_json.h"
#include "engine/simulation/args.h"

namespace gatewright::simulation {
namespace {

namespace fs = std::filesystem;

std::string Resolve(const std::string& path, const std::string& folder) {
  std::error_code ignored;
  const fs::path beside = fs::path(folder) / path;
  if (!folder.empty() && fs::exists(beside, ignored)) return beside.string();
  return path;
}

std::string MistakesOf(const std::vector<definition::Diagnostic>& diagnostics) {
  std::string text;
  for (const auto& diagnostic : diagnostics) {
    text += (text.empty() ? "" : "\n") + Format(diagnostic);
  }
  return text;
}

boost::json::value Document(std::string_view kind, std::string_view name, boost::json::value spec) {
  return {{"apiVersion", "gatewright/v1"},
          {"kind", kind},
          {"metadata", {{"name", name}}},
          {"spec", std::move(spec)}};
}

definition::LoadResult LoadInline(const definition::Node& node, ports::Plugins& plugins) {
  boost::json::value spec = definition::ToJsonValue(node);
  boost::json::value* stages = spec.is_object() ? spec.get_object().if_contains("stages") : nullptr;
  if (stages != nullptr && stages->is_array()) {
    for (auto& stage : stages->get_array()) {
      if (!stage.is_object()) continue;
      auto& members = stage.get_object();
      const boost::json::value* name = members.if_contains("name");
      if (name == nullptr || !name->is_string() || members.contains("doneState")) continue;
      members["doneState"] = "after_" + std::string(name->get_string());
    }
  }
  const auto document = Document("Workflow", "scenario", std::move(spec));
  return definition::LoadWorkflows(codec::ToJson(document), "workflow of the script", plugins);
}

runtime::RevisionPtr ReadInline(const definition::Node& node, ports::Plugins& plugins) {
  auto loaded = LoadInline(node, plugins);
  if (!loaded.ok() || loaded.workflows.size() != 1) {
    throw Mistake(node.mark(), "the workflow has mistakes:\n" + MistakesOf(loaded.diagnostics));
  }
  return MakePlayable(std::move(loaded.workflows.front().workflow), plugins);
}

}  // namespace

runtime::RevisionPtr MakePlayable(core::Workflow workflow, ports::Plugins& plugins) {
  workflow.notify.clear();  // nobody is told of a simulation
  ports::WorkflowRow row;
  row.name = workflow.name.value;
  row.version = workflow.version.value;
  // Nothing here reaches anybody outside: any text does for a secret.
  const codec::SecretReader any = [](const codec::SecretReference&) {
    return Result<std::string>("secret");
  };
  return runtime::MakeRevision(std::move(workflow), std::move(row), plugins, any);
}

Result<runtime::RevisionPtr> OpenWorkflow(const std::string& path, ports::Plugins& plugins) {
  auto loaded = definition::LoadFile(path, plugins);
  if (!loaded.ok()) return Error{ErrorCode::kInvalid, MistakesOf(loaded.diagnostics)};
  if (loaded.workflows.size() != 1) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("{}: expected one workflow, found {}", path, loaded.workflows.size())};
  }
  return MakePlayable(std::move(loaded.workflows.front().workflow), plugins);
}

runtime::RevisionPtr ReadWorkflow(const definition::Node& node, const std::string& folder,
                                  ports::Plugins& plugins) {
  if (node.is_map()) return ReadInline(node, plugins);
  if (!node.is_string()) {
    throw Mistake(node.mark(),
                  "'workflow': expected a path or the spec of a workflow, found " + Describe(node));
  }
  auto opened = OpenWorkflow(Resolve(node.text(), folder), plugins);
  if (!opened) throw Mistake(node.mark(), opened.error().message);
  return *std::move(opened);
}

std::vector<definition::Diagnostic> LintWorkflow(const definition::Node& node,
                                                 const std::string& folder,
                                                 ports::Plugins& plugins) {
  if (node.is_map()) return LoadInline(node, plugins).diagnostics;
  return definition::LoadFile(Resolve(node.text(), folder), plugins).diagnostics;
}

core::Calendars ReadCalendars(const definition::Node& node, const std::string& folder) {
  definition::CalendarLoadResult loaded;
  if (node.is_map()) {
    for (const auto& member : node.members()) {
      const auto document = Document("Calendar", member.key, definition::ToJsonValue(member.value));
      auto one =
          definition::LoadCalendarText(codec::ToJson(document), "calendars of the script", folder);
      for (auto& calendar : one.calendars) loaded.calendars.push_back(std::move(calendar));
      for (auto& mistake : one.diagnostics) loaded.diagnostics.push_back(std::move(mistake));
    }
  } else {
    const std::string path = Resolve(node.text(), folder);
    std::error_code ignored;
    loaded = fs::is_directory(path, ignored) ? definition::LoadCalendars(path)
                                             : definition::LoadCalendarFile(path);
  }
  if (!loaded.ok()) {
    throw Mistake(node.mark(), "the calendars have mistakes:\n" + MistakesOf(loaded.diagnostics));
  }
  core::Calendars calendars;
  for (auto& one : loaded.calendars) calendars[one.name] = one.calendar;
  return calendars;
}

}  // namespace gatewright::simulation
