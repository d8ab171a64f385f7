// server/cli/graph.cpp: `gatewright graph`: a workflow, or the life of any run, as a picture.
#include "engine/core/graph.h"

#include <fmt/format.h>

#include <filesystem>

#include "engine/definition/workflow_loader.h"
#include "server/cli/any_plugins.h"
#include "server/cli/commands.h"

namespace gatewright::cli {
namespace {

int Draw(const Arguments& arguments, const std::vector<core::GraphEdge>& edges,
         const std::string& title) {
  fmt::print("{}", arguments.graph_format == "dot" ? core::DrawDot(edges, title)
                                                   : core::DrawMermaid(edges));
  return kExitOk;
}

}  // namespace

int RunGraph(const Arguments& arguments) {
  if (arguments.is_lifecycle) return Draw(arguments, core::LifecycleEdges(), "lifecycle");
  if (arguments.graph_of.empty()) {
    PrintError("expected a workflow file, the name of a workflow, or --lifecycle");
    return kExitUsage;
  }
  const AnyPlugins plugins;  // a picture needs none
  definition::LoadResult loaded;
  std::error_code ignored;
  if (std::filesystem::is_regular_file(arguments.graph_of, ignored)) {
    loaded = definition::LoadFile(arguments.graph_of, plugins);
    if (!loaded.ok()) {
      for (const auto& diagnostic : loaded.diagnostics) PrintError(Format(diagnostic));
      return kExitFailure;
    }
    for (const auto& found : loaded.workflows) {
      Draw(arguments, core::EdgesOf(found.workflow), found.workflow.name.value);
    }
    return kExitOk;
  }

  const auto configuration = Configure(arguments);
  if (!configuration) return kExitUsage;
  const std::string& folder = configuration->settings.workflows_path;
  loaded = definition::LoadFolder(folder, plugins);
  std::vector<std::string> names;
  for (const auto& found : loaded.workflows) {
    const std::string& name = found.workflow.name.value;
    if (name == arguments.graph_of) return Draw(arguments, core::EdgesOf(found.workflow), name);
    names.push_back(name);
  }
  PrintError(fmt::format("'{}' is neither a file nor a workflow in '{}' (there are: {})",
                         arguments.graph_of, folder, fmt::join(names, ", ")));
  return kExitFailure;
}

}  // namespace gatewright::cli
