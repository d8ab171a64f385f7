// Definition files on the disk.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <set>

#include "engine/definition/file_set.h"
#include "engine/definition/workflow_loader.h"
#include "engine/definition/yaml.h"

namespace gatewright::definition {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFiles = 1'000;

Diagnostic Unreadable(const std::string& path, std::string message) {
  return {path, 1, 1, "", std::move(message), std::string(codes::kUnreadable)};
}

// At most one byte more than is allowed: enough to be refused by its size.
std::optional<std::string> ReadUpToLimit(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return std::nullopt;
  std::string text(kMaxYamlBytes + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (stream.bad()) return std::nullopt;
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return text;
}

bool IsDefinitionFile(const fs::path& path) {
  const std::string name = path.filename().string();
  const bool is_yaml = path.extension() == ".yaml" || path.extension() == ".yml";
  return is_yaml && !name.starts_with('.');
}

struct Files {
  std::vector<fs::path> paths;  // sorted
  std::vector<Diagnostic> diagnostics;
};

// The definition files of a folder that can be read at all.
Files FindFiles(const std::string& folder) {
  Files files;
  std::error_code error;
  std::vector<fs::path> found;
  fs::directory_iterator entries(folder, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    if (IsDefinitionFile(entries->path())) found.push_back(entries->path());
  }
  if (error) {
    files.diagnostics.push_back(
        Unreadable(folder, fmt::format("the folder cannot be read: {}", error.message())));
    return files;
  }
  std::sort(found.begin(), found.end());
  if (found.size() > kMaxFiles) {
    files.diagnostics.push_back(Unreadable(
        folder, fmt::format("{} files are too many (allowed: {})", found.size(), kMaxFiles)));
    return files;
  }
  for (fs::path& file : found) {
    const fs::file_status status = fs::status(file, error);  // of what a link points to
    if (fs::is_regular_file(status)) {
      files.paths.push_back(std::move(file));
    } else if (!fs::is_directory(status)) {
      files.diagnostics.push_back(Unreadable(
          file.string(), "expected a file, found a link to nothing, a socket or a pipe"));
    }
  }
  return files;
}

// The other files of the folder that `path` is in, for their policies.
void AddNeighbours(const fs::path& path, FileSet& files) {
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  for (const fs::path& other : FindFiles(folder.string()).paths) {
    std::error_code error;
    if (fs::equivalent(other, path, error) || error) continue;
    if (auto text = ReadUpToLimit(other.string())) {
      files.AddNeighbour(std::move(*text), other.string());
    }
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
  auto text = ReadUpToLimit(path);
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
  Files found = FindFiles(path);
  FileSet files(plugins, Purpose::kNew);
  for (const fs::path& file : found.paths) {
    if (auto text = ReadUpToLimit(file.string())) {
      files.Add(std::move(*text), file.string());
    } else {
      found.diagnostics.push_back(Unreadable(file.string(), "the file cannot be read"));
    }
  }
  LoadResult result = files.Load();
  std::move(found.diagnostics.begin(), found.diagnostics.end(),
            std::back_inserter(result.diagnostics));
  RefuseDuplicates(result);
  SortByPlace(result.diagnostics);
  return result;
}

}  // namespace gatewright::definition
