// Definition files on the disk.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <set>

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

void Append(LoadResult& all, LoadResult one) {
  std::move(one.workflows.begin(), one.workflows.end(), std::back_inserter(all.workflows));
  std::move(one.diagnostics.begin(), one.diagnostics.end(), std::back_inserter(all.diagnostics));
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
  const auto text = ReadUpToLimit(path);
  if (text) return LoadWorkflows(*text, path, plugins);
  LoadResult result;
  result.diagnostics.push_back(Unreadable(path, "the file cannot be read"));
  return result;
}

LoadResult LoadFolder(const std::string& path, const ports::Plugins& plugins) {
  LoadResult result;
  std::error_code error;
  std::vector<fs::path> files;
  fs::directory_iterator entries(path, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    if (IsDefinitionFile(entries->path())) files.push_back(entries->path());
  }
  if (error) {
    result.diagnostics.push_back(
        Unreadable(path, fmt::format("the folder cannot be read: {}", error.message())));
    return result;
  }
  std::sort(files.begin(), files.end());
  if (files.size() > kMaxFiles) {
    result.diagnostics.push_back(Unreadable(
        path, fmt::format("{} files are too many (allowed: {})", files.size(), kMaxFiles)));
    return result;
  }
  for (const fs::path& file : files) {
    const fs::file_status status = fs::status(file, error);  // of what a link points to
    if (fs::is_regular_file(status)) {
      Append(result, LoadFile(file.string(), plugins));
    } else if (!fs::is_directory(status)) {
      result.diagnostics.push_back(Unreadable(
          file.string(), "expected a file, found a link to nothing, a socket or a pipe"));
    }
  }
  RefuseDuplicates(result);
  SortByPlace(result.diagnostics);
  return result;
}

}  // namespace gatewright::definition
