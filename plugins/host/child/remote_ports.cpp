#include "plugins/host/child/remote_ports.h"

#include <fmt/format.h>

#include <utility>

namespace gatewright::host {
namespace {

CallMessage Question(Function function, const ports::Context& context, Duration limit) {
  CallMessage call;
  call.function = function;
  call.limit = limit;
  call.request.context = context;
  return call;
}

template <class Value>
Result<Value> Answer(const Result<std::string>& bytes) {
  if (!bytes) return bytes.error();
  return UnpackedResult<Value>(*bytes);
}

class RemoteApprover final : public ports::Approver {
 public:
  explicit RemoteApprover(std::shared_ptr<RemoteInstance> instance)
      : instance_(std::move(instance)) {}

  Result<ports::Eligibility> Check(const ports::Context& context, const core::Principal& principal,
                                   Duration limit) override {
    CallMessage call = Question(Function::kCheck, context, limit);
    call.principal = principal;
    return Answer<ports::Eligibility>(instance_->Ask(std::move(call)));
  }

 private:
  std::shared_ptr<RemoteInstance> instance_;
};

class RemotePolicy final : public ports::Policy {
 public:
  explicit RemotePolicy(std::shared_ptr<RemoteInstance> instance)
      : instance_(std::move(instance)) {}

  Result<ports::PolicyVerdict> Evaluate(const ports::Context& context, Duration limit) override {
    return Answer<ports::PolicyVerdict>(
        instance_->Ask(Question(Function::kEvaluate, context, limit)));
  }

 private:
  std::shared_ptr<RemoteInstance> instance_;
};

class RemoteExecutor final : public ports::Executor {
 public:
  explicit RemoteExecutor(std::shared_ptr<RemoteInstance> instance)
      : instance_(std::move(instance)) {}

  Result<ports::AttemptReport> Start(const ports::AttemptRequest& request, ports::AttemptSink& sink,
                                     Duration limit, const std::atomic<bool>& cancelled) override {
    return Act(Function::kStart, request, sink, limit, cancelled);
  }

  Result<ports::AttemptReport> Probe(const ports::AttemptRequest& request, ports::AttemptSink& sink,
                                     Duration limit) override {
    CallMessage call = Question(Function::kProbe, request.context, limit);
    call.request = request;
    return Answer<ports::AttemptReport>(instance_->Ask(std::move(call), &sink));
  }

  Result<ports::AttemptReport> Stop(const ports::AttemptRequest& request, ports::AttemptSink& sink,
                                    Duration limit) override {
    CallMessage call = Question(Function::kStop, request.context, limit);
    call.request = request;
    return Answer<ports::AttemptReport>(instance_->Ask(std::move(call), &sink));
  }

  Result<ports::AttemptReport> Rollback(const ports::AttemptRequest& request,
                                        ports::AttemptSink& sink, Duration limit,
                                        const std::atomic<bool>& cancelled) override {
    return Act(Function::kRollback, request, sink, limit, cancelled);
  }

 private:
  Result<ports::AttemptReport> Act(Function function, const ports::AttemptRequest& request,
                                   ports::AttemptSink& sink, Duration limit,
                                   const std::atomic<bool>& cancelled) {
    CallMessage call = Question(function, request.context, limit);
    call.request = request;
    const auto answer = instance_->Ask(std::move(call), &sink, &cancelled);
    // Its process is gone and took along how far it came: an operator, or a probe, has to look.
    if (!answer && answer.error().code == ErrorCode::kInternal) {
      return ports::AttemptReport{ports::AttemptOutcome::kUnknown, answer.error().message, ""};
    }
    return Answer<ports::AttemptReport>(answer);
  }

  std::shared_ptr<RemoteInstance> instance_;
};

class RemoteNotifier final : public ports::Notifier {
 public:
  explicit RemoteNotifier(std::shared_ptr<RemoteInstance> instance)
      : instance_(std::move(instance)) {}

  Result<void> Deliver(std::string_view event_id, std::string_view event_type,
                       std::string_view event_json, Duration limit,
                       ports::DeliveryAdvice* advice) override {
    CallMessage call = Question(Function::kDeliver, {}, limit);
    call.event = {event_id, event_type, event_json};
    GW_TRY(answer, Answer<DeliveryMessage>(instance_->Ask(std::move(call))));
    if (advice != nullptr) *advice = answer.advice;
    if (answer.is_delivered) return {};
    return Error{answer.code, std::move(answer.message)};
  }

 private:
  std::shared_ptr<RemoteInstance> instance_;
};

}  // namespace

std::shared_ptr<ports::Approver> AsRemoteApprover(std::shared_ptr<RemoteInstance> instance) {
  return std::make_shared<RemoteApprover>(std::move(instance));
}

std::shared_ptr<ports::Policy> AsRemotePolicy(std::shared_ptr<RemoteInstance> instance) {
  return std::make_shared<RemotePolicy>(std::move(instance));
}

std::shared_ptr<ports::Executor> AsRemoteExecutor(std::shared_ptr<RemoteInstance> instance) {
  return std::make_shared<RemoteExecutor>(std::move(instance));
}

std::shared_ptr<ports::Notifier> AsRemoteNotifier(std::shared_ptr<RemoteInstance> instance) {
  return std::make_shared<RemoteNotifier>(std::move(instance));
}

}  // namespace gatewright::host
