// engine/storage/checkpointer.h: copies the write-ahead log into the database file in the
// background, so that no commit pays for it, and keeps the log from growing without bound.
// OnCommit and Finish belong to the writer's thread; the rest is thread-safe.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "engine/base/result.h"
#include "engine/storage/store_options.h"

namespace soci {
class session;
}

namespace gatewright::storage {

class Checkpointer {
 public:
  // `path` must stay open for writing by somebody else while this lives.
  Checkpointer(std::string path, const StoreOptions& options);
  ~Checkpointer();

  // The log is `pages` long after a commit.
  void OnCommit(int pages);

  // Called by the writer between two transactions, with its own connection: does the small last
  // part of a checkpoint, which only the writer can do without being outrun, so that the log starts
  // over. When the log has reached its maximum, waits a moment for the background and for readers.
  void Finish(soci::session& writer);

  // An I/O error of the background thread after which nothing may be written, 0 = none.
  int lost_flush() const { return lost_flush_.load(); }

 private:
  void Work();
  // Returns how many pages are copied so far.
  int CopyPages(soci::session& session);

  const std::string path_;
  const int start_pages_;
  const int max_pages_;

  int retry_pages_;  // length of the log at which the writer tries again to start it over
  std::atomic<int> pages_{0};
  std::atomic<bool> is_ready_to_finish_{false};
  std::atomic<int> lost_flush_{0};

  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable idle_;
  bool is_wanted_ = false;  // these two under mutex_
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace gatewright::storage
