#include "engine/runtime/attempts.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "engine/codec/digest.h"

namespace gatewright::runtime {
namespace {

constexpr auto kSubmitAgainAfter = std::chrono::milliseconds{500};
constexpr Duration kLookAgainAfter = std::chrono::seconds{1};

}  // namespace

// An attempt whose executor is being called.
struct Attempts::Running {
  std::atomic<bool> is_cancelled{false};
  std::optional<Duration> heartbeat;
  std::atomic<Time> last_sign{Time{}};
  std::atomic<bool> is_silent{false};  // cancelled because of that
};

namespace {

// Passes output on, and remembers when there was some.
class SignOfLife final : public ports::AttemptSink {
 public:
  SignOfLife(ports::AttemptSink& to, const ports::Clock& clock, std::atomic<Time>& last)
      : to_(to), clock_(clock), last_(last) {}

  void Output(std::string_view bytes) override {
    last_ = clock_.Now();
    to_.Output(bytes);
  }
  void Progress(int percent, std::string_view text) override {
    last_ = clock_.Now();
    to_.Progress(percent, text);
  }

 private:
  ports::AttemptSink& to_;
  const ports::Clock& clock_;
  std::atomic<Time>& last_;
};

}  // namespace

Attempts::Attempts(CommandLoop& loop, Runs& runs, const ports::Clock& clock, ports::Log& log,
                   Outputs& outputs, AttemptCalls calls, std::size_t workers)
    : loop_(loop),
      clock_(clock),
      log_(log),
      outputs_(outputs),
      calls_(std::move(calls)),
      slots_(workers),
      pool_(workers),
      outside_(
          {calls_, runs, outputs, clock,
           [this](RunId run, core::FinishAttempt end) {
             outputs_.Finish(run, end.number);
             SubmitEnd(run, std::move(end));
           },
           [this](RunId run, core::HandOver report) { SubmitHandOver(run, std::move(report)); }}),
      look_(clock, "gw-attempts", [this] { return Look(); }) {}

void Attempts::Start() {
  outside_.Start();
  look_.Start();
}

void Attempts::Call(LoadedRunPtr run, AttemptNumber number) {
  const AttemptKey key{run->run.id, number};
  slots_.Take(key);
  auto running = std::make_shared<Running>();
  const core::Attempt& attempt = *run->run.FindAttempt(number);
  running->heartbeat = run->revision->workflow.FindStage(attempt.stage)->action->heartbeat;
  running->last_sign = clock_.Now();
  {
    const std::lock_guard lock(mutex_);
    running_[key] = running;
  }
  if (running->heartbeat) look_.PokeAt(clock_.Now() + *running->heartbeat);
  pool_.Post([this, run = std::move(run), number, running, key] {
    CallNow(run, number, *running);
    {
      const std::lock_guard lock(mutex_);
      running_.erase(key);
    }
    slots_.Leave();
    StartNext();
  });
}

void Attempts::Queue(RunId run, AttemptNumber number) {
  slots_.Wait({run, number});
  StartNext();
}

void Attempts::StartNext() {
  while (!is_draining_) {
    const auto key = slots_.Next();
    if (!key) return;
    Job job;
    job.run = key->first;
    job.command = core::StartAttempt{key->second};
    job.has_worker = true;
    job.answer = [this, key = *key](const Reply& reply) {
      if (!slots_.GiveUp(key)) return;  // it was started
      if (reply.kind == ReplyKind::kFailed && IsRetryable(reply.error)) return WaitAgain(key);
      StartNext();
    };
    if (loop_.Submit(std::move(job), true)) continue;
    slots_.GiveUp(*key);
    return WaitAgain(*key);
  }
}

// The store is in trouble, or too much is to be decided.
void Attempts::WaitAgain(const AttemptKey& key) {
  slots_.Wait(key);
  look_.PokeAt(clock_.Now() + kLookAgainAfter);
}

void Attempts::Cancel(RunId run, AttemptNumber number) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = running_.find({run, number});
    if (found != running_.end()) found->second->is_cancelled = true;
  }
  outside_.AskToStop({run, number});  // it may have been handed over just now
}

void Attempts::Ended(RunId run, AttemptNumber number) { outside_.Ended({run, number}); }

void Attempts::Recover(const LoadedRun& run, AttemptNumber number, std::int64_t stored) {
  outside_.Recover({run.run.id, number}, *run.run.FindAttempt(number), stored);
}

bool Attempts::Knows(RunId run, AttemptNumber number) const {
  const AttemptKey key{run, number};
  if (slots_.IsWaiting(key) || outside_.Has(key)) return true;
  const std::lock_guard lock(mutex_);
  return running_.contains(key);
}

void Attempts::Stop(Duration grace) {
  is_draining_ = true;
  const auto until = std::chrono::steady_clock::now() + grace;
  while (running() > 0 && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  is_stopping_ = true;  // what is cut off now is left as started: the next start recovers it
  look_.Stop();
  outside_.Stop();
  {
    const std::lock_guard lock(mutex_);
    for (auto& [key, running] : running_) running->is_cancelled = true;
  }
  pool_.Stop();
}

void Attempts::CallNow(const LoadedRunPtr& run, AttemptNumber number, Running& running) {
  const core::Attempt& attempt = *run->run.FindAttempt(number);
  const RunId id = run->run.id;
  // What is executed is what was approved, or nothing is.
  const std::string digest = codec::Sha256Hex(run->run.subject_json);
  if (digest != run->run.subject_digest) return SubmitStale(id, number, digest);
  const auto report = CallExecutor(*run, number, running);
  if (report && report->outcome == ports::AttemptOutcome::kRunning) {
    outside_.Watch({id, number}, attempt.deadline.value_or(clock_.Now()), report->ask_again_after);
    return SubmitHandOver(id, {number, attempt.fencing_token, report->handle, report->summary});
  }
  outputs_.Finish(id, number);
  if (is_stopping_ && running.is_cancelled && !report) return;
  SubmitEnd(id, EndOf(attempt, report));
}

Attempts::Report Attempts::CallExecutor(const LoadedRun& run, AttemptNumber number,
                                        Running& running) {
  const auto output = outputs_.Open(run.run.id, number);
  SignOfLife sink(*output, clock_, running.last_sign);
  auto report = calls_.Start(run, number, sink, running.is_cancelled);
  if (!running.is_silent || report) return report;
  return Error{ErrorCode::kTimeout, fmt::format("gave no sign of life for {}, and was stopped",
                                                FormatDuration(*running.heartbeat))};
}

std::optional<Time> Attempts::Look() {
  StartNext();
  const Time now = clock_.Now();
  std::optional<Time> next;
  const std::lock_guard lock(mutex_);
  for (const auto& [key, running] : running_) {
    if (!running->heartbeat || running->is_silent) continue;
    const Time silent_at = running->last_sign.load() + *running->heartbeat;
    if (silent_at > now) {
      next = std::min(silent_at, next.value_or(silent_at));
    } else {
      running->is_silent = true;
      running->is_cancelled = true;
    }
  }
  return next;
}

void Attempts::SubmitHandOver(RunId run, core::HandOver report) {
  Job job;
  job.run = run;
  job.command = report;
  job.answer = [this, run, report](const Reply& reply) {
    if (reply.kind == ReplyKind::kDone) return;
    // Its end came before its executor returned.
    if (reply.kind == ReplyKind::kRefused) return Ended(run, report.number);
    log_.Error(fmt::format("run {}: it was not recorded yet that attempt {} goes on outside: {}",
                           run.value, report.number.value, reply.error.message));
    Later([this, run, report] { SubmitHandOver(run, report); });
  };
  loop_.Submit(std::move(job), true);
}

// The store is in trouble (a full disk): what happened must still get into the log.
void Attempts::Later(std::function<void()> submit) {
  pool_.Post([submit = std::move(submit)] {
    std::this_thread::sleep_for(kSubmitAgainAfter);
    submit();
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
    if (reply.kind == ReplyKind::kFailed && IsRetryable(reply.error)) {
      return Later([this, run, end] { SubmitEnd(run, end); });
    }
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
