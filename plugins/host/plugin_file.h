// plugins/host/plugin_file.h: may this file be trusted enough to be loaded? Looks at the file, not
// yet into it. Thread-safe.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "plugins/host/plugin_host.h"

namespace gatewright::host {

// Which file it is, as it was when it was last written to.
struct FileIdentity {
  std::uint64_t device = 0, inode = 0;
  std::int64_t size = 0, seconds = 0, nanoseconds = 0;

  bool operator==(const FileIdentity&) const = default;
  // Written to in between or not: memory that is mapped from one is mapped from the other.
  bool IsSameInode(const FileIdentity& other) const {
    return device == other.device && inode == other.inode;
  }
};

// Nothing: there is no file.
std::optional<FileIdentity> IdentityOf(const std::filesystem::path& path);

struct PluginFile {
  std::filesystem::path real_path;  // symbolic links followed
  std::string bytes;
  std::string sha256;  // hex
  FileIdentity identity;
};

// `pin`: a SHA-256 as hex, in any case.
bool IsPinned(const PluginFile& file, std::string_view pin);

// Reads a regular file of at most 256 MiB that only root and we may write.
Result<PluginFile> ReadPluginFile(const std::filesystem::path& path, FolderTrust trust);

// The same question about a folder, and about every folder above it.
Result<void> CheckFolder(const std::filesystem::path& folder, FolderTrust trust);

}  // namespace gatewright::host
