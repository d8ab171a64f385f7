#include "server/api/background.h"

#include <utility>

namespace gatewright::api {
Background::Background(std::size_t threads, std::size_t max_jobs) : max_jobs_(max_jobs) {
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
}

Background::~Background() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool Background::Post(std::function<void()> job) {
  {
    const std::lock_guard lock(mutex_);
    if (is_stopping_ || jobs_.size() >= max_jobs_) return false;
    jobs_.push_back(std::move(job));
  }
  changed_.notify_one();
  return true;
}

void Background::Work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return is_stopping_ || !jobs_.empty(); });
    if (is_stopping_) return;
    auto job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
    job = nullptr;
    lock.lock();
  }
}

}  // namespace gatewright::api
