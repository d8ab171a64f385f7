// engine/storage/file_lock.cpp: flock(2) on a file beside the database. The file stays: removing
// it would let two processes lock two files of the same name.
#include "engine/storage/file_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

namespace gatewright::storage {
namespace {

namespace fs = std::filesystem;

Error CannotUse(std::string_view what, const fs::path& path, std::string_view why) {
  return Error{ErrorCode::kUnavailable,
               fmt::format("Could not {} {} as user id {}: {}. The database needs a folder this "
                           "user may write to.",
                           what, path.string(), geteuid(), why)};
}

std::string Holder(int descriptor) {
  char text[32] = {};
  const ssize_t size = pread(descriptor, text, sizeof(text) - 1, 0);
  std::string pid(text, size > 0 ? static_cast<std::size_t>(size) : 0);
  while (!pid.empty() && pid.back() == '\n') pid.pop_back();
  return pid.empty() ? "unknown" : pid;
}

}  // namespace

Result<FileLock> FileLock::Take(const std::string& database) {
  std::error_code problem;
  const fs::path path = fs::weakly_canonical(fs::absolute(database, problem), problem);
  if (problem) return CannotUse("find", database, problem.message());
  fs::create_directories(path.parent_path(), problem);
  if (problem) return CannotUse("create the folder", path.parent_path(), problem.message());
  if (fs::is_directory(path, problem)) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("Expected {} to be a file, found a folder.", path.string())};
  }

  const std::string lock_path = path.string() + ".lock";
  const int descriptor = open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) return CannotUse("write", lock_path, std::strerror(errno));
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    const int why = errno;
    const std::string holder = Holder(descriptor);
    close(descriptor);
    if (why != EWOULDBLOCK) return CannotUse("lock", lock_path, std::strerror(why));
    return Error{
        ErrorCode::kConflict,
        fmt::format("Another gatewright (process {}) is using {}. One process at a time may write "
                    "to a SQLite file: stop that one, or name another file. Several replicas need "
                    "PostgreSQL.",
                    holder, path.string())};
  }
  const std::string pid = fmt::format("{}\n", getpid());
  if (ftruncate(descriptor, 0) != 0 ||
      pwrite(descriptor, pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
    const int why = errno;
    close(descriptor);
    return CannotUse("write", lock_path, std::strerror(why));
  }
  return FileLock(descriptor, path.string());
}

FileLock::FileLock(int descriptor, std::string database)
    : descriptor_(descriptor), database_(std::move(database)) {}

FileLock::FileLock(FileLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), database_(std::move(other.database_)) {}

FileLock::~FileLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace gatewright::storage
