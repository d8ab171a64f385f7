#include "engine/definition/file_set.h"

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <map>

#include "engine/codec/digest.h"
#include "engine/codec/json.h"
#include "engine/definition/document.h"
#include "engine/definition/scope.h"
#include "engine/definition/spec_reader.h"
#include "engine/definition/yaml_json.h"

namespace gatewright::definition {
namespace {

constexpr std::array<std::string_view, 2> kKinds = {"Workflow", "Policy"};
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

// Answers whether the document is to be read as a workflow at all.
bool IsWorkflow(const Node& root, const Scope& scope) {
  if (!root.is_map()) {
    scope.Report(root.mark(), codes::kWrongType,
                 fmt::format("expected a map with apiVersion, kind, metadata and spec, found {}",
                             Describe(root)));
    return false;
  }
  for (const auto& [kind, place] : {std::pair("Calendar", "the folder of calendars"),
                                    std::pair("Directory", "the file of the directory")}) {
    if (!IsKind(root, kind)) continue;
    scope.Report(root.Find("kind")->mark(), codes::kBadValue,
                 fmt::format("'kind: {}' belongs into {}, not among the workflows", kind, place));
    return false;
  }
  return true;
}

}  // namespace

void FileSet::Add(std::string text, std::string name) {
  File& file = files_.emplace_back();
  file.name = std::move(name);
  file.text = std::move(text);
}

void FileSet::AddNeighbour(std::string text, std::string name) {
  Add(std::move(text), std::move(name));
  files_.back().is_neighbour = true;
}

LoadResult FileSet::Load() {
  for (File& file : files_) ReadPolicies(file);
  LoadResult all;
  for (File& file : files_) {
    if (file.is_neighbour) continue;
    ReadWorkflows(file);
    LoadResult& one = file.result;
    if (!one.ok()) one.workflows.clear();
    SortByPlace(one.diagnostics);
    std::move(one.workflows.begin(), one.workflows.end(), std::back_inserter(all.workflows));
    std::move(one.diagnostics.begin(), one.diagnostics.end(), std::back_inserter(all.diagnostics));
  }
  return all;
}

void FileSet::ReadPolicies(File& file) {
  const Scope scope(file.name, file.result.diagnostics);
  file.yaml = ParseYaml(file.text);
  for (const auto& problem : file.yaml.problems) {
    scope.Report(problem.mark, codes::kYaml, problem.message);
  }
  for (const YamlDocument& document : file.yaml.documents) {
    if (IsKind(document.root, "Policy")) policies_.Read(document, file.name, plugins_, scope);
  }
}

void FileSet::ReadWorkflows(File& file) {
  const Scope scope(file.name, file.result.diagnostics);
  if (file.yaml.documents.empty() && file.yaml.problems.empty()) {
    scope.Report({}, codes::kWrongType, "the file is empty (expected a workflow)");
  }
  std::map<WorkflowName, std::size_t> first_lines;
  for (const YamlDocument& document : file.yaml.documents) {
    if (IsKind(document.root, "Policy")) continue;
    Loaded loaded = ReadWorkflow(document, scope);
    loaded.file = file.name;
    const WorkflowName& name = loaded.workflow.name;
    const auto [first, is_new] = first_lines.emplace(name, loaded.line);
    if (!is_new && !name.empty()) {
      scope.In("metadata")
          .Report({loaded.line, loaded.column}, codes::kDuplicate,
                  fmt::format("the workflow '{}' is defined twice (first in line {})", name.value,
                              first->second));
    }
    file.result.workflows.push_back(std::move(loaded));
  }
}

Loaded FileSet::ReadWorkflow(const YamlDocument& document, const Scope& scope) {
  Loaded loaded;
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
  std::set<std::string> used_policies;
  if (const Node* spec = fields.Map("spec")) {
    ReadSpec(*spec, {plugins_, policies_, used_policies, purpose_}, scope, loaded.workflow);
  }
  loaded.workflow.version = WorkflowVersion(VersionOf(root, used_policies));
  loaded.source = SourceOf(document, used_policies);
  return loaded;
}

// A changed policy changes what the workflow means, so it is part of the version.
std::string FileSet::VersionOf(const Node& root, const std::set<std::string>& policies) const {
  std::string canonical = codec::CanonicalJson(ToJsonValue(root));
  for (const std::string& name : policies) canonical += '\n' + policies_.Find(name)->canonical;
  return codec::Sha256Hex(canonical);
}

// Complete in itself: with the policies, so that it can be read again years later.
std::string FileSet::SourceOf(const YamlDocument& document,
                              const std::set<std::string>& policies) const {
  std::string source(document.source);
  for (const std::string& name : policies) {
    const std::string& policy = policies_.Find(name)->source;
    if (!source.ends_with('\n')) source += '\n';
    // "..." ends a document whatever follows, a comment or a directive of the next one.
    if (!policy.starts_with("---")) source += "...\n";
    source += policy;
  }
  return source;
}

}  // namespace gatewright::definition
