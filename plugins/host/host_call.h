// plugins/host/host_call.h: the host's side of one call into a plugin: its deadline, and the answer
// it gives. Lives on the caller's stack; the plugin may use it from any of its threads until the
// call returns.
#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <utility>

#include "engine/base/result.h"
#include "engine/base/time.h"
#include "engine/ports/plugins.h"
#include "plugins/host/descriptor.h"
#include "plugins/host/environment.h"

namespace gatewright::host {

class HostCall {
 public:
  using Clock = std::chrono::steady_clock;

  HostCall(const Environment& environment, const LoadedOffer& offer, Duration limit);
  HostCall(const HostCall&) = delete;
  HostCall& operator=(const HostCall&) = delete;

  // Executors only; both are borrowed as long as this lives.
  void SetCancelled(const std::atomic<bool>& cancelled) { cancelled_ = &cancelled; }
  void SetSink(ports::AttemptSink& sink) { sink_ = &sink; }

  const gw_call* raw() const { return &raw_; }
  Clock::time_point deadline() const { return deadline_; }
  bool is_cancelled() const { return cancelled_ != nullptr && cancelled_->load(); }
  bool is_late() const { return Clock::now() >= deadline_; }

  // The answer of a call that returned `status`: exactly one, of the right kind.
  Result<ports::Eligibility> TakeEligibility(gw_status status);
  Result<ports::PolicyVerdict> TakeVerdict(gw_status status);
  Result<ports::AttemptReport> TakeReport(gw_status status);
  // `advice` may be null.
  Result<void> TakeDelivery(gw_status status, ports::DeliveryAdvice* advice);
  // create() gives an instance, not an answer.
  Result<void> TakeNothing(gw_status status);

  // An Error that names the offer; `message` continues the sentence.
  Error Failure(ErrorCode code, const std::string& message) const;

 private:
  enum class AnswerKind { kNone = 1, kEligibility, kVerdict, kReport, kDelivery };
  friend struct HostCallFunctions;

  Result<void> TakeStatus(gw_status status) const;
  Result<void> TakeOneAnswer(gw_status status, AnswerKind wanted) const;

  gw_call raw_;
  const Environment& environment_;
  const LoadedOffer& offer_;
  Clock::time_point deadline_;
  const std::atomic<bool>* cancelled_ = nullptr;
  ports::AttemptSink* sink_ = nullptr;

  mutable std::mutex mutex_;  // guards everything below, while the plugin is inside
  int answer_count_ = 0;
  AnswerKind answer_kind_ = AnswerKind::kNone;
  std::int32_t value_ = 0;  // the answer's enum, not yet known to be one
  std::int64_t ask_again_after_ms_ = 0;
  std::int64_t retry_after_ms_ = 0;
  std::string text_;
  std::string handle_;
  std::string json_;
  std::string json_problem_;
  std::string failure_;
};

}  // namespace gatewright::host
