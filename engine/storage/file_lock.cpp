// engine/storage/file_lock.cpp: flock(2) on a file beside the database. The file stays: removing
// it would let two processes lock two files of the same name.
#include "engine/storage/file_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <thread>
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

// What a killed process was starting just then holds its files until it runs: a moment.
bool IsGone(const std::string& pid) {
  const long number = std::strtol(pid.c_str(), nullptr, 10);
  return number > 0 && kill(static_cast<pid_t>(number), 0) != 0 && errno == ESRCH;
}

// As flock(2) says it. Waits for nobody but those who are gone.
int LockSoon(int descriptor) {
  constexpr auto kPatience = std::chrono::seconds{2};
  constexpr auto kPause = std::chrono::milliseconds{10};
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    const int why = errno;
    const bool may_come = why == EWOULDBLOCK && std::chrono::steady_clock::now() < until;
    if (!may_come || !IsGone(Holder(descriptor))) return why;
    std::this_thread::sleep_for(kPause);
  }
  return 0;
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
  if (const int why = LockSoon(descriptor); why != 0) {
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
