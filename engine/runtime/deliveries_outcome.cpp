// What becomes of a delivery that was tried.
#include <fmt/format.h>

#include <utility>

#include "engine/runtime/deliveries.h"
#include "engine/runtime/retry_times.h"

namespace gatewright::runtime {
namespace {

constexpr std::size_t kMaxProblem = 500;

std::string ShortProblem(std::string text) {
  if (text.size() <= kMaxProblem) return text;
  std::size_t end = kMaxProblem;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  return text + "…";
}

}  // namespace

void Deliveries::Settle(const std::string& name, Task& task, const Result<void>& delivered,
                        const ports::DeliveryAdvice& advice) {
  const std::lock_guard lock(mutex_);
  Lane& lane = lanes_[name];
  for (ports::DeliveryRow& row : task.rows) ++row.tries;
  if (!delivered) return SettleFailed(name, lane, task, delivered.error(), advice);
  lane.failures = 0;
  lane.has_answered = true;
  Write(task, ports::DeliveryState::kDelivered, "");
  if (!task.is_forced || closed_.erase(name) == 0) return;
  ledger_.Open(name);
  log_.Info(fmt::format("notifier '{}' ({}) is told again: a replay got through",
                        task.rows.front().notifier, name));
}

void Deliveries::SettleFailed(const std::string& name, Lane& lane, Task& task, const Error& error,
                              const ports::DeliveryAdvice& advice) {
  const ports::DeliveryRow& first = task.rows.front();
  const std::string problem = ShortProblem(error.message);
  const std::string what = fmt::format("run {}: notifier '{}' did not take event {}",
                                       first.run.value, first.notifier, first.event);
  if (advice.is_gone) {
    Write(task, ports::DeliveryState::kDisabled, problem);
    return Close(name, lane, first.notifier, problem);
  }
  if (error.code == ErrorCode::kInvalid) {
    lane.failures = 0;
    lane.has_answered = true;
    log_.Error(fmt::format("{}: {}; it is not tried again", what, problem));
    return Write(task, ports::DeliveryState::kFailed, problem);
  }
  const Time now = clock_.Now();
  ++lane.failures;
  lane.paused_until = now + PauseAfter(lane.failures, advice.retry_after);
  PutBack(lane);
  const double chance = static_cast<double>(random_() - std::minstd_rand::min()) /
                        static_cast<double>(std::minstd_rand::max());
  const auto wait = WaitAfter(first.tries, chance, advice.retry_after);
  if (!wait) {
    log_.Error(fmt::format("{} and is given up after {} tries: {}", what, first.tries, problem));
    return Write(task, ports::DeliveryState::kFailed, problem);
  }
  log_.Warning(fmt::format("{}: {}; tried again in {}", what, problem,
                           FormatDuration(std::chrono::ceil<std::chrono::seconds>(*wait))));
  for (ports::DeliveryRow& row : task.rows) row.due = now + *wait;
  Write(task, ports::DeliveryState::kPending, problem);
  Wait(lane, now + *wait);
}

// What waits behind a failed one goes on waiting, in the store.
void Deliveries::PutBack(Lane& lane) {
  for (const Task& task : lane.queue) {
    for (const ports::DeliveryRow& row : task.rows) {
      held_.erase(row.id);
      Wait(lane, row.due);
    }
  }
  lane.queue.clear();
}

void Deliveries::Close(const std::string& name, Lane& lane, const std::string& notifier,
                       const std::string& reason) {
  const ports::ClosedLane closed{name, reason, clock_.Now()};
  if (!closed_.emplace(name, closed).second) return;
  ledger_.Close(closed);
  PutBack(lane);
  log_.Error(
      fmt::format("notifier '{}' is told nothing more: {}; replay a delivery to tell it "
                  "again, or publish the workflow anew ({})",
                  notifier, reason, name));
}

void Deliveries::Write(Task& task, ports::DeliveryState state, const std::string& problem) {
  const Time now = clock_.Now();
  for (ports::DeliveryRow& row : task.rows) {
    row.state = state;
    row.problem = problem;
    row.updated_at = now;
    ledger_.Put(row);
    ++counts_[{row.notifier, state}];
  }
}

std::vector<DeliveryCount> Deliveries::Counts() const {
  std::vector<DeliveryCount> counts;
  const std::lock_guard lock(mutex_);
  for (const auto& [key, count] : counts_) counts.push_back({key.first, key.second, count});
  return counts;
}

}  // namespace gatewright::runtime
