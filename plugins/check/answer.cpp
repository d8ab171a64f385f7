#include "plugins/check/answer.h"

#include <chrono>
#include <string_view>

#include "engine/codec/json.h"

namespace gatewright::check {
namespace {

namespace json = boost::json;

std::string_view WordFor(ports::PolicyChoice choice) {
  constexpr std::string_view kWords[] = {"", "approve", "reject", "abstain", "wait"};
  return kWords[static_cast<int>(choice)];
}

std::string_view WordFor(ports::AttemptOutcome outcome) {
  constexpr std::string_view kWords[] = {
      "", "succeeded", "failed_transient", "failed_permanent", "unknown", "running"};
  return kWords[static_cast<int>(outcome)];
}

std::string_view WordFor(ErrorCode code) {
  constexpr std::string_view kWords[] = {"",          "invalid_argument", "not_found",
                                         "conflict",  "unavailable",      "deadline_exceeded",
                                         "cancelled", "corrupt",          "internal"};
  return kWords[static_cast<int>(code)];
}

std::int64_t Milliseconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

void AddJson(json::object& answer, std::string_view name, const std::string& text) {
  if (text.empty()) return;
  if (const auto value = codec::ParseJson(text)) answer[name] = *value;
}

}  // namespace

json::object AnswerOf(const Error& error) {
  return {{"answer", "error"}, {"code", WordFor(error.code)}, {"message", error.message}};
}

json::object AnswerOf(const Result<ports::Eligibility>& made) {
  if (!made) return AnswerOf(made.error());
  return {{"answer", made->is_eligible ? "eligible" : "not eligible"}, {"reason", made->reason}};
}

json::object AnswerOf(const Result<ports::PolicyVerdict>& made) {
  if (!made) return AnswerOf(made.error());
  json::object answer{{"answer", WordFor(made->choice)}, {"reason", made->reason}};
  AddJson(answer, "evidence", made->evidence_json);
  if (made->choice == ports::PolicyChoice::kWait) {
    answer["askAgainAfterMs"] = Milliseconds(made->ask_again_after);
  }
  return answer;
}

json::object AnswerOf(const Result<ports::AttemptReport>& made, const std::string& output) {
  json::object answer =
      made ? json::object{{"answer", WordFor(made->outcome)}, {"summary", made->summary}}
           : AnswerOf(made.error());
  if (made) {
    AddJson(answer, "outputs", made->outputs_json);
    if (made->outcome == ports::AttemptOutcome::kRunning) {
      answer["askAgainAfterMs"] = Milliseconds(made->ask_again_after);
      answer["handle"] = made->handle;
    }
  }
  // Any bytes; what is no text is shown as if it were.
  std::string quoted;
  codec::AppendJsonString(quoted, output);
  if (const auto text = codec::ParseJson(quoted)) answer["output"] = *text;
  return answer;
}

json::object AnswerOf(const Result<void>& told, const ports::DeliveryAdvice& advice) {
  if (told) return {{"answer", "delivered"}};
  json::object answer = AnswerOf(told.error());
  if (advice.is_gone) answer["answer"] = "gone";
  if (advice.retry_after > Duration{0}) {
    answer["answer"] = "later";
    answer["retryAfterMs"] = Milliseconds(advice.retry_after);
  }
  return answer;
}

}  // namespace gatewright::check
