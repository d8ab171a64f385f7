// Definition files on the disk.
#include <fmt/format.h>

#include <filesystem>
#include <iterator>
#include <map>
#include <set>

#include "engine/definition/file_set.h"
#include "engine/definition/files.h"
#include "engine/definition/workflow_loader.h"
#include "engine/definition/yaml.h"

namespace gatewright::definition {
namespace {

namespace fs = std::filesystem;

// The other files of the folder that `path` is in, for their policies.
void AddNeighbours(const fs::path& path, FileSet& files) {
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  std::vector<Diagnostic> not_of_interest;
  for (const std::string& other : ListDefinitionFiles(folder.string(), not_of_interest)) {
    std::error_code error;
    if (fs::equivalent(other, path, error) || error) continue;
    if (auto text = ReadUpTo(other, kMaxYamlBytes)) files.AddNeighbour(std::move(*text), other);
  }
}

// Two files that define one name contradict each other: neither is used.
void RefuseDuplicates(LoadResult& result) {
  std::map<WorkflowName, const Loaded*> first;
  std::set<WorkflowName> duplicates;
  for (const Loaded& loaded : result.workflows) {
    const auto [other, is_new] = first.emplace(loaded.workflow.name, &loaded);
    if (is_new) continue;
    duplicates.insert(loaded.workflow.name);
    result.diagnostics.push_back(
        {loaded.file, loaded.line, loaded.column, "metadata",
         fmt::format("the workflow '{}' is defined twice (first in {}:{})",
                     loaded.workflow.name.value, other->second->file, other->second->line),
         std::string(codes::kDuplicate)});
  }
  std::erase_if(result.workflows,
                [&](const Loaded& loaded) { return duplicates.contains(loaded.workflow.name); });
}

}  // namespace

LoadResult LoadFile(const std::string& path, const ports::Plugins& plugins) {
  auto text = ReadUpTo(path, kMaxYamlBytes);
  if (!text) {
    LoadResult result;
    result.diagnostics.push_back(Unreadable(path, "the file cannot be read"));
    return result;
  }
  FileSet files(plugins, Purpose::kNew);
  const bool may_name_policies = text->find("policy") != text->npos;
  files.Add(std::move(*text), path);
  if (may_name_policies) AddNeighbours(path, files);
  return files.Load();
}

LoadResult LoadFolder(const std::string& path, const ports::Plugins& plugins) {
  std::vector<Diagnostic> unreadable;
  FileSet files(plugins, Purpose::kNew);
  for (const std::string& file : ListDefinitionFiles(path, unreadable)) {
    if (auto text = ReadUpTo(file, kMaxYamlBytes)) {
      files.Add(std::move(*text), file);
    } else {
      unreadable.push_back(Unreadable(file, "the file cannot be read"));
    }
  }
  LoadResult result = files.Load();
  std::move(unreadable.begin(), unreadable.end(), std::back_inserter(result.diagnostics));
  RefuseDuplicates(result);
  SortByPlace(result.diagnostics);
  return result;
}

}  // namespace gatewright::definition
