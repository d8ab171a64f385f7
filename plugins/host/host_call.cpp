#include "plugins/host/host_call.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "plugins/host/json_schema_service.h"
#include "plugins/host/text.h"

namespace gatewright::host {
namespace {

// Longer than anybody waits, and far from where adding to a time_point overflows.
constexpr Duration kLongest = std::chrono::hours{24 * 366};
constexpr std::int64_t kLongestDelayMs = 366LL * 24 * 3600 * 1000;

LogSeverity SeverityOf(gw_severity severity) {
  switch (severity) {
    case GW_DEBUG:
      return LogSeverity::kDebug;
    case GW_INFO:
      return LogSeverity::kInfo;
    case GW_WARNING:
      return LogSeverity::kWarning;
    default:
      return LogSeverity::kError;
  }
}

ErrorCode CodeOf(gw_status status) {
  switch (status) {
    case GW_INVALID_ARGUMENT:
      return ErrorCode::kInvalid;
    case GW_UNAVAILABLE:
      return ErrorCode::kUnavailable;
    case GW_DEADLINE_EXCEEDED:
      return ErrorCode::kTimeout;
    case GW_CANCELLED:
      return ErrorCode::kCancelled;
    default:
      return ErrorCode::kInternal;
  }
}

std::string_view ReasonOf(gw_status status) {
  switch (status) {
    case GW_INVALID_ARGUMENT:
      return "refused the request without saying why";
    case GW_UNAVAILABLE:
      return "could not reach something it needs";
    case GW_DEADLINE_EXCEEDED:
      return "had no answer before the deadline";
    case GW_CANCELLED:
      return "stopped because it was cancelled";
    case GW_INTERNAL:
      return "failed without saying why";
    default:
      return "returned a status that is none";
  }
}

}  // namespace

// The functions of gw_call. They only copy; what they got is judged once the call has returned.
struct HostCallFunctions {
  static HostCall& Of(const gw_call* call) { return *static_cast<HostCall*>(call->host); }

  static std::int64_t RemainingMs(const gw_call* call) noexcept {
    const auto left = Of(call).deadline_ - HostCall::Clock::now();
    // Rounded up: 0 only once the deadline has really passed.
    return std::max<std::int64_t>(0, std::chrono::ceil<std::chrono::milliseconds>(left).count());
  }

  static std::int32_t IsCancelled(const gw_call* call) noexcept {
    return Of(call).is_cancelled() ? 1 : 0;
  }

  static std::int64_t NowUnixUs(const gw_call* call) noexcept {
    return ToMicros(Of(call).environment_.now());
  }

  static void Log(const gw_call* call, gw_severity severity, gw_string message) noexcept {
    const HostCall& self = Of(call);
    self.environment_.log(SeverityOf(severity), self.offer_.offer.name, CleanLine(View(message)));
  }

  static void Fail(const gw_call* call, gw_string message) noexcept {
    HostCall& self = Of(call);
    const std::lock_guard lock(self.mutex_);
    self.failure_ = CleanText(View(message));
  }

  static const void* GetService(const gw_call*, const char* id) noexcept {
    if (id != nullptr && std::string_view(id) == GW_SERVICE_JSON_SCHEMA)
      return &JsonSchemaService();
    return nullptr;
  }

  static void Keep(HostCall& self, HostCall::AnswerKind kind, std::int32_t value, gw_string text) {
    ++self.answer_count_;
    self.answer_kind_ = kind;
    self.value_ = value;
    self.text_ = CleanText(View(text));
  }

  // JSON is kept as it is or not at all: half of it would be none.
  static void KeepJson(HostCall& self, gw_string json) {
    self.json_problem_ = FindJsonObjectProblem(View(json));
    self.json_ = self.json_problem_.empty() ? std::string(View(json)) : std::string();
  }

  static void AnswerEligibility(const gw_call* call, const gw_eligibility* raw) noexcept {
    const gw_eligibility answer = raw ? ReadStruct(raw) : gw_eligibility{};
    HostCall& self = Of(call);
    const std::lock_guard lock(self.mutex_);
    Keep(self, HostCall::AnswerKind::kEligibility, answer.value, answer.reason);
  }

  static void AnswerVerdict(const gw_call* call, const gw_verdict* raw) noexcept {
    const gw_verdict answer = raw ? ReadStruct(raw) : gw_verdict{};
    HostCall& self = Of(call);
    const std::lock_guard lock(self.mutex_);
    Keep(self, HostCall::AnswerKind::kVerdict, answer.choice, answer.reason);
    self.ask_again_after_ms_ = answer.ask_again_after_ms;
    KeepJson(self, answer.evidence_json);
  }

  static void AnswerReport(const gw_call* call, const gw_report* raw) noexcept {
    const gw_report answer = raw ? ReadStruct(raw) : gw_report{};
    HostCall& self = Of(call);
    const std::lock_guard lock(self.mutex_);
    Keep(self, HostCall::AnswerKind::kReport, answer.outcome, answer.summary);
    self.ask_again_after_ms_ = answer.ask_again_after_ms;
    self.handle_ = CleanText(View(answer.handle));
    KeepJson(self, answer.outputs_json);
  }

  static void AnswerDelivery(const gw_call* call, const gw_delivery* raw) noexcept {
    const gw_delivery answer = raw ? ReadStruct(raw) : gw_delivery{};
    HostCall& self = Of(call);
    const std::lock_guard lock(self.mutex_);
    Keep(self, HostCall::AnswerKind::kDelivery, answer.value, answer.problem);
    self.retry_after_ms_ = answer.retry_after_ms;
  }

  static void Output(const gw_call* call, gw_string bytes) noexcept {
    if (ports::AttemptSink* const sink = Of(call).sink_; sink && bytes.size > 0) {
      sink->Output(View(bytes));
    }
  }

  static void Progress(const gw_call* call, std::int32_t percent, gw_string text) noexcept {
    if (ports::AttemptSink* const sink = Of(call).sink_) {
      sink->Progress(std::clamp(percent, -1, 100), CleanText(View(text)));
    }
  }
};

namespace {

constexpr gw_call kCallTemplate = {sizeof(gw_call),
                                   0,
                                   nullptr,
                                   &HostCallFunctions::RemainingMs,
                                   &HostCallFunctions::IsCancelled,
                                   &HostCallFunctions::NowUnixUs,
                                   &HostCallFunctions::Log,
                                   &HostCallFunctions::Fail,
                                   &HostCallFunctions::GetService,
                                   &HostCallFunctions::AnswerEligibility,
                                   &HostCallFunctions::AnswerVerdict,
                                   &HostCallFunctions::AnswerReport,
                                   &HostCallFunctions::AnswerDelivery,
                                   &HostCallFunctions::Output,
                                   &HostCallFunctions::Progress};

}  // namespace

HostCall::HostCall(const Environment& environment, const LoadedOffer& offer, Duration limit)
    : raw_(kCallTemplate),
      environment_(environment),
      offer_(offer),
      deadline_(Clock::now() + std::clamp(limit, Duration::zero(), kLongest)) {
  raw_.host = this;
}

Error HostCall::Failure(ErrorCode code, const std::string& message) const {
  return {code, fmt::format("{} '{}' {}", ports::ToString(offer_.offer.kind), offer_.offer.name,
                            message)};
}

Result<void> HostCall::TakeStatus(gw_status status) const {
  if (status == GW_OK) return {};
  const std::lock_guard lock(mutex_);
  std::string message(ReasonOf(status));
  if (status < GW_OK || status > GW_INTERNAL) message += fmt::format(" ({})", status);
  if (!failure_.empty()) message = fmt::format("failed: {}", failure_);
  return Failure(CodeOf(status), message);
}

Result<void> HostCall::TakeOneAnswer(gw_status status, AnswerKind wanted) const {
  GW_CHECK(TakeStatus(status));
  const std::lock_guard lock(mutex_);
  if (answer_count_ != 1) {
    return Failure(ErrorCode::kInternal,
                   fmt::format("broke its contract: expected one answer, found {}", answer_count_));
  }
  if (answer_kind_ != wanted) {
    return Failure(ErrorCode::kInternal,
                   "broke its contract: it answered with another kind's function");
  }
  return {};
}

Result<ports::Eligibility> HostCall::TakeEligibility(gw_status status) {
  GW_CHECK(TakeOneAnswer(status, AnswerKind::kEligibility));
  switch (value_) {
    case GW_ELIGIBLE:
      return ports::Eligibility{true, std::move(text_)};
    case GW_NOT_ELIGIBLE:
      return ports::Eligibility{false, std::move(text_)};
    default:
      return Failure(
          ErrorCode::kInternal,
          fmt::format("broke its contract: expected eligible ({}) or not eligible ({}), "
                      "found {}",
                      static_cast<int>(GW_ELIGIBLE), static_cast<int>(GW_NOT_ELIGIBLE), value_));
  }
}

Result<ports::PolicyVerdict> HostCall::TakeVerdict(gw_status status) {
  GW_CHECK(TakeOneAnswer(status, AnswerKind::kVerdict));
  ports::PolicyVerdict verdict;
  switch (value_) {
    case GW_APPROVE:
      verdict.choice = ports::PolicyChoice::kApprove;
      break;
    case GW_REJECT:
      verdict.choice = ports::PolicyChoice::kReject;
      break;
    case GW_ABSTAIN:
      verdict.choice = ports::PolicyChoice::kAbstain;
      break;
    case GW_WAIT:
      verdict.choice = ports::PolicyChoice::kWait;
      break;
    default:
      return Failure(
          ErrorCode::kInternal,
          fmt::format("broke its contract: expected a choice from 1 to 4, found {}", value_));
  }
  // Evidence is why a vote was cast: without it the vote must not count.
  if (!json_problem_.empty()) {
    return Failure(ErrorCode::kInternal,
                   fmt::format("broke its contract: evidence: {}", json_problem_));
  }
  if (verdict.choice == ports::PolicyChoice::kWait) {
    if (ask_again_after_ms_ < 1 || ask_again_after_ms_ > kLongestDelayMs) {
      return Failure(ErrorCode::kInternal,
                     fmt::format("broke its contract: expected to be asked again after 1 to {} ms, "
                                 "found {}",
                                 kLongestDelayMs, ask_again_after_ms_));
    }
    verdict.ask_again_after = std::chrono::milliseconds(ask_again_after_ms_);
  }
  verdict.reason = std::move(text_);
  verdict.evidence_json = std::move(json_);
  return verdict;
}

Result<ports::AttemptReport> HostCall::TakeReport(gw_status status) {
  GW_CHECK(TakeOneAnswer(status, AnswerKind::kReport));
  ports::AttemptReport report;
  switch (value_) {
    case GW_SUCCEEDED:
      report.outcome = ports::AttemptOutcome::kSucceeded;
      break;
    case GW_FAILED_TRANSIENT:
      report.outcome = ports::AttemptOutcome::kFailedTransient;
      break;
    case GW_FAILED_PERMANENT:
      report.outcome = ports::AttemptOutcome::kFailedPermanent;
      break;
    case GW_OUTCOME_UNKNOWN:
      report.outcome = ports::AttemptOutcome::kUnknown;
      break;
    case GW_RUNNING:
      report.outcome = ports::AttemptOutcome::kRunning;
      break;
    default:
      return Failure(
          ErrorCode::kInternal,
          fmt::format("broke its contract: expected an outcome from 1 to 5, found {}", value_));
  }
  if (report.outcome == ports::AttemptOutcome::kRunning) {
    if (ask_again_after_ms_ < 0 || ask_again_after_ms_ > kLongestDelayMs) {
      return Failure(ErrorCode::kInternal,
                     fmt::format("broke its contract: expected to be asked again after 0 to {} ms, "
                                 "found {}",
                                 kLongestDelayMs, ask_again_after_ms_));
    }
    report.ask_again_after = std::chrono::milliseconds(ask_again_after_ms_);
    report.handle = std::move(handle_);
  }
  report.summary = std::move(text_);
  report.outputs_json = std::move(json_);
  // What happened outside happened, whether or not its outputs can be read.
  if (!json_problem_.empty()) {
    report.summary += fmt::format(" (its outputs were dropped: {})", json_problem_);
  }
  return report;
}

Result<void> HostCall::TakeDelivery(gw_status status, ports::DeliveryAdvice* advice) {
  GW_CHECK(TakeOneAnswer(status, AnswerKind::kDelivery));
  ports::DeliveryAdvice given;
  ErrorCode code = ErrorCode::kUnavailable;
  switch (value_) {
    case GW_DELIVERED:
      return {};
    case GW_DELIVER_LATER:
      given.retry_after =
          std::chrono::milliseconds(std::clamp<std::int64_t>(retry_after_ms_, 0, kLongestDelayMs));
      break;
    case GW_RECEIVER_GONE:
      given.is_gone = true;
      code = ErrorCode::kInvalid;
      break;
    default:
      return Failure(
          ErrorCode::kInternal,
          fmt::format("broke its contract: expected a delivery from 1 to 3, found {}", value_));
  }
  if (advice != nullptr) *advice = given;
  return Failure(code, text_.empty() ? "did not deliver it without saying why"
                                     : fmt::format("failed: {}", text_));
}

Result<void> HostCall::TakeNothing(gw_status status) { return TakeStatus(status); }

}  // namespace gatewright::host
