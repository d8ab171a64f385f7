#include "plugins/check/probe_call.h"

#include <fmt/format.h>

#include "plugins/host/text.h"

namespace gatewright::check {

struct ProbeCallFunctions {
  static ProbeCall& Of(const gw_call* call) { return *static_cast<ProbeCall*>(call->host); }

  static const gw_call* Touch(const gw_call* call) {
    ProbeCall& self = Of(call);
    if (self.on_touch_) self.on_touch_();
    return self.host_.raw();
  }
  static const gw_call* Answer(const gw_call* call, ports::PluginKind kind) {
    ProbeCall& self = Of(call);
    ++self.answers_;
    if (self.kind_ != kind) self.has_foreign_answer_ = true;
    return Touch(call);
  }

  static std::int64_t RemainingMs(const gw_call* call) noexcept {
    const gw_call* const host = Touch(call);
    return host->remaining_ms(host);
  }
  static std::int32_t IsCancelled(const gw_call* call) noexcept {
    const gw_call* const host = Touch(call);
    return host->is_cancelled(host);
  }
  static std::int64_t NowUnixUs(const gw_call* call) noexcept {
    const gw_call* const host = Touch(call);
    return host->now_unix_us(host);
  }
  static void Log(const gw_call* call, gw_severity severity, gw_string message) noexcept {
    const gw_call* const host = Touch(call);
    host->log(host, severity, message);
  }
  static void Fail(const gw_call* call, gw_string message) noexcept {
    {
      ProbeCall& self = Of(call);
      const std::lock_guard lock(self.mutex_);
      self.failure_ = host::CleanLine(host::View(message));
    }
    const gw_call* const host = Touch(call);
    host->fail(host, message);
  }
  static const void* GetService(const gw_call* call, const char* id) noexcept {
    const gw_call* const host = Touch(call);
    return host->get_service(host, id);
  }
  static void AnswerEligibility(const gw_call* call, const gw_eligibility* answer) noexcept {
    const gw_call* const host = Answer(call, ports::PluginKind::kApprover);
    host->answer_eligibility(host, answer);
  }
  static void AnswerVerdict(const gw_call* call, const gw_verdict* answer) noexcept {
    const gw_call* const host = Answer(call, ports::PluginKind::kPolicy);
    host->answer_verdict(host, answer);
  }
  static void AnswerReport(const gw_call* call, const gw_report* answer) noexcept {
    if (answer != nullptr) {
      ProbeCall& self = Of(call);
      const std::lock_guard lock(self.mutex_);
      self.handle_ = host::View(host::ReadStruct(answer).handle);
    }
    const gw_call* const host = Answer(call, ports::PluginKind::kExecutor);
    host->answer_report(host, answer);
  }
  static void AnswerDelivery(const gw_call* call, const gw_delivery* answer) noexcept {
    const gw_call* const host = Answer(call, ports::PluginKind::kNotifier);
    host->answer_delivery(host, answer);
  }
  static void Output(const gw_call* call, gw_string bytes) noexcept {
    const gw_call* const host = Touch(call);
    host->output(host, bytes);
  }
  static void Progress(const gw_call* call, std::int32_t percent, gw_string text) noexcept {
    const gw_call* const host = Touch(call);
    host->progress(host, percent, text);
  }
};

namespace {

std::string_view WordOf(ports::PolicyChoice choice) {
  switch (choice) {
    case ports::PolicyChoice::kApprove:
      return "approve";
    case ports::PolicyChoice::kReject:
      return "reject";
    case ports::PolicyChoice::kAbstain:
      return "abstain";
    case ports::PolicyChoice::kWait:
      return "wait";
  }
  return "";
}

}  // namespace

ProbeCall::ProbeCall(const host::Environment& environment, const host::LoadedOffer& offer,
                     Duration limit, const std::atomic<bool>* cancelled)
    : host_(environment, offer, limit), kind_(offer.offer.kind) {
  if (cancelled != nullptr) host_.SetCancelled(*cancelled);
  using F = ProbeCallFunctions;
  raw_ = *host_.raw();
  raw_.host = this;
  raw_.remaining_ms = &F::RemainingMs;
  raw_.is_cancelled = &F::IsCancelled;
  raw_.now_unix_us = &F::NowUnixUs;
  raw_.log = &F::Log;
  raw_.fail = &F::Fail;
  raw_.get_service = &F::GetService;
  raw_.answer_eligibility = &F::AnswerEligibility;
  raw_.answer_verdict = &F::AnswerVerdict;
  raw_.answer_report = &F::AnswerReport;
  raw_.answer_delivery = &F::AnswerDelivery;
  raw_.output = &F::Output;
  raw_.progress = &F::Progress;
}

std::string ProbeCall::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

std::string ProbeCall::handle() const {
  const std::lock_guard lock(mutex_);
  return handle_;
}

Result<std::string> ProbeCall::Take(host::Function function, gw_status status) {
  switch (function) {
    case host::Function::kCheck: {
      GW_TRY(answer, host_.TakeEligibility(status));
      return std::string(answer.is_eligible ? "eligible" : "not eligible");
    }
    case host::Function::kEvaluate: {
      GW_TRY(answer, host_.TakeVerdict(status));
      return std::string(WordOf(answer.choice));
    }
    case host::Function::kDeliver: {
      const auto taken = host_.TakeDelivery(status, nullptr);
      if (taken) return std::string("delivered");
      // To deliver later, or no more, is an answer too.
      const bool is_answer = status == GW_OK && taken.error().code != ErrorCode::kInternal;
      if (!is_answer) return taken.error();
      return std::string("not delivered");
    }
    default: {
      GW_TRY(answer, host_.TakeReport(status));
      return fmt::format("outcome {}", static_cast<int>(answer.outcome));
    }
  }
}

}  // namespace gatewright::check
