#include "engine/definition/workflow_loader.h"

#include <fmt/format.h>

#include <array>
#include <map>

#include "engine/codec/digest.h"
#include "engine/codec/json.h"
#include "engine/definition/scope.h"
#include "engine/definition/spec_reader.h"
#include "engine/definition/yaml.h"
#include "engine/definition/yaml_json.h"

namespace gatewright::definition {
namespace {

constexpr std::array<std::string_view, 1> kApiVersions = {"gatewright/v1"};
constexpr std::array<std::string_view, 1> kKinds = {"Workflow"};
constexpr std::size_t kMaxLabels = 64;

void ReadMetadata(const Node& node, const Scope& scope, Loaded& loaded) {
  const Fields fields(scope, node, {{"name"}, {"title", "labels"}, {}});
  core::Workflow& workflow = loaded.workflow;
  if (const auto name = fields.Name("name", kWorkflowNameRule)) workflow.name = WorkflowName(*name);
  if (const Node* name = fields.Find("name")) {
    loaded.line = name->mark().line;
    loaded.column = name->mark().column;
  }
  workflow.title = fields.Text("title").value_or("");
  const Node* labels = fields.Map("labels");
  if (!labels) return;
  if (labels->members().size() > kMaxLabels) {
    return scope.Report(labels->mark(), codes::kBadValue,
                        fmt::format("'labels': {} are too many (allowed: {})",
                                    labels->members().size(), kMaxLabels));
  }
  for (const YamlMember& label : labels->members()) {
    if (const auto text = scope.AsText(label.value, label.key, 256)) {
      workflow.labels.emplace_back(label.key, *text);
    }
  }
}

// Answers whether the document is a workflow at all.
bool IsWorkflow(const Node& root, const Scope& scope) {
  if (!root.is_map()) {
    scope.Report(root.mark(), codes::kWrongType,
                 fmt::format("expected a map with apiVersion, kind, metadata and spec, found {}",
                             Describe(root)));
    return false;
  }
  const Node* kind = root.Find("kind");
  if (!kind || !kind->is_string()) return true;
  for (const std::string_view later : {"Calendar", "Policy", "Directory"}) {
    if (kind->text() != later) continue;
    scope.ReportNotYet(kind->mark(), fmt::format("'kind: {}'", later));
    return false;
  }
  return true;
}

Loaded ReadDocument(const YamlDocument& document, const ports::Plugins& plugins,
                    const Scope& scope) {
  Loaded loaded;
  loaded.source = document.source;
  const Node& root = document.root;
  loaded.line = root.mark().line;
  CheckJson(root, scope);
  if (!IsWorkflow(root, scope)) return loaded;
  const Fields fields(scope, root, {{"apiVersion", "kind", "metadata", "spec"}, {}, {}});
  fields.Choice("apiVersion", kApiVersions);
  fields.Choice("kind", kKinds);
  if (const Node* metadata = fields.Map("metadata")) {
    ReadMetadata(*metadata, scope.In("metadata"), loaded);
  }
  if (const Node* spec = fields.Map("spec")) ReadSpec(*spec, plugins, scope, loaded.workflow);
  loaded.workflow.version =
      WorkflowVersion(codec::Sha256Hex(codec::CanonicalJson(ToJsonValue(root))));
  return loaded;
}

}  // namespace

LoadResult LoadWorkflows(std::string_view source_text, std::string_view file_name,
                         const ports::Plugins& plugins) {
  LoadResult result;
  const Scope scope(std::string(file_name), result.diagnostics);
  const YamlFile yaml = ParseYaml(source_text);
  for (const auto& problem : yaml.problems) {
    scope.Report(problem.mark, codes::kYaml, problem.message);
  }
  if (yaml.documents.empty() && yaml.problems.empty()) {
    scope.Report({}, codes::kWrongType, "the file is empty (expected a workflow)");
  }
  std::map<WorkflowName, std::size_t> first_lines;
  for (const YamlDocument& document : yaml.documents) {
    Loaded loaded = ReadDocument(document, plugins, scope);
    loaded.file = file_name;
    const WorkflowName& name = loaded.workflow.name;
    const auto [first, is_new] = first_lines.emplace(name, loaded.line);
    if (!is_new && !name.empty()) {
      scope.In("metadata")
          .Report({loaded.line, loaded.column}, codes::kDuplicate,
                  fmt::format("the workflow '{}' is defined twice (first in line {})", name.value,
                              first->second));
    }
    result.workflows.push_back(std::move(loaded));
  }
  if (!result.ok()) result.workflows.clear();
  SortByPlace(result.diagnostics);
  return result;
}

}  // namespace gatewright::definition
