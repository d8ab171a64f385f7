// engine/storage/backup.cpp: SQLite copies the pages; what is ours is the order of the files.
#include "engine/storage/backup.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>

#include "engine/storage/file_lock.h"
#include "engine/storage/migrations.h"
#include "engine/storage/sqlite_error.h"
#include "engine/storage/sqlite_session.h"

namespace gatewright::storage {
namespace {

namespace fs = std::filesystem;

constexpr int kCopyCacheMb = 8;
constexpr int kAllPages = -1;

Error CannotCopy(std::string_view what, const std::string& path, int why) {
  return Error{ErrorCode::kUnavailable,
               fmt::format("Could not {} {}: {}.", what, path, std::strerror(why))};
}

// A file that is removed again unless it was put in its place.
class NewFile {
 public:
  static Result<NewFile> Create(std::string path) {
    const int descriptor = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (descriptor < 0) return CannotCopy("write", path, errno);
    close(descriptor);
    return NewFile(std::move(path));
  }
  NewFile(NewFile&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  NewFile& operator=(NewFile&&) = delete;
  ~NewFile() {
    if (path_.empty()) return;
    for (const char* part : {"", "-wal", "-shm", "-journal"}) unlink((path_ + part).c_str());
  }

  const std::string& path() const { return path_; }

  // On disk, under its name. Replaces what is there.
  Result<void> PutAt(const std::string& place) {
    GW_CHECK(Flush(path_));
    if (rename(path_.c_str(), place.c_str()) != 0) return CannotCopy("write", place, errno);
    path_.clear();
    return Flush(fs::path(place).parent_path().string());
  }

  static Result<void> Flush(const std::string& path) {
    const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const bool is_flushed = descriptor >= 0 && fsync(descriptor) == 0;
    const int why = errno;
    if (descriptor >= 0) close(descriptor);
    if (!is_flushed) return CannotCopy("flush", path, why);
    return {};
  }

 private:
  explicit NewFile(std::string path) : path_(std::move(path)) {}

  std::string path_;
};

// All pages in one step: the copy is of one moment, and nobody who writes waits for it.
void CopyPages(const std::string& from, const std::string& to) {
  soci::session source;
  soci::session target;
  OpenSession(source, from, Access::kReadOnly, kCopyCacheMb);
  OpenSession(target, to, Access::kReadWrite, kCopyCacheMb);
  auto* copy = sqlite_api::sqlite3_backup_init(Native(target), "main", Native(source), "main");
  if (copy == nullptr) {
    throw soci::sqlite3_soci_error("no copy", sqlite_api::sqlite3_extended_errcode(Native(target)));
  }
  sqlite_api::sqlite3_backup_step(copy, kAllPages);
  const int code = sqlite_api::sqlite3_backup_finish(copy);
  if (code != SQLITE_OK) throw soci::sqlite3_soci_error("the copy failed", code);
  std::string mode;
  target.once << "PRAGMA journal_mode=DELETE", soci::into(mode);  // one file and no other
}

Result<void> Exists(const std::string& path) {
  std::error_code ignored;
  if (fs::is_regular_file(path, ignored)) return {};
  return Error{ErrorCode::kNotFound, fmt::format("Expected a database at {}, found none.", path)};
}

Result<NewFile> Copy(const std::string& from, const std::string& to) {
  GW_CHECK(Exists(from));
  GW_TRY(file, NewFile::Create(to));
  GW_CHECK(Guarded("copy the database", from, [&]() -> Result<void> {
    CopyPages(fs::absolute(from), file.path());
    return {};
  }));
  return file;
}

Result<void> BringUpToDate(const std::string& path, const std::string& shown) {
  return Guarded("read the copy", shown, [&]() -> Result<void> {
    soci::session session;
    OpenSession(session, path, Access::kReadWrite, kCopyCacheMb);
    if (ReadSchema(session) == 0) {
      return Error{ErrorCode::kInvalid, fmt::format("{} is not a database of gatewright.", shown)};
    }
    GW_CHECK(Migrate(session, shown));
    std::string mode;
    session.once << "PRAGMA journal_mode=DELETE", soci::into(mode);
    return {};
  });
}

// The log of changes into the database's file, so that it is one file. One that is broken keeps
// its log beside it.
void JoinLog(const std::string& path) {
  try {
    soci::session session;
    OpenSession(session, path, Access::kReadWrite, kCopyCacheMb);
    session.once << "PRAGMA wal_checkpoint(TRUNCATE)";
  } catch (const std::exception&) {
  }
}

// A second name for what is there: whatever happens next, it is not lost.
Result<std::string> Keep(const std::string& path) {
  JoinLog(path);
  const std::string kept =
      fmt::format("{}.before-restore-{:%Y%m%dT%H%M%SZ}", path, fmt::gmtime(std::time(nullptr)));
  for (const char* part : {"", "-wal"}) {
    if (link((path + part).c_str(), (kept + part).c_str()) == 0 || errno == ENOENT) continue;
    return CannotCopy("keep the database that is there as", kept, errno);
  }
  GW_CHECK(NewFile::Flush(fs::path(path).parent_path().string()));
  for (const char* part : {"-wal", "-shm"}) unlink((path + part).c_str());
  return kept;
}

}  // namespace

Result<void> BackUp(const std::string& path, const std::string& to) {
  const std::string place = fs::absolute(to);
  std::error_code ignored;
  if (fs::exists(place, ignored)) {
    return Error{ErrorCode::kConflict,
                 fmt::format("{} exists already. Name a file that does not.", to)};
  }
  GW_TRY(file, Copy(path, place + ".part"));
  return file.PutAt(place);
}

Result<Restored> Restore(const std::string& from, const std::string& path, bool is_replacing,
                         const ReplayFn& replay, const ReplaySiteFn& replay_site) {
  GW_CHECK(Exists(from));
  GW_TRY(lock, FileLock::Take(path));
  const std::string& place = lock.database();
  std::error_code ignored;
  const bool is_there = fs::exists(place, ignored);
  if (is_there && !is_replacing) {
    return Error{ErrorCode::kConflict,
                 fmt::format("{} exists already. Add --replace to put it aside.", path)};
  }
  GW_TRY(file, Copy(from, place + ".part"));
  GW_CHECK(BringUpToDate(file.path(), from));
  Restored restored;
  GW_TRY(report, CheckDatabase(file.path(), replay, replay_site));
  if (!report.is_good()) {
    return Error{ErrorCode::kCorrupt, fmt::format("{}: {}", from, report.problem)};
  }
  restored.report = std::move(report);
  if (is_there) {
    GW_TRY(kept, Keep(place));
    restored.kept = std::move(kept);
  }
  GW_CHECK(file.PutAt(place));
  return restored;
}

}  // namespace gatewright::storage
