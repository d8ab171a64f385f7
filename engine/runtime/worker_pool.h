// engine/runtime/worker_pool.h: a fixed number of threads for work that may block: plugin calls.
// Thread-safe. The queue is bounded by its callers' own limits (one task per attempt or ask).
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace gatewright::runtime {

class WorkerPool {
 public:
  explicit WorkerPool(std::size_t threads);
  ~WorkerPool() { Stop(); }

  // False when the pool is stopping; then the task will not run.
  bool Post(std::function<void()> task);
  // Drops what has not begun, waits for what has.
  void Stop();

  std::size_t busy() const;
  std::size_t queued() const;

 private:
  void Work();

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> tasks_;
  std::size_t busy_ = 0;
  bool is_stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace gatewright::runtime
