#include "engine/runtime/attempt_calls.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <utility>

#include "engine/codec/json.h"
#include "engine/runtime/scope.h"
#include "engine/runtime/secrets.h"
#include "engine/runtime/substitute.h"

namespace gatewright::runtime {
namespace {

// A question about an attempt is answered soon or not at all.
constexpr Duration kQuestionLimit = std::chrono::seconds{30};
constexpr std::size_t kMaxSummary = 2'000;

double Jitter() {
  thread_local std::minstd_rand random{std::random_device{}()};
  return std::uniform_real_distribution<double>(0.0, 1.0)(random);
}

ports::AttemptRequest RequestOf(const LoadedRun& loaded, const core::Attempt& attempt,
                                std::string_view id, std::string_view callback_url, Time now) {
  ports::AttemptRequest request;
  request.context.run = loaded.run.id;
  request.context.workflow = loaded.run.workflow.value;
  request.context.stage = attempt.stage.value;
  request.context.requester = loaded.run.requester.value;
  request.context.subject_json = loaded.run.subject_json;
  request.context.subject_digest = loaded.run.subject_digest;
  request.context.callback_url = callback_url;
  request.context.now = now;
  request.attempt_id = id;
  request.number = attempt.number.value;
  request.fencing_token = attempt.fencing_token;
  request.handle = attempt.handle;
  return request;
}

std::string IdOf(RunId run, AttemptNumber attempt) {
  return fmt::format("run-{}-attempt-{}", run.value, attempt.value);
}

// The attempt that its own executor is to undo: the newest of its stage that was started. Null:
// this is an attempt like any other.
const core::Attempt* UndoneByItself(const LoadedRun& loaded, const core::Attempt& attempt) {
  const core::StageSpec& stage = *loaded.revision->workflow.FindStage(attempt.stage);
  if (!stage.action->is_own_rollback) return nullptr;
  const core::Attempt* newest = nullptr;
  for (const core::Attempt& one : loaded.run.attempts) {
    if (one.stage == stage.undoes && one.started_at) newest = &one;
  }
  return newest;
}

// Plugins answer with any JSON; the log keeps the canonical form.
std::string Canonical(const std::string& json) {
  if (json.empty()) return "";
  const auto value = codec::ParseJson(json);
  return value ? codec::CanonicalJson(*value) : "";
}

Result<ports::AttemptReport> WithoutSecrets(Result<ports::AttemptReport> report,
                                            const std::vector<std::string>& secrets) {
  if (!report) return Error{report.error().code, Redacted(report.error().message, secrets)};
  report->summary = Redacted(std::move(report->summary), secrets);
  report->outputs_json = Redacted(std::move(report->outputs_json), secrets);
  report->handle = Redacted(std::move(report->handle), secrets);
  return report;
}

core::AttemptEnd EndOf(ErrorCode code) {
  if (code == ErrorCode::kTimeout) return core::AttemptEnd::kTimedOut;
  if (code == ErrorCode::kCancelled) return core::AttemptEnd::kCancelled;
  return core::AttemptEnd::kFailed;
}

core::AttemptEnd EndOf(ports::AttemptOutcome outcome) {
  switch (outcome) {
    case ports::AttemptOutcome::kSucceeded:
      return core::AttemptEnd::kSucceeded;
    case ports::AttemptOutcome::kFailedTransient:
    case ports::AttemptOutcome::kFailedPermanent:
      return core::AttemptEnd::kFailed;
    case ports::AttemptOutcome::kRunning:
    case ports::AttemptOutcome::kUnknown:
      break;
  }
  return core::AttemptEnd::kUnknown;
}

}  // namespace

core::FinishAttempt EndOf(const core::Attempt& attempt, core::AttemptEnd end, std::string summary) {
  core::FinishAttempt finish;
  finish.number = attempt.number;
  finish.fencing_token = attempt.fencing_token;
  finish.end = end;
  finish.summary = std::move(summary);
  if (finish.summary.size() > kMaxSummary) finish.summary.resize(kMaxSummary);
  finish.jitter = Jitter();
  return finish;
}

core::FinishAttempt EndOf(const core::Attempt& attempt,
                          const Result<ports::AttemptReport>& report) {
  if (!report) {
    auto finish = EndOf(attempt, EndOf(report.error().code), report.error().message);
    if (IsRetryable(report.error())) finish.failure = core::FailureClass::kTransient;
    return finish;
  }
  auto finish = EndOf(attempt, EndOf(report->outcome), report->summary);
  finish.outputs_json = Canonical(report->outputs_json);
  if (report->outcome == ports::AttemptOutcome::kFailedTransient) {
    finish.failure = core::FailureClass::kTransient;
  }
  return finish;
}

const ports::Offer* AttemptCalls::OfferOf(const LoadedRun& run, AttemptNumber number) const {
  const core::Attempt& attempt = *run.run.FindAttempt(number);
  const core::StageSpec* stage = run.revision->workflow.FindStage(attempt.stage);
  // Asked about the attempt that is undone, it would say how that one ended.
  if (stage->action->is_own_rollback) return nullptr;
  return plugins_.Find(ports::PluginKind::kExecutor, stage->action->use.plugin);
}

bool AttemptCalls::CanProbe(const LoadedRun& run, AttemptNumber number) const {
  const ports::Offer* offer = OfferOf(run, number);
  return offer != nullptr && offer->can_probe;
}

bool AttemptCalls::CanStop(const LoadedRun& run, AttemptNumber number) const {
  const ports::Offer* offer = OfferOf(run, number);
  return offer != nullptr && offer->can_stop;
}

Result<AttemptCalls::Made> AttemptCalls::Make(const LoadedRun& run, const core::Attempt& attempt) {
  const core::StageSpec* stage = run.revision->workflow.FindStage(attempt.stage);
  const core::PluginUse& use = stage->action->use;
  const StageName& acting = stage->action->is_own_rollback ? stage->undoes : attempt.stage;
  GW_TRY(config, Substitute(use.with_json, ScopeJson(run.run, acting.value)));
  if (!config.missing_paths.empty()) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("the action needs '{}', which the run does not have",
                             config.missing_paths.front())};
  }
  // Last, and nowhere but here: what a subject brought along cannot ask for a secret.
  GW_TRY(filled, FillSettings(config.json, read_secret_));
  auto executor = plugins_.MakeExecutor(use.plugin, filled.json);
  if (!executor) {
    return Error{executor.error().code, Redacted(executor.error().message, filled.secrets)};
  }
  return Made{*std::move(executor), std::move(filled.secrets)};
}

template <class Question>
Result<ports::AttemptReport> AttemptCalls::Ask(const LoadedRun& run, AttemptNumber number,
                                               ports::AttemptSink& output, Question question) {
  const core::Attempt& attempt = *run.run.FindAttempt(number);
  GW_TRY(made, Make(run, attempt));
  const std::string id = IdOf(run.run.id, number);
  const std::string callback_url = callback_url_ ? callback_url_(run.run.id, attempt) : "";
  RedactingSink sink(output, made.secrets);
  auto report =
      question(*made.executor, RequestOf(run, attempt, id, callback_url, clock_.Now()), sink);
  sink.Finish();
  return WithoutSecrets(std::move(report), made.secrets);
}

Result<ports::AttemptReport> AttemptCalls::Start(const LoadedRun& run, AttemptNumber number,
                                                 ports::AttemptSink& output,
                                                 const std::atomic<bool>& cancelled) {
  const core::Attempt& attempt = *run.run.FindAttempt(number);
  const Time deadline = attempt.deadline.value_or(clock_.Now());
  const core::Attempt* undone = UndoneByItself(run, attempt);
  return Ask(
      run, number, output,
      [&](ports::Executor& executor, ports::AttemptRequest request, ports::AttemptSink& sink) {
        const auto limit = std::max(Duration{0}, deadline - request.context.now);
        if (undone == nullptr) return executor.Start(request, sink, limit, cancelled);
        const std::string id = IdOf(run.run.id, undone->number);
        request.attempt_id = id;
        request.number = undone->number.value;
        request.handle = undone->handle;
        return executor.Rollback(request, sink, limit, cancelled);
      });
}

Result<ports::AttemptReport> AttemptCalls::Probe(const LoadedRun& run, AttemptNumber number,
                                                 ports::AttemptSink& output) {
  return Ask(
      run, number, output,
      [](ports::Executor& executor, const ports::AttemptRequest& request,
         ports::AttemptSink& sink) { return executor.Probe(request, sink, kQuestionLimit); });
}

Result<ports::AttemptReport> AttemptCalls::Stop(const LoadedRun& run, AttemptNumber number,
                                                ports::AttemptSink& output) {
  return Ask(run, number, output,
             [](ports::Executor& executor, const ports::AttemptRequest& request,
                ports::AttemptSink& sink) { return executor.Stop(request, sink, kQuestionLimit); });
}

}  // namespace gatewright::runtime
