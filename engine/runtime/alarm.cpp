#include "engine/runtime/alarm.h"

#include <pthread.h>

#include <algorithm>

namespace gatewright::runtime {
namespace {

// However far away the next time is, the clock is looked at this often: it may be set, or be a
// test's.
constexpr Duration kLongestSleep = std::chrono::seconds{1};

}  // namespace

void Alarm::Start() {
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), thread_name_.c_str());
    Run();
  });
}

void Alarm::Stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Alarm::Poke() {
  {
    const std::lock_guard lock(mutex_);
    is_poked_ = true;
  }
  wake_.notify_all();
}

void Alarm::PokeAt(Time due) {
  {
    const std::lock_guard lock(mutex_);
    if (next_ && *next_ <= due) return;
    next_ = due;
  }
  wake_.notify_all();
}

void Alarm::Run() {
  std::unique_lock lock(mutex_);
  while (!is_stopping_) {
    const Time now = clock_.Now();
    if (!is_poked_ && (!next_ || *next_ > now)) {
      if (!next_) {
        wake_.wait(lock);
      } else {
        wake_.wait_for(lock, std::min(kLongestSleep, *next_ - now));
      }
      continue;
    }
    is_poked_ = false;
    next_.reset();
    lock.unlock();
    const auto again = work_();
    lock.lock();
    if (again && (!next_ || *again < *next_)) next_ = again;
  }
}

}  // namespace gatewright::runtime
