// engine/runtime/waiters.h: callers that want to know when a run has settled, or how it is at their
// deadline. Thread-safe; callbacks are called without a lock held.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "engine/base/ids.h"
#include "engine/base/time.h"
#include "engine/core/run.h"

namespace gatewright::runtime {

class Waiters {
 public:
  using RunPtr = std::shared_ptr<const core::Run>;

  struct Waiter {
    std::function<bool(const core::Run&)> is_settled;
    Time deadline;
    std::function<void(RunPtr)> answer;
    RunPtr last_seen;  // what the caller gets at the deadline, if nothing newer came
  };

  void Add(RunId run, Waiter waiter);
  // A run moved on: answers those it settles.
  void Notify(const RunPtr& run);
  // Answers those whose deadline has come; returns the next deadline.
  std::optional<Time> Expire(Time now);

 private:
  std::mutex mutex_;
  std::unordered_map<RunId, std::vector<Waiter>> by_run_;
};

}  // namespace gatewright::runtime
