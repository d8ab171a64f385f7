#include "engine/runtime/outside.h"

#include <algorithm>
#include <utility>

namespace gatewright::runtime {
namespace {

// Questions are short; a few that hang must not keep the others waiting.
constexpr std::size_t kWorkers = 8;
constexpr Duration kAskStoppedEvery = std::chrono::seconds{2};
constexpr Duration kStopGrace = std::chrono::minutes{1};
constexpr Duration kLongestInterval = std::chrono::minutes{5};
constexpr Duration kFirstInterval = std::chrono::seconds{1};

bool HasEnded(const Result<ports::AttemptReport>& report) {
  return report && report->outcome != ports::AttemptOutcome::kRunning;
}

}  // namespace

Outside::Outside(Around around)
    : around_(std::move(around)),
      workers_(kWorkers),
      alarm_(around_.clock, "gw-outside", [this] { return Look(); }) {}

void Outside::Stop() {
  alarm_.Stop();
  workers_.Stop();
}

void Outside::Watch(const AttemptKey& key, Time deadline, Duration ask_after) {
  Watched watched;
  watched.deadline = deadline;
  watched.ask_every = ask_after;
  if (ask_after > Duration{0}) watched.ask_at = around_.clock.Now() + ask_after;
  Add(key, watched);
}

void Outside::Recover(const AttemptKey& key, const core::Attempt& attempt, std::int64_t stored) {
  Watched watched;
  watched.deadline = attempt.deadline.value_or(around_.clock.Now());
  watched.ask_at = around_.clock.Now();
  watched.stored = stored;
  watched.is_handed_over = attempt.is_handed_over;
  Add(key, watched);
}

bool Outside::AskToStop(const AttemptKey& key) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = watched_.find(key);
    if (found == watched_.end()) return false;
    Watched& watched = found->second;
    const Time now = around_.clock.Now();
    if (!watched.give_up_at) watched.give_up_at = now + kStopGrace;
    watched.ask_at = now;
    if (watched.look_at) Queue(key, watched);
  }
  alarm_.Poke();
  return true;
}

bool Outside::Forget(const AttemptKey& key) {
  const std::lock_guard lock(mutex_);
  const auto found = watched_.find(key);
  if (found == watched_.end()) return false;
  Unqueue(key, found->second);
  watched_.erase(found);
  return true;
}

void Outside::Ended(const AttemptKey& key) {
  if (!Forget(key)) return;
  // Waits for what is on its way into the log: not on the thread that writes it.
  workers_.Post([this, key] { around_.outputs.Finish(key.first, key.second); });
}

bool Outside::Has(const AttemptKey& key) const {
  const std::lock_guard lock(mutex_);
  return watched_.contains(key);
}

std::size_t Outside::size() const {
  const std::lock_guard lock(mutex_);
  return watched_.size();
}

std::optional<Outside::Watched> Outside::Find(const AttemptKey& key) const {
  const std::lock_guard lock(mutex_);
  const auto found = watched_.find(key);
  return found == watched_.end() ? std::nullopt : std::optional(found->second);
}

void Outside::Unqueue(const AttemptKey& key, Watched& watched) {
  if (watched.look_at) order_.erase({*watched.look_at, key});
  watched.look_at.reset();
}

void Outside::Queue(const AttemptKey& key, Watched& watched) {
  Unqueue(key, watched);
  Time next = std::min(watched.deadline, watched.ask_at.value_or(watched.deadline));
  if (watched.give_up_at) next = std::min(next, *watched.give_up_at);
  watched.look_at = next;
  order_.emplace(next, key);
}

void Outside::Add(const AttemptKey& key, const Watched& watched) {
  {
    const std::lock_guard lock(mutex_);
    const auto [added, is_new] = watched_.emplace(key, watched);
    if (is_new) Queue(key, added->second);
  }
  alarm_.Poke();
}

void Outside::GoOn(const AttemptKey& key, Watched watched) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = watched_.find(key);
    if (found == watched_.end()) return;
    if (found->second.give_up_at && !watched.give_up_at) {  // asked to stop during the question
      watched.give_up_at = found->second.give_up_at;
      watched.ask_at = found->second.ask_at;
    }
    found->second = watched;
    Queue(key, found->second);
  }
  alarm_.Poke();
}

std::optional<Time> Outside::Look() {
  const Time now = around_.clock.Now();
  const std::lock_guard lock(mutex_);
  while (!order_.empty() && order_.begin()->first <= now) {
    const AttemptKey key = order_.begin()->second;
    Unqueue(key, watched_.at(key));
    workers_.Post([this, key] { Ask(key); });
  }
  return order_.empty() ? std::nullopt : std::optional(order_.begin()->first);
}

void Outside::Ask(const AttemptKey& key) {
  auto watched = Find(key);
  if (!watched) return;
  const auto loaded = around_.runs.Load(key.first);
  if (!loaded) {  // the store is in trouble: later
    watched->ask_at = around_.clock.Now() + kFirstInterval;
    return GoOn(key, *watched);
  }
  const core::Attempt* attempt = *loaded ? (*loaded)->run.FindAttempt(key.second) : nullptr;
  if (attempt == nullptr || attempt->state != core::AttemptState::kStarted) return Ended(key);
  const LoadedRun& run = **loaded;
  const Time now = around_.clock.Now();
  const bool is_to_end = watched->give_up_at || now >= watched->deadline;
  const auto output = around_.outputs.Open(key.first, key.second, watched->stored);
  if (is_to_end && !std::exchange(watched->was_told, true) &&
      around_.calls.CanStop(run, key.second)) {
    return Settle(key, run, around_.calls.Stop(run, key.second, *output), *watched);
  }
  if (around_.calls.CanProbe(run, key.second)) {
    return Settle(key, run, around_.calls.Probe(run, key.second, *output), *watched);
  }
  watched->ask_every = Duration{0};
  Settle(key, run, Error{ErrorCode::kInvalid, "its executor cannot be asked about it"}, *watched);
}

// What the answer means: the end, or when to look next.
void Outside::Settle(const AttemptKey& key, const LoadedRun& run, const Report& report,
                     Watched watched) {
  const core::Attempt& attempt = *run.run.FindAttempt(key.second);
  if (HasEnded(report)) return End(key, EndOf(attempt, report));
  const Time now = around_.clock.Now();
  const bool is_silent = !report && report.error().code == ErrorCode::kInvalid;
  if (!watched.is_handed_over && !report && (is_silent || now >= watched.deadline)) {
    return End(key, EndOf(attempt, core::AttemptEnd::kUnknown,
                          is_silent ? "the engine stopped during the attempt"
                                    : "the engine stopped during the attempt; then: " +
                                          report.error().message));
  }
  if (now >= watched.deadline) {
    return End(key, EndOf(attempt, core::AttemptEnd::kTimedOut,
                          "what went on outside had not ended at the deadline"));
  }
  if (watched.give_up_at && (is_silent || now >= *watched.give_up_at)) {
    return End(key, EndOf(attempt, core::AttemptEnd::kUnknown,
                          "was asked to stop, and nobody said that it has"));
  }
  const bool is_news = report && (!report->handle.empty() && report->handle != attempt.handle);
  if (report && (!watched.is_handed_over || is_news)) {
    around_.is_elsewhere(key.first,
                         {attempt.number, attempt.fencing_token, report->handle, report->summary});
    watched.is_handed_over = true;
  }
  if (report) watched.ask_every = report->ask_again_after;
  if (!report && !is_silent) {
    watched.ask_every = std::clamp(watched.ask_every * 2, kFirstInterval, kLongestInterval);
  }
  if (watched.give_up_at) watched.ask_every = kAskStoppedEvery;
  watched.ask_at.reset();
  if (watched.ask_every > Duration{0}) watched.ask_at = now + watched.ask_every;
  GoOn(key, watched);
}

void Outside::End(const AttemptKey& key, core::FinishAttempt end) {
  Forget(key);
  around_.end(key.first, std::move(end));
}

}  // namespace gatewright::runtime
