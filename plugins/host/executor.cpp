// Executors: calls that last, with output on the way and somebody who may want them to stop.
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

#include "plugins/host/ports_of_instances.h"
#include "plugins/host/raw_context.h"

namespace gatewright::host {
namespace {

// Tells a plugin that has a cancel() when its start() should stop. Its destructor waits until that
// has been told, so that cancel() never comes after start() has returned.
class CancelWatch {
 public:
  CancelWatch(Instance& instance, const HostCall& call, gw_string attempt_id)
      : instance_(instance), call_(call), attempt_id_(attempt_id) {
    if (instance.functions<gw_executor>().cancel != nullptr) {
      thread_ = std::jthread([this](std::stop_token stop) { Watch(stop); });
    }
  }

 private:
  void Watch(const std::stop_token& stop) {
    constexpr auto kLook = std::chrono::milliseconds{50};
    std::mutex mutex;
    std::condition_variable_any stopped;
    std::unique_lock lock(mutex);
    while (!stop.stop_requested()) {
      if (call_.is_cancelled() || call_.is_late()) {
        Tell();
        return;
      }
      stopped.wait_for(lock, stop, kLook, [] { return false; });
    }
  }

  void Tell() {
    try {
      instance_.functions<gw_executor>().cancel(instance_.raw(), attempt_id_);
    } catch (...) {
      instance_.environment().log(
          LogSeverity::kError, instance_.offer().offer.name,
          "broke its contract: an exception crossed the C boundary of cancel()");
    }
  }

  Instance& instance_;
  const HostCall& call_;
  gw_string attempt_id_;
  std::jthread thread_;  // last: it uses everything above
};

class ExecutorPort final : public ports::Executor {
 public:
  explicit ExecutorPort(std::shared_ptr<Instance> instance) : instance_(std::move(instance)) {}

  Result<ports::AttemptReport> Start(const ports::AttemptRequest& request, ports::AttemptSink& sink,
                                     Duration limit, const std::atomic<bool>& cancelled) override {
    HostCall call(instance_->environment(), instance_->offer(), limit);
    call.SetSink(sink);
    call.SetCancelled(cancelled);
    return Run(functions().start, request, call,
               [&] { return CancelWatch(*instance_, call, Borrow(request.attempt_id)); });
  }

  Result<ports::AttemptReport> Probe(const ports::AttemptRequest& request, ports::AttemptSink& sink,
                                     Duration limit) override {
    HostCall call(instance_->environment(), instance_->offer(), limit);
    call.SetSink(sink);
    if (functions().probe == nullptr) {
      return call.Failure(ErrorCode::kInvalid, "cannot tell what became of an attempt (no probe)");
    }
    return Run(functions().probe, request, call, [] { return 0; });
  }

  Result<ports::AttemptReport> Stop(const ports::AttemptRequest& request, ports::AttemptSink& sink,
                                    Duration limit) override {
    HostCall call(instance_->environment(), instance_->offer(), limit);
    call.SetSink(sink);
    if (functions().stop == nullptr) {
      return call.Failure(ErrorCode::kInvalid, "cannot end what goes on outside (no stop)");
    }
    return Run(functions().stop, request, call, [] { return 0; });
  }

  Result<ports::AttemptReport> Rollback(const ports::AttemptRequest& request,
                                        ports::AttemptSink& sink, Duration limit,
                                        const std::atomic<bool>& cancelled) override {
    HostCall call(instance_->environment(), instance_->offer(), limit);
    call.SetSink(sink);
    call.SetCancelled(cancelled);
    if (functions().rollback == nullptr) {
      return call.Failure(ErrorCode::kInvalid, "cannot undo an attempt (no rollback)");
    }
    return Run(functions().rollback, request, call, [] { return 0; });
  }

 private:
  using Function = gw_status (*)(void*, const gw_attempt*, const gw_call*);

  const gw_executor& functions() const { return instance_->functions<gw_executor>(); }

  // `watch` makes what lives as long as the plugin is inside.
  template <class Watch>
  Result<ports::AttemptReport> Run(Function function, const ports::AttemptRequest& request,
                                   HostCall& call, Watch watch) {
    const gw_context context = MakeRaw(request.context);
    const gw_attempt attempt = {sizeof attempt,
                                0,
                                &context,
                                Borrow(request.attempt_id),
                                request.number,
                                request.fencing_token,
                                Borrow(request.handle)};
    GW_TRY(status, instance_->Enter(call, [&] {
      [[maybe_unused]] const auto watching = watch();
      return function(instance_->raw(), &attempt, call.raw());
    }));
    return call.TakeReport(status);
  }

  std::shared_ptr<Instance> instance_;
};

}  // namespace

std::shared_ptr<ports::Executor> AsExecutor(std::shared_ptr<Instance> instance) {
  return std::make_shared<ExecutorPort>(std::move(instance));
}

}  // namespace gatewright::host
