// server/api/background.h: a few threads for what a worker of the HTTP server must not wait for:
// publishing a workflow, reading the log for a subscriber that fell behind. Thread-safe.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace gatewright::api {

class Background {
 public:
  explicit Background(std::size_t threads, std::size_t max_jobs = 10'000);
  ~Background();  // finishes what is running, forgets the rest
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  // False when too much is waiting already; `job` is then not run.
  bool Post(std::function<void()> job);

 private:
  void Work();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_;
  const std::size_t max_jobs_;
  bool is_stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace gatewright::api
