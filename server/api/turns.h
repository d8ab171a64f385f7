// server/api/turns.h: jobs that must not overlap, without a thread that waits: each is begun when
// the one before has said that it is done, on the thread that said so. Thread-safe.
#pragma once

#include <deque>
#include <functional>
#include <mutex>

namespace gatewright::api {

class Turns {
 public:
  // Has to call `done` exactly once, at once or later.
  using Job = std::function<void(std::function<void()> done)>;

  void Take(Job job);

 private:
  void BeginNext();

  std::mutex mutex_;
  std::deque<Job> waiting_;
  bool is_taken_ = false;
};

}  // namespace gatewright::api
