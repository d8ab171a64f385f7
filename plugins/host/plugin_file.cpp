#include "plugins/host/plugin_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "engine/codec/digest.h"

namespace gatewright::host {
namespace {

constexpr off_t kMaxFileSize = 256 * 1024 * 1024;

Error Invalid(std::string message) { return {ErrorCode::kInvalid, std::move(message)}; }

std::string SystemMessage(int number) { return std::generic_category().message(number); }

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return number_; }

 private:
  int number_;
};

// Who may change it? In a sticky folder nobody can replace what belongs to somebody else.
Result<void> CheckWriters(const std::filesystem::path& path, const struct stat& facts) {
  if (facts.st_uid != 0 && facts.st_uid != geteuid()) {
    return Invalid(fmt::format("expected '{}' to belong to root or to user {}, found user {}",
                               path.string(), geteuid(), facts.st_uid));
  }
  const bool is_sticky_folder = S_ISDIR(facts.st_mode) && (facts.st_mode & S_ISVTX) != 0;
  if ((facts.st_mode & (S_IWGRP | S_IWOTH)) != 0 && !is_sticky_folder) {
    return Invalid(
        fmt::format("expected '{}' to be writable by its owner only, found mode {:04o}; try: chmod "
                    "go-w '{}'",
                    path.string(), facts.st_mode & 07777, path.string()));
  }
  return {};
}

FileIdentity IdentityFrom(const struct stat& facts) {
  return {facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec};
}

Result<std::string> ReadAll(int descriptor, off_t size) {
  std::string bytes(static_cast<std::size_t>(size), '\0');
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t got = read(descriptor, bytes.data() + filled, bytes.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Error{ErrorCode::kUnavailable, SystemMessage(errno)};
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  bytes.resize(filled);
  return bytes;
}

}  // namespace

std::optional<FileIdentity> IdentityOf(const std::filesystem::path& path) {
  struct stat facts;
  if (stat(path.c_str(), &facts) != 0) return std::nullopt;
  return IdentityFrom(facts);
}

Result<void> CheckFolder(const std::filesystem::path& folder, FolderTrust trust) {
  struct stat facts;
  if (stat(folder.c_str(), &facts) != 0) {
    return Error{ErrorCode::kNotFound, fmt::format("expected the plugin folder '{}', found: {}",
                                                   folder.string(), SystemMessage(errno))};
  }
  if (!S_ISDIR(facts.st_mode)) {
    return Invalid(fmt::format("expected '{}' to be a folder of plugins, found something else",
                               folder.string()));
  }
  if (trust == FolderTrust::kAnybody) return {};

  std::error_code problem;
  auto place = std::filesystem::canonical(folder, problem);
  if (problem) return Invalid(fmt::format("'{}': {}", folder.string(), problem.message()));
  for (;; place = place.parent_path()) {
    if (stat(place.c_str(), &facts) != 0) {
      return Invalid(fmt::format("'{}': {}", place.string(), SystemMessage(errno)));
    }
    GW_CHECK(CheckWriters(place, facts));
    if (place == place.root_path()) return {};
  }
}

bool IsPinned(const PluginFile& file, std::string_view pin) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::ranges::equal(file.sha256, pin, {}, {}, lower);
}

Result<PluginFile> ReadPluginFile(const std::filesystem::path& path, FolderTrust trust) {
  PluginFile file;
  std::error_code problem;
  file.real_path = std::filesystem::canonical(path, problem);
  if (problem) return Invalid(fmt::format("expected to read it, found: {}", problem.message()));

  // Without O_NONBLOCK a named pipe would be waited for.
  const Descriptor opened(open(file.real_path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat facts;
  if (opened.get() < 0 || fstat(opened.get(), &facts) != 0) {
    return Invalid(fmt::format("expected to read it, found: {}", SystemMessage(errno)));
  }
  if (!S_ISREG(facts.st_mode)) return Invalid("expected a regular file, found something else");
  if (facts.st_size > kMaxFileSize) {
    return Invalid(fmt::format("expected at most {} bytes, found {}", kMaxFileSize, facts.st_size));
  }
  if (trust == FolderTrust::kOnlyOwners) {
    GW_CHECK(CheckWriters(file.real_path, facts));
    GW_CHECK(CheckFolder(file.real_path.parent_path(), trust));
  }
  GW_TRY(bytes, ReadAll(opened.get(), facts.st_size));
  file.identity = IdentityFrom(facts);
  file.sha256 = codec::Sha256Hex(bytes);
  file.bytes = std::move(bytes);
  return file;
}

}  // namespace gatewright::host
