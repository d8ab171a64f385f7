#include "server/api/turns.h"

#include <utility>

namespace gatewright::api {

void Turns::Take(Job job) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(job));
    if (is_taken_) return;
    is_taken_ = true;
  }
  BeginNext();
}

void Turns::BeginNext() {
  Job job;
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty()) {
      is_taken_ = false;
      return;
    }
    job = std::move(waiting_.front());
    waiting_.pop_front();
  }
  job([this] { BeginNext(); });
}

}  // namespace gatewright::api
