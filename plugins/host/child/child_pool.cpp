#include "plugins/host/child/child_pool.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "plugins/host/text.h"

namespace gatewright::host {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kStartLimit{10};
constexpr milliseconds kFirstPause{100};
constexpr std::size_t kTooMany = 5;  // failures in a row, until it gets a rest
constexpr seconds kRest{30};

Error Tired(ChildPool::Clock::time_point until) {
  const auto left = std::chrono::ceil<seconds>(until - ChildPool::Clock::now());
  return {ErrorCode::kUnavailable,
          fmt::format("its process failed {} times in a row; the next try is in {} s", kTooMany,
                      std::max<std::int64_t>(left.count(), 1))};
}

}  // namespace

Result<Described> ChildPool::Await(ChildProcess& child, Clock::time_point until) {
  for (;;) {
    GW_TRY(frame, child.socket().Receive(until));
    if (!frame) return Error{ErrorCode::kTimeout, "it was not loaded in time"};
    if (frame->type == FrameType::kDescribed) {
      return Unpacked<Described>(frame->payload, "introduction");
    }
    if (frame->type != FrameType::kLog) return Garbled("introduction");
    if (const auto said = Unpacked<LogMessage>(frame->payload, "line")) {
      Say(said->severity, CleanLine(said->offer), CleanLine(said->line));
    }
  }
}

Result<std::unique_ptr<ChildProcess>> ChildPool::StartProcess() const {
  const bool is_from_copy = options_.copy != nullptr && !options_.copy->IsStillTheFile();
  return ChildProcess::Start(options_.program, options_.sandbox,
                             is_from_copy ? options_.copy->descriptor() : kNoCopy);
}

Result<Described> ChildPool::Describe(Clock::time_point until) {
  GW_TRY(child, StartProcess());
  auto described = Await(*child, until);
  if (described) {
    const std::lock_guard lock(mutex_);
    ++count_;
    idle_.push_back(std::move(child));
    return described;
  }
  const bool is_gone = described.error().code == ErrorCode::kUnavailable;
  const std::string end = child->End(is_gone);
  if (end.empty()) return described;
  return Error{ErrorCode::kInternal, fmt::format("its process {} while it was loaded", end)};
}

// A new process has introduced itself before; that it says the same again is not looked at.
Result<std::unique_ptr<ChildProcess>> ChildPool::StartOne() {
  GW_TRY(child, StartProcess());
  const auto described = Await(*child, Clock::now() + kStartLimit);
  if (described && described->problem.empty()) return child;
  const std::string why = described ? described->problem : described.error().message;
  return Error{ErrorCode::kUnavailable, fmt::format("its process could not be started: {}", why)};
}

std::unique_ptr<ChildProcess> ChildPool::TakeIdleLocked() {
  if (idle_.empty()) return nullptr;
  auto child = std::move(idle_.back());
  idle_.pop_back();
  return child;
}

Result<std::unique_ptr<ChildProcess>> ChildPool::Take(Clock::time_point until) {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (auto child = TakeIdleLocked()) {
      lock.unlock();
      ForgetOld(*child);
      return child;
    }
    const auto now = Clock::now();
    const bool may_start = now >= not_before_;
    if (!may_start && failures_in_a_row_ >= kTooMany) return Tired(not_before_);
    if (may_start && count_ < options_.most) break;
    if (now >= until) {
      return Error{ErrorCode::kUnavailable,
                   fmt::format("all its {} processes were busy until the deadline", count_)};
    }
    something_is_free_.wait_until(lock, may_start ? until : std::min(until, not_before_));
  }
  ++count_;
  lock.unlock();
  auto child = StartOne();
  if (child) return child;
  Bury(nullptr, false);
  return child;
}

// Instances that nobody holds any more are destroyed when the process is used next.
void ChildPool::ForgetOld(ChildProcess& child) {
  std::vector<std::int64_t> old;
  {
    const std::lock_guard lock(mutex_);
    std::ranges::set_difference(child.made(), instances_, std::back_inserter(old));
  }
  for (const std::int64_t instance : old) {
    Packer out;
    out.Number(instance);
    // A process that does not take it fails at the call that follows.
    [[maybe_unused]] const auto sent =
        child.socket().Send(FrameType::kForget, out.bytes(), Clock::now() + kTakesOrder);
    child.made().erase(instance);
  }
}

void ChildPool::GiveBack(std::unique_ptr<ChildProcess> child) {
  // Whoever goes on talking after its answer is not asked again.
  const bool is_quiet = child->is_quiet();
  {
    const std::lock_guard lock(mutex_);
    failures_in_a_row_ = 0;
    if (is_quiet && is_kept_idle_ && idle_.size() < options_.most_idle) {
      idle_.push_back(std::move(child));
    } else {
      --count_;
    }
  }
  something_is_free_.notify_one();
}

std::string ChildPool::Bury(std::unique_ptr<ChildProcess> child, bool is_gone) {
  std::string end = child == nullptr ? "" : child->End(is_gone);
  child.reset();
  {
    const std::lock_guard lock(mutex_);
    --count_;
    ++failures_in_a_row_;
    ++failed_;
    const auto pause = failures_in_a_row_ >= kTooMany
                           ? Clock::duration(kRest)
                           : Clock::duration(kFirstPause * (1LL << (failures_in_a_row_ - 1)));
    // The first failure costs nobody else anything.
    not_before_ = failures_in_a_row_ == 1 ? Clock::time_point{} : Clock::now() + pause;
  }
  something_is_free_.notify_all();
  return end;
}

void ChildPool::KeepIdle(bool is_kept) {
  std::vector<std::unique_ptr<ChildProcess>> ended;
  const std::lock_guard lock(mutex_);
  is_kept_idle_ = is_kept;
  if (is_kept) return;
  ended.swap(idle_);
  count_ -= ended.size();
}

std::size_t ChildPool::running() const {
  const std::lock_guard lock(mutex_);
  return count_;
}

std::uint64_t ChildPool::failed() const {
  const std::lock_guard lock(mutex_);
  return failed_;
}

bool ChildPool::is_resting() const {
  const std::lock_guard lock(mutex_);
  return failures_in_a_row_ >= kTooMany && Clock::now() < not_before_;
}

std::int64_t ChildPool::NewInstance() {
  const std::lock_guard lock(mutex_);
  instances_.insert(++newest_instance_);
  return newest_instance_;
}

void ChildPool::Forget(std::int64_t instance) {
  const std::lock_guard lock(mutex_);
  instances_.erase(instance);
}

}  // namespace gatewright::host
