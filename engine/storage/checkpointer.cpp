// engine/storage/checkpointer.cpp: why there are two sides to it.
//
// A passive checkpoint flushes the database file only once it has caught up with the log. Under
// load the background thread never does, so the writer's last step would pay for flushing all of
// it (45-60 ms). The background thread therefore flushes the file itself after each round.
#include "engine/storage/checkpointer.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "engine/storage/sqlite_error.h"
#include "engine/storage/sqlite_session.h"

namespace gatewright::storage {
namespace {

constexpr int kRounds = 4;
constexpr int kCloseEnoughPages = 300;
constexpr int kRetryPages = 500;  // at least so many between two tries to start the log over
constexpr int kBackgroundCacheMb = 2;
constexpr auto kBackPressure = std::chrono::milliseconds(500);
constexpr int kReaderWaitMs = 100;
constexpr int kBusyTimeoutMs = 5'000;

// Through SQLite's own file handle: opening and closing the file again would drop its locks.
int Flush(sqlite_api::sqlite3* connection) {
  sqlite_api::sqlite3_file* file = nullptr;
  sqlite_api::sqlite3_file_control(connection, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (file == nullptr || file->pMethods == nullptr) return SQLITE_OK;
  return file->pMethods->xSync(file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
}

}  // namespace

Checkpointer::Checkpointer(std::string path, const StoreOptions& options)
    : path_(std::move(path)),
      start_pages_(options.checkpoint_pages),
      max_pages_(options.max_log_pages),
      retry_pages_(options.checkpoint_pages),
      thread_([this] { Work(); }) {}

Checkpointer::~Checkpointer() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Checkpointer::OnCommit(int pages) {
  if (pages < pages_.exchange(pages)) retry_pages_ = start_pages_;  // the log started over
  if (pages < retry_pages_ || is_ready_to_finish_) return;
  const std::lock_guard lock(mutex_);
  if (is_wanted_) return;
  is_wanted_ = true;
  wake_.notify_all();
}

void Checkpointer::Finish(soci::session& writer) {
  const bool is_full = pages_ >= max_pages_;
  if (is_full && !is_ready_to_finish_) {
    std::unique_lock lock(mutex_);
    idle_.wait_for(lock, kBackPressure, [this] { return !is_wanted_ || is_stopping_; });
  }
  if (!is_ready_to_finish_.exchange(false)) return;
  // A reader in the middle of a query keeps the log from starting over; it gets a moment only when
  // the log is too long, and the next try comes after another quarter.
  auto* connection = Native(writer);
  if (is_full) sqlite_api::sqlite3_busy_timeout(connection, kReaderWaitMs);
  const int code = sqlite_api::sqlite3_wal_checkpoint_v2(
      connection, nullptr, is_full ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE, nullptr,
      nullptr);
  if (is_full) sqlite_api::sqlite3_busy_timeout(connection, kBusyTimeoutMs);
  if (IsLostFlush(code)) lost_flush_ = code;
  retry_pages_ = pages_ + std::max(kRetryPages, start_pages_ / 4);
}

void Checkpointer::Work() {
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      is_wanted_ = false;
      idle_.notify_all();
      wake_.wait(lock, [this] { return is_wanted_ || is_stopping_; });
      if (is_stopping_) return;
    }
    try {
      // A connection per checkpoint: it is rare, and nothing of it can then be left open.
      soci::session session;
      OpenSession(session, path_, Access::kReadWrite, kBackgroundCacheMb);
      for (int round = 0; round < kRounds; ++round) {
        if (pages_ - CopyPages(session) < kCloseEnoughPages) break;
      }
      is_ready_to_finish_ = true;
    } catch (const std::exception& failure) {
      // A full disk among others: the log keeps everything, and the next commit asks again.
      if (const int code = SqliteCode(failure); IsLostFlush(code)) lost_flush_ = code;
    }
  }
}

int Checkpointer::CopyPages(soci::session& session) {
  int log_pages = 0;
  int copied = 0;
  auto* connection = Native(session);
  int code = sqlite_api::sqlite3_wal_checkpoint_v2(connection, nullptr, SQLITE_CHECKPOINT_PASSIVE,
                                                   &log_pages, &copied);
  if (code == SQLITE_OK) code = Flush(connection);
  if (code != SQLITE_OK && code != SQLITE_BUSY) {
    throw soci::sqlite3_soci_error("checkpoint failed", code);
  }
  return copied;
}

}  // namespace gatewright::storage
