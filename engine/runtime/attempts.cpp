#include "engine/runtime/attempts.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <thread>
#include <utility>

#include "engine/codec/digest.h"
#include "engine/codec/json.h"
#include "engine/runtime/scope.h"
#include "engine/runtime/secrets.h"
#include "engine/runtime/substitute.h"

namespace gatewright::runtime {
namespace {

constexpr Duration kProbeLimit = std::chrono::seconds{30};
constexpr std::size_t kMaxSummary = 2'000;
constexpr auto kSubmitAgainAfter = std::chrono::milliseconds{500};

double Jitter() {
  thread_local std::minstd_rand random{std::random_device{}()};
  return std::uniform_real_distribution<double>(0.0, 1.0)(random);
}

std::string AttemptId(RunId run, AttemptNumber number) {
  return fmt::format("run-{}-attempt-{}", run.value, number.value);
}

ports::AttemptRequest RequestOf(const LoadedRun& loaded, const core::Attempt& attempt,
                                std::string_view id, Time now) {
  ports::AttemptRequest request;
  request.context.run = loaded.run.id;
  request.context.workflow = loaded.run.workflow.value;
  request.context.stage = attempt.stage.value;
  request.context.requester = loaded.run.requester.value;
  request.context.subject_json = loaded.run.subject_json;
  request.context.subject_digest = loaded.run.subject_digest;
  request.context.now = now;
  request.attempt_id = id;
  request.number = attempt.number.value;
  request.fencing_token = attempt.fencing_token;
  return request;
}

// Plugins answer with any JSON; the log keeps the canonical form.
std::string Canonical(const std::string& json) {
  if (json.empty()) return "";
  const auto value = codec::ParseJson(json);
  return value ? codec::CanonicalJson(*value) : "";
}

core::FinishAttempt EndOf(const core::Attempt& attempt,
                          const Result<ports::AttemptReport>& report) {
  core::FinishAttempt end;
  end.number = attempt.number;
  end.fencing_token = attempt.fencing_token;
  end.jitter = Jitter();
  if (!report) {
    end.summary = report.error().message.substr(0, kMaxSummary);
    switch (report.error().code) {
      case ErrorCode::kTimeout:
        end.end = core::AttemptEnd::kTimedOut;
        break;
      case ErrorCode::kCancelled:
        end.end = core::AttemptEnd::kCancelled;
        break;
      default:
        end.end = core::AttemptEnd::kFailed;
        break;
    }
    if (IsRetryable(report.error())) end.failure = core::FailureClass::kTransient;
    return end;
  }
  end.summary = report->summary.substr(0, kMaxSummary);
  end.outputs_json = Canonical(report->outputs_json);
  switch (report->outcome) {
    case ports::AttemptOutcome::kSucceeded:
      end.end = core::AttemptEnd::kSucceeded;
      break;
    case ports::AttemptOutcome::kFailedTransient:
      end.end = core::AttemptEnd::kFailed;
      end.failure = core::FailureClass::kTransient;
      break;
    case ports::AttemptOutcome::kFailedPermanent:
      end.end = core::AttemptEnd::kFailed;
      break;
    case ports::AttemptOutcome::kRunning:
    case ports::AttemptOutcome::kUnknown:
      end.end = core::AttemptEnd::kUnknown;
      break;
  }
  return end;
}

Result<ports::AttemptReport> WithoutSecrets(Result<ports::AttemptReport> report,
                                            const std::vector<std::string>& secrets) {
  if (!report) return Error{report.error().code, Redacted(report.error().message, secrets)};
  report->summary = Redacted(std::move(report->summary), secrets);
  report->outputs_json = Redacted(std::move(report->outputs_json), secrets);
  return report;
}

}  // namespace

Attempts::Attempts(ports::Plugins& plugins, CommandLoop& loop, const ports::Clock& clock,
                   ports::Log& log, Outputs& outputs, std::size_t workers,
                   codec::SecretReader read_secret)
    : plugins_(plugins),
      loop_(loop),
      clock_(clock),
      log_(log),
      outputs_(outputs),
      read_secret_(std::move(read_secret)),
      pool_(workers) {}

void Attempts::Start(LoadedRunPtr run, AttemptNumber number) {
  auto cancelled = std::make_shared<std::atomic<bool>>(false);
  const Key key{run->run.id, number};
  {
    const std::lock_guard lock(mutex_);
    cancel_flags_[key] = cancelled;
  }
  pool_.Post([this, run = std::move(run), number, cancelled, key] {
    Call(run, number, *cancelled);
    const std::lock_guard lock(mutex_);
    cancel_flags_.erase(key);
  });
}

void Attempts::Cancel(RunId run, AttemptNumber number) {
  const std::lock_guard lock(mutex_);
  const auto found = cancel_flags_.find({run, number});
  if (found != cancel_flags_.end()) *found->second = true;
}

void Attempts::Recover(LoadedRunPtr run, AttemptNumber number) {
  pool_.Post([this, run = std::move(run), number] { Probe(run, number); });
}

void Attempts::Stop(Duration grace) {
  const auto until = std::chrono::steady_clock::now() + grace;
  while (running() > 0 && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  is_stopping_ = true;  // what is cut off now is left as started: the next start recovers it
  {
    const std::lock_guard lock(mutex_);
    for (auto& [key, cancelled] : cancel_flags_) *cancelled = true;
  }
  pool_.Stop();
}

Result<Attempts::Made> Attempts::MakeExecutor(const LoadedRun& run, const core::Attempt& attempt) {
  const core::StageSpec* stage = run.revision->workflow.FindStage(attempt.stage);
  const core::PluginUse& use = stage->action->use;
  GW_TRY(config, Substitute(use.with_json, ScopeJson(run.run, attempt.stage.value)));
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

void Attempts::Call(const LoadedRunPtr& run, AttemptNumber number,
                    const std::atomic<bool>& cancelled) {
  const core::Attempt& attempt = *run->run.FindAttempt(number);
  // What is executed is what was approved, or nothing is.
  const std::string digest = codec::Sha256Hex(run->run.subject_json);
  if (digest != run->run.subject_digest) return SubmitStale(run->run.id, number, digest);
  auto made = MakeExecutor(*run, attempt);
  if (!made) return SubmitEnd(run->run.id, EndOf(attempt, std::move(made).error()));
  const Time now = clock_.Now();
  const std::string id = AttemptId(run->run.id, number);
  const auto output = outputs_.Open(run->run.id, number);
  const auto limit = std::max(Duration{0}, attempt.deadline.value_or(now) - now);
  RedactingSink sink(*output, made->secrets);
  auto report = made->executor->Start(RequestOf(*run, attempt, id, now), sink, limit, cancelled);
  sink.Finish();
  outputs_.Finish(run->run.id, number);
  if (is_stopping_ && cancelled && !report) return;
  SubmitEnd(run->run.id, EndOf(attempt, WithoutSecrets(std::move(report), made->secrets)));
}

void Attempts::Probe(const LoadedRunPtr& run, AttemptNumber number) {
  const core::Attempt& attempt = *run->run.FindAttempt(number);
  const core::StageSpec* stage = run->revision->workflow.FindStage(attempt.stage);
  core::FinishAttempt end;
  end.number = number;
  end.fencing_token = attempt.fencing_token;
  end.end = core::AttemptEnd::kUnknown;
  end.summary = "the engine stopped during the attempt";
  end.jitter = Jitter();
  const ports::Offer* offer =
      plugins_.Find(ports::PluginKind::kExecutor, stage->action->use.plugin);
  if (offer != nullptr && offer->can_probe) {
    if (auto made = MakeExecutor(*run, attempt)) {
      const std::string id = AttemptId(run->run.id, number);
      const auto output = outputs_.Open(run->run.id, number);
      RedactingSink sink(*output, made->secrets);
      const auto report = WithoutSecrets(
          made->executor->Probe(RequestOf(*run, attempt, id, clock_.Now()), sink, kProbeLimit),
          made->secrets);
      sink.Finish();
      outputs_.Finish(run->run.id, number);
      if (report && report->outcome != ports::AttemptOutcome::kUnknown)
        end = EndOf(attempt, report);
    }
  }
  SubmitEnd(run->run.id, std::move(end));
}

// The store is in trouble (a full disk): what happened must still get into the log.
void Attempts::SubmitLater(RunId run, core::FinishAttempt end) {
  pool_.Post([this, run, end = std::move(end)]() mutable {
    std::this_thread::sleep_for(kSubmitAgainAfter);
    SubmitEnd(run, std::move(end));
  });
}

void Attempts::SubmitStale(RunId run, AttemptNumber number, std::string digest) {
  log_.Error(
      fmt::format("run {}: its subject is not the one that was approved; attempt {} was not "
                  "started",
                  run.value, number.value));
  Job job;
  job.run = run;
  job.command = core::MarkStale{number, std::move(digest)};
  loop_.Submit(std::move(job), true);
}

void Attempts::SubmitEnd(RunId run, core::FinishAttempt end) {
  Job job;
  job.run = run;
  job.command = end;
  job.answer = [this, run, end](const Reply& reply) {
    if (reply.kind == ReplyKind::kDone) return;
    if (reply.kind == ReplyKind::kFailed && IsRetryable(reply.error)) return SubmitLater(run, end);
    log_.Error(fmt::format(
        "run {}: the end of attempt {} was not recorded: {}", run.value, end.number.value,
        reply.kind == ReplyKind::kRefused ? reply.refusal.detail : reply.error.message));
  };
  if (!loop_.Submit(std::move(job), true)) {
    log_.Warning(
        fmt::format("run {}: the end of attempt {} comes too late; the next start recovers "
                    "it",
                    run.value, end.number.value));
  }
}

}  // namespace gatewright::runtime
