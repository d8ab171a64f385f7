// plugins/host/child/remote_ports.h: what a library offers, called in a process of its own. What
// comes back is thread-safe; every call takes a process for itself.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "engine/ports/plugins.h"
#include "plugins/host/child/child_pool.h"

namespace gatewright::host {

struct RemoteLimits {
  Duration create_limit = std::chrono::seconds{5};
  // After the deadline, until its process is killed.
  Duration late = std::chrono::milliseconds{250};
  // After a cancel, until its process is killed: time to stop an action in good order.
  Duration cancel_grace = std::chrono::seconds{10};
  std::function<Time()> now;
};

// One place in one workflow version. Its create() is called where a call needs it.
class RemoteInstance {
 public:
  RemoteInstance(std::shared_ptr<ChildPool> pool, const ports::Offer& offer,
                 std::string_view config_json, RemoteLimits limits);
  ~RemoteInstance();
  RemoteInstance(const RemoteInstance&) = delete;
  RemoteInstance& operator=(const RemoteInstance&) = delete;

  // Calls create() once, to see whether it takes the config.
  Result<void> TryMake();
  // The packed answer to `call`. An Error is about the process: kUnavailable = the plugin was not
  // called; kInternal = its process ended inside the call, nobody knows how far it came; kTimeout
  // and kCancelled = it did not end in time and was killed.
  Result<std::string> Ask(CallMessage call, ports::AttemptSink* sink = nullptr,
                          const std::atomic<bool>* cancelled = nullptr);

 private:
  using Clock = ChildPool::Clock;

  Result<std::unique_ptr<ChildProcess>> Ready(Clock::time_point until);
  Result<void> MakeIn(ChildProcess& child, Result<void>& made);
  Error Failure(ErrorCode code, std::string_view what) const;
  Error Broken(std::unique_ptr<ChildProcess> child, const Error& error);

  std::shared_ptr<ChildPool> pool_;
  ports::PluginKind kind_;
  std::string name_;
  std::string config_json_;
  RemoteLimits limits_;
  std::int64_t number_;
};

std::shared_ptr<ports::Approver> AsRemoteApprover(std::shared_ptr<RemoteInstance> instance);
std::shared_ptr<ports::Policy> AsRemotePolicy(std::shared_ptr<RemoteInstance> instance);
std::shared_ptr<ports::Executor> AsRemoteExecutor(std::shared_ptr<RemoteInstance> instance);
std::shared_ptr<ports::Notifier> AsRemoteNotifier(std::shared_ptr<RemoteInstance> instance);

}  // namespace gatewright::host
