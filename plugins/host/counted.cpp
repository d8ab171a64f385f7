#include "plugins/host/counted.h"

#include <string_view>
#include <utility>

namespace gatewright::host {
namespace {

constexpr std::array<std::string_view, 6> kWords = {"ok",      "invalid",   "unavailable",
                                                    "timeout", "cancelled", "internal"};

std::size_t IndexOf(const Error* error) {
  if (error == nullptr) return 0;
  switch (error->code) {
    case ErrorCode::kInvalid:
    case ErrorCode::kNotFound:
    case ErrorCode::kConflict:
      return 1;
    case ErrorCode::kUnavailable:
      return 2;
    case ErrorCode::kTimeout:
      return 3;
    case ErrorCode::kCancelled:
      return 4;
    case ErrorCode::kCorrupt:
    case ErrorCode::kInternal:
      break;
  }
  return 5;
}

template <class Call>
auto Count(CallCounts& counts, Call call) {
  const auto began = CallCounts::Clock::now();
  auto result = call();
  counts.Add(result ? nullptr : &result.error(), began);
  return result;
}

// Keeps the port and what it counts.
template <class Port>
class CountedPort : public Port {
 public:
  CountedPort(std::shared_ptr<Port> port, std::shared_ptr<CallCounts> counts)
      : port_(std::move(port)), counts_(std::move(counts)) {}

 protected:
  std::shared_ptr<Port> port_;
  std::shared_ptr<CallCounts> counts_;
};

class CountedApprover final : public CountedPort<ports::Approver> {
 public:
  using CountedPort::CountedPort;
  Result<ports::Eligibility> Check(const ports::Context& context, const core::Principal& principal,
                                   Duration limit) override {
    return Count(*counts_, [&] { return port_->Check(context, principal, limit); });
  }
};

class CountedPolicy final : public CountedPort<ports::Policy> {
 public:
  using CountedPort::CountedPort;
  Result<ports::PolicyVerdict> Evaluate(const ports::Context& context, Duration limit) override {
    return Count(*counts_, [&] { return port_->Evaluate(context, limit); });
  }
};

class CountedExecutor final : public CountedPort<ports::Executor> {
 public:
  using CountedPort::CountedPort;
  using Report = Result<ports::AttemptReport>;
  Report Start(const ports::AttemptRequest& request, ports::AttemptSink& sink, Duration limit,
               const std::atomic<bool>& cancelled) override {
    return Count(*counts_, [&] { return port_->Start(request, sink, limit, cancelled); });
  }
  Report Probe(const ports::AttemptRequest& request, ports::AttemptSink& sink,
               Duration limit) override {
    return Count(*counts_, [&] { return port_->Probe(request, sink, limit); });
  }
  Report Stop(const ports::AttemptRequest& request, ports::AttemptSink& sink,
              Duration limit) override {
    return Count(*counts_, [&] { return port_->Stop(request, sink, limit); });
  }
  Report Rollback(const ports::AttemptRequest& request, ports::AttemptSink& sink, Duration limit,
                  const std::atomic<bool>& cancelled) override {
    return Count(*counts_, [&] { return port_->Rollback(request, sink, limit, cancelled); });
  }
};

class CountedNotifier final : public CountedPort<ports::Notifier> {
 public:
  using CountedPort::CountedPort;
  Result<void> Deliver(std::string_view event_id, std::string_view event_type,
                       std::string_view event_json, Duration limit,
                       ports::DeliveryAdvice* advice) override {
    return Count(*counts_,
                 [&] { return port_->Deliver(event_id, event_type, event_json, limit, advice); });
  }
};

}  // namespace

void CallCounts::Add(const Error* error, Clock::time_point began) {
  calls_[IndexOf(error)].fetch_add(1, std::memory_order_relaxed);
  const auto took =
      std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - began).count();
  nanoseconds_.fetch_add(static_cast<std::uint64_t>(took), std::memory_order_relaxed);
}

void CallCounts::CopyTo(ports::OfferUsage& usage) const {
  for (std::size_t i = 0; i < kWords.size(); ++i) usage.calls.emplace_back(kWords[i], calls_[i]);
  usage.seconds = static_cast<double>(nanoseconds_) / 1e9;
}

std::shared_ptr<ports::Approver> Counted(std::shared_ptr<ports::Approver> port,
                                         std::shared_ptr<CallCounts> counts) {
  return std::make_shared<CountedApprover>(std::move(port), std::move(counts));
}

std::shared_ptr<ports::Policy> Counted(std::shared_ptr<ports::Policy> port,
                                       std::shared_ptr<CallCounts> counts) {
  return std::make_shared<CountedPolicy>(std::move(port), std::move(counts));
}

std::shared_ptr<ports::Executor> Counted(std::shared_ptr<ports::Executor> port,
                                         std::shared_ptr<CallCounts> counts) {
  return std::make_shared<CountedExecutor>(std::move(port), std::move(counts));
}

std::shared_ptr<ports::Notifier> Counted(std::shared_ptr<ports::Notifier> port,
                                         std::shared_ptr<CallCounts> counts) {
  return std::make_shared<CountedNotifier>(std::move(port), std::move(counts));
}

}  // namespace gatewright::host
