// plugins/host/plugin_file.h: may this file be trusted enough to be loaded? Looks at the file, not
// yet into it. Thread-safe.
#pragma once

#include <filesystem>
#include <string>

#include "engine/base/result.h"
#include "plugins/host/plugin_host.h"

namespace gatewright::host {

struct PluginFile {
  std::filesystem::path real_path;  // symbolic links followed
  std::string bytes;
  std::string sha256;  // hex
};

// Reads a regular file of at most 256 MiB that only root and we may write.
Result<PluginFile> ReadPluginFile(const std::filesystem::path& path, FolderTrust trust);

// The same question about a folder, and about every folder above it.
Result<void> CheckFolder(const std::filesystem::path& folder, FolderTrust trust);

}  // namespace gatewright::host
