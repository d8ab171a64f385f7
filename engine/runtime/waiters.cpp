#include "engine/runtime/waiters.h"

#include <algorithm>
#include <utility>

namespace gatewright::runtime {

void Waiters::Add(RunId run, Waiter waiter) {
  const std::lock_guard lock(mutex_);
  by_run_[run].push_back(std::move(waiter));
}

void Waiters::Notify(const RunPtr& run) {
  std::vector<Waiter> settled;
  {
    const std::lock_guard lock(mutex_);
    const auto found = by_run_.find(run->id);
    if (found == by_run_.end()) return;
    auto& waiting = found->second;
    for (Waiter& waiter : waiting) waiter.last_seen = run;
    const auto first_settled = std::partition(waiting.begin(), waiting.end(),
                                              [&](const Waiter& w) { return !w.is_settled(*run); });
    std::move(first_settled, waiting.end(), std::back_inserter(settled));
    waiting.erase(first_settled, waiting.end());
    if (waiting.empty()) by_run_.erase(found);
  }
  for (Waiter& waiter : settled) waiter.answer(run);
}

std::optional<Time> Waiters::Expire(Time now) {
  std::vector<Waiter> expired;
  std::optional<Time> next;
  {
    const std::lock_guard lock(mutex_);
    for (auto run = by_run_.begin(); run != by_run_.end();) {
      auto& waiting = run->second;
      const auto first_expired = std::partition(waiting.begin(), waiting.end(),
                                                [&](const Waiter& w) { return w.deadline > now; });
      std::move(first_expired, waiting.end(), std::back_inserter(expired));
      waiting.erase(first_expired, waiting.end());
      for (const Waiter& waiter : waiting)
        next = std::min(next.value_or(waiter.deadline), waiter.deadline);
      run = waiting.empty() ? by_run_.erase(run) : std::next(run);
    }
  }
  for (Waiter& waiter : expired) waiter.answer(std::move(waiter.last_seen));
  return next;
}

}  // namespace gatewright::runtime
