#include "engine/definition/files.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

namespace gatewright::definition {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFiles = 1'000;

bool IsDefinitionFile(const fs::path& path) {
  const std::string name = path.filename().string();
  const bool is_yaml = path.extension() == ".yaml" || path.extension() == ".yml";
  // Cases for `gatewright test` lie beside the workflows they are about.
  const bool is_test = name.ends_with("_test.yaml") || name.ends_with("_test.yml");
  return is_yaml && !is_test && !name.starts_with('.');
}

}  // namespace

Diagnostic Unreadable(const std::string& path, std::string message) {
  return {path, 1, 1, "", std::move(message), std::string(codes::kUnreadable)};
}

std::optional<std::string> ReadUpTo(const fs::path& path, std::size_t limit) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return std::nullopt;
  std::string text(limit + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (stream.bad()) return std::nullopt;
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return text;
}

std::vector<std::string> ListDefinitionFiles(const std::string& folder,
                                             std::vector<Diagnostic>& diagnostics) {
  std::error_code error;
  std::vector<fs::path> found;
  fs::directory_iterator entries(folder, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    if (IsDefinitionFile(entries->path())) found.push_back(entries->path());
  }
  if (error) {
    diagnostics.push_back(
        Unreadable(folder, fmt::format("the folder cannot be read: {}", error.message())));
    return {};
  }
  std::sort(found.begin(), found.end());
  if (found.size() > kMaxFiles) {
    diagnostics.push_back(Unreadable(
        folder, fmt::format("{} files are too many (allowed: {})", found.size(), kMaxFiles)));
    return {};
  }
  std::vector<std::string> files;
  for (const fs::path& file : found) {
    const fs::file_status status = fs::status(file, error);  // of what a link points to
    if (fs::is_regular_file(status)) {
      files.push_back(file.string());
    } else if (!fs::is_directory(status)) {
      diagnostics.push_back(Unreadable(
          file.string(), "expected a file, found a link to nothing, a socket or a pipe"));
    }
  }
  return files;
}

}  // namespace gatewright::definition
