// plugins/host/child/child_pool.h: the processes of one library. Every call has one to itself, so
// that what goes wrong costs that call alone. Thread-safe.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "plugins/host/child/child_process.h"
#include "plugins/host/child/kept_copy.h"
#include "plugins/host/child/sandbox.h"

namespace gatewright::host {

struct ChildOptions {
  std::filesystem::path program;  // what knows `plugin-host`: the server itself
  SandboxOptions sandbox;
  std::shared_ptr<const KeptCopy> copy{};  // null: there is none, the file is what it was
  std::size_t most = 16;                   // processes at once; whoever comes then waits
  std::size_t most_idle = 2;               // kept for the next call
};

class ChildPool {
 public:
  using Clock = ChildProcess::Clock;

  // `log` takes lines about the processes themselves, and what the plugin says meanwhile.
  using Log = std::function<void(LogSeverity, std::string_view offer, std::string_view line)>;

  ChildPool(ChildOptions options, Log log) : options_(std::move(options)), log_(std::move(log)) {}

  // What the library says of itself, asked of a first process.
  Result<Described> Describe(Clock::time_point until);

  // A process for one call. Waits for one that is free until `until`. After failures in a row a new
  // one is started later and later; after kTooMany none is, for a while, and the call fails at
  // once.
  Result<std::unique_ptr<ChildProcess>> Take(Clock::time_point until);
  // The call ended as it should.
  void GiveBack(std::unique_ptr<ChildProcess> child);
  // The call ended otherwise: says how the process ended, see ChildProcess::End.
  std::string Bury(std::unique_ptr<ChildProcess> child, bool is_gone);

  // Of a version that few calls are left for: no process is kept for the next one.
  void KeepIdle(bool is_kept);

  std::size_t running() const;
  std::uint64_t failed() const;
  bool is_resting() const;

  // Numbers for instances; an instance that is forgotten is destroyed wherever it was made.
  std::int64_t NewInstance();
  void Forget(std::int64_t instance);

  void Say(LogSeverity severity, std::string_view offer, std::string_view line) const {
    log_(severity, offer, line);
  }

 private:
  std::unique_ptr<ChildProcess> TakeIdleLocked();
  Result<std::unique_ptr<ChildProcess>> StartProcess() const;
  Result<std::unique_ptr<ChildProcess>> StartOne();
  Result<Described> Await(ChildProcess& child, Clock::time_point until);
  void ForgetOld(ChildProcess& child);

  const ChildOptions options_;
  const Log log_;

  mutable std::mutex mutex_;  // guards everything below
  std::condition_variable something_is_free_;
  std::vector<std::unique_ptr<ChildProcess>> idle_;
  bool is_kept_idle_ = true;
  std::size_t count_ = 0;  // that run, idle or not
  std::size_t failures_in_a_row_ = 0;
  std::uint64_t failed_ = 0;
  Clock::time_point not_before_{};  // no new process until then
  std::int64_t newest_instance_ = 0;
  std::set<std::int64_t> instances_;
};

}  // namespace gatewright::host
