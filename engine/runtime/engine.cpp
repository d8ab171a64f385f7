#include "engine/runtime/engine.h"

#include <fmt/format.h>

#include <future>
#include <utility>

#include "engine/codec/events.h"
#include "engine/runtime/attempts.h"
#include "engine/runtime/command_loop.h"
#include "engine/runtime/notifications.h"
#include "engine/runtime/policies.h"
#include "engine/runtime/prepare.h"
#include "engine/runtime/runs.h"
#include "engine/runtime/timers.h"
#include "engine/runtime/waiters.h"
#include "engine/runtime/worker_pool.h"

namespace gatewright::runtime {
namespace {

constexpr std::int64_t kForgetAtOnce = 1'000;
constexpr Duration kForgetEvery = std::chrono::minutes{10};

Reply Failed(Error error) {
  Reply reply;
  reply.kind = ReplyKind::kFailed;
  reply.error = std::move(error);
  return reply;
}

Reply Refused(core::RefusalCode code, std::string detail) {
  Reply reply;
  reply.kind = ReplyKind::kRefused;
  reply.refusal = {code, std::move(detail)};
  return reply;
}

Error Overloaded() {
  return {ErrorCode::kUnavailable,
          "the engine has as many commands waiting as it takes, or is stopping; nothing was done, "
          "try again"};
}

}  // namespace

class Engine::Impl {
 public:
  Impl(ports::Store& store, ports::Plugins& plugins, const ports::Clock& clock, ports::Log& log,
       EngineOptions options)
      : store_(store),
        plugins_(plugins),
        clock_(clock),
        log_(log),
        options_(options),
        runs_(store, workflows_, options.cached_runs),
        loop_(store, runs_, clock, log, {options.queue_limit, options.batch_limit},
              [this](const std::vector<Committed>& committed) { OnCommitted(committed); }),
        workers_(options.plugin_workers),
        attempts_(plugins, loop_, clock, log, options.attempt_workers, options.output_limit),
        timers_(store, runs_, loop_, clock, log),
        policies_(store, runs_, loop_, workers_, clock, log, options.policy_limit),
        notifications_(store, runs_, loop_, clock, log, options.notifier_limit),
        housekeeping_(clock, "gw-waiters", [this] { return KeepHouse(); }) {}

  ~Impl() { Stop(Duration{0}); }

  Result<void> Start(const ParseStored& parse) {
    GW_CHECK(ReadWorkflows(parse));
    GW_TRY(last_run, store_.LastRunId());
    GW_TRY(open_attempts, store_.OpenAttempts());
    loop_.Start(last_run);
    is_running_ = true;
    for (const ports::AttemptRow& row : open_attempts) Recover(row);
    timers_.Start();
    policies_.Start();
    GW_CHECK(notifications_.Start());
    housekeeping_.Start();
    return {};
  }

  void Stop(Duration grace) {
    if (!is_running_.exchange(false)) return;
    timers_.Stop();
    policies_.Stop();
    workers_.Stop();
    attempts_.Stop(grace);
    notifications_.Stop();
    loop_.Stop();
    housekeeping_.Stop();
    waiters_.Expire(Time::max());
  }

  void Create(CreateRequest request, Answer answer) {
    if (auto repeated = FindRepeated(request.idempotency)) return answer(*std::move(repeated));
    RevisionPtr revision = workflows_.Current(request.workflow);
    if (revision == nullptr) {
      return answer(Refused(core::RefusalCode::kNotFound,
                            fmt::format("there is no workflow '{}'", request.workflow.value)));
    }
    auto prepared = PrepareCreate(request, *revision);
    if (auto* reply = std::get_if<Reply>(&prepared)) return answer(std::move(*reply));
    Job job;
    job.command = std::get<core::CreateRun>(std::move(prepared));
    job.revision = std::move(revision);
    job.idempotency = std::move(request.idempotency);
    Submit(std::move(job), std::move(answer));
  }

  void Vote(VoteRequest request, Answer answer) {
    if (auto repeated = FindRepeated(request.idempotency)) return answer(*std::move(repeated));
    const auto found = runs_.Load(request.run);
    if (!found) return answer(Failed(found.error()));
    const LoadedRunPtr& loaded = *found;
    if (loaded == nullptr) {
      return answer(Refused(core::RefusalCode::kNotFound,
                            fmt::format("there is no run {}", request.run.value)));
    }
    auto shared = std::make_shared<VoteRequest>(std::move(request));
    if (!loaded->revision->has_only_pure_approvers) {
      PrepareOnWorker(std::move(shared), std::move(answer));
    } else {
      PrepareAndSubmit(*loaded, std::move(shared), std::move(answer));
    }
  }

  void Cancel(CancelRequest request, Answer answer) {
    Job job;
    job.run = request.run;
    job.command = core::CancelRun{std::move(request.actor), std::move(request.reason),
                                  std::move(request.expected)};
    job.idempotency = std::move(request.idempotency);
    Submit(std::move(job), std::move(answer));
  }

  void Resolve(ResolveRequest request, Answer answer) {
    Job job;
    job.run = request.run;
    job.command = core::ResolveIncident{std::move(request.actor), request.resolution,
                                        std::move(request.reason), std::move(request.expected)};
    job.idempotency = std::move(request.idempotency);
    Submit(std::move(job), std::move(answer));
  }

  Result<RevisionPtr> Publish(PublishRequest request) {
    const std::lock_guard lock(publishing_);
    const WorkflowName name = request.workflow.name;
    const RevisionPtr current = workflows_.Current(name);
    if (current != nullptr && current->workflow.version == request.workflow.version) return current;
    ports::WorkflowRow row;
    row.name = name.value;
    row.revision = static_cast<std::int64_t>(workflows_.Revisions(name).size()) + 1;
    row.version = request.workflow.version.value;
    row.source = std::move(request.source);
    row.published_by = std::move(request.published_by);
    row.published_at = clock_.Now();
    auto revision = MakeRevision(std::move(request.workflow), row, plugins_);
    std::promise<Reply> promise;
    Job job;
    job.also.workflow = std::move(row);
    Submit(std::move(job), [&promise](Reply reply) { promise.set_value(std::move(reply)); });
    const Reply reply = promise.get_future().get();
    if (reply.kind != ReplyKind::kDone) return reply.error;
    workflows_.Add(revision);
    return revision;
  }

  void CompleteAnswer(ports::AnswerRow row, std::function<void(Result<void>)> done) {
    Job job;
    job.also.answer = std::move(row);
    Submit(std::move(job), [done = std::move(done)](const Reply& reply) {
      done(reply.kind == ReplyKind::kDone ? Result<void>() : Result<void>(reply.error));
    });
  }

  void WaitFor(RunId run, std::function<bool(const core::Run&)> is_settled, Time deadline,
               std::function<void(std::shared_ptr<const core::Run>)> answer) {
    waiters_.Add(run, {std::move(is_settled), deadline, std::move(answer), nullptr});
    // It may have settled between the caller's look and the line above.
    if (auto now = GetRun(run); now && *now != nullptr) waiters_.Notify(*now);
    housekeeping_.PokeAt(deadline);
  }

  Result<std::shared_ptr<const core::Run>> GetRun(RunId run) {
    GW_TRY(loaded, runs_.Load(run));
    if (loaded == nullptr) return std::shared_ptr<const core::Run>{};
    return std::shared_ptr<const core::Run>(loaded, &loaded->run);
  }

  ports::Store& store_;
  ports::Plugins& plugins_;
  const ports::Clock& clock_;
  ports::Log& log_;
  EngineOptions options_;
  FeedListener feed_;
  Workflows workflows_;
  Runs runs_;
  Waiters waiters_;
  CommandLoop loop_;
  WorkerPool workers_;
  Attempts attempts_;
  Timers timers_;
  Policies policies_;
  Notifications notifications_;
  Alarm housekeeping_;
  std::mutex publishing_;
  std::atomic<bool> is_running_{false};
  std::atomic<std::uint64_t> refused_full_{0};

 private:
  Result<void> ReadWorkflows(const ParseStored& parse) {
    GW_TRY(rows, store_.Workflows());
    for (ports::WorkflowRow& row : rows) {
      auto workflow = parse(row.source);
      if (!workflow) {
        log_.Error(
            fmt::format("revision {} of workflow '{}' cannot be read, runs pinned to it stand "
                        "still: {}",
                        row.revision, row.name, workflow.error().message));
        continue;
      }
      // What a revision is called must not depend on how this version of the program reads it.
      workflow->version = WorkflowVersion{row.version};
      workflows_.Add(MakeRevision(*std::move(workflow), std::move(row), plugins_));
    }
    return {};
  }

  void Recover(const ports::AttemptRow& row) {
    if (row.state != core::AttemptState::kStarted) return;  // its timer starts it
    auto loaded = runs_.Load(row.run);
    if (!loaded || *loaded == nullptr) {
      log_.Error(
          fmt::format("run {}: attempt {} cannot be recovered", row.run.value, row.number.value));
      return;
    }
    log_.Warning(fmt::format("run {}: attempt {} of stage '{}' was running when the engine stopped",
                             row.run.value, row.number.value, row.stage));
    attempts_.Recover(*loaded, row.number);
  }

  // Before anything is checked again: the workflow may have changed since the first answer.
  std::optional<Reply> FindRepeated(const std::optional<Idempotency>& idempotency) {
    if (!idempotency) return std::nullopt;
    const auto found = store_.FindAnswer(idempotency->key);
    if (!found) return Failed(found.error());
    // One whose answer is not known yet is the loop's affair.
    if (!*found || (*found)->status == kAnswerUnknown) return std::nullopt;
    return RepeatedAnswer(**found, *idempotency);
  }

  void Submit(Job job, Answer answer) {
    job.answer = answer;
    if (is_running_ && loop_.Submit(std::move(job))) return;
    ++refused_full_;
    answer(Failed(Overloaded()));
  }

  void PrepareAndSubmit(const LoadedRun& loaded, std::shared_ptr<VoteRequest> request,
                        Answer answer) {
    auto prepared = PrepareVote(*request, loaded, clock_.Now(), options_.approver_limit);
    if (auto* reply = std::get_if<Reply>(&prepared)) return answer(std::move(*reply));
    Job job;
    job.run = request->run;
    job.command = std::get<core::CastVote>(std::move(prepared));
    job.idempotency = request->idempotency;
    job.prepare_again = [this, request, answer] { PrepareOnWorker(request, answer); };
    Submit(std::move(job), std::move(answer));
  }

  void PrepareOnWorker(std::shared_ptr<VoteRequest> request, Answer answer) {
    const bool is_taken = workers_.Post([this, request, answer] {
      const auto loaded = runs_.Load(request->run);
      if (!loaded) return answer(Failed(loaded.error()));
      PrepareAndSubmit(**loaded, request, answer);
    });
    if (!is_taken) answer(Failed(Overloaded()));
  }

  // The loop's thread, after a commit.
  void OnCommitted(const std::vector<Committed>& committed) {
    bool has_asks = false;
    std::vector<ports::Entry> entries;
    entries.reserve(committed.size());
    for (const Committed& one : committed) {
      for (const core::Effect& effect : one.effects) {
        if (const auto* call = std::get_if<core::CallExecutor>(&effect)) {
          attempts_.Start(one.run, call->number);
        } else if (const auto* stop = std::get_if<core::StopExecutor>(&effect)) {
          attempts_.Cancel(one.run->run.id, stop->number);
        } else if (const auto* timer = std::get_if<core::SetTimer>(&effect)) {
          timers_.Expect(timer->due);
        } else if (std::holds_alternative<core::AskPolicies>(effect)) {
          has_asks = true;
        }
      }
      waiters_.Notify({one.run, &one.run->run});
      entries.push_back(one.entry);
    }
    if (has_asks) policies_.Expect();
    notifications_.Take(committed);
    if (feed_) feed_(entries);
  }

  std::optional<Time> KeepHouse() {
    const Time now = clock_.Now();
    auto next = waiters_.Expire(now);
    if (now >= forget_at_) {
      forget_at_ = now + kForgetEvery;
      const auto forgotten = store_.ForgetAnswers(now - options_.answers_kept, kForgetAtOnce);
      if (forgotten && *forgotten == kForgetAtOnce) forget_at_ = now + std::chrono::seconds{1};
    }
    return std::min(next.value_or(forget_at_), forget_at_);
  }

  Time forget_at_;
};

Engine::Engine(ports::Store& store, ports::Plugins& plugins, const ports::Clock& clock,
               ports::Log& log, EngineOptions options)
    : impl_(std::make_unique<Impl>(store, plugins, clock, log, options)) {}
Engine::~Engine() = default;

void Engine::SetFeedListener(FeedListener listener) { impl_->feed_ = std::move(listener); }
Result<void> Engine::Start(const ParseStored& parse) { return impl_->Start(parse); }
void Engine::Stop(Duration grace) { impl_->Stop(grace); }

void Engine::Create(CreateRequest request, Answer answer) {
  impl_->Create(std::move(request), std::move(answer));
}
void Engine::Vote(VoteRequest request, Answer answer) {
  impl_->Vote(std::move(request), std::move(answer));
}
void Engine::Cancel(CancelRequest request, Answer answer) {
  impl_->Cancel(std::move(request), std::move(answer));
}
void Engine::Resolve(ResolveRequest request, Answer answer) {
  impl_->Resolve(std::move(request), std::move(answer));
}
Result<RevisionPtr> Engine::Publish(PublishRequest request) {
  return impl_->Publish(std::move(request));
}
void Engine::CompleteAnswer(ports::AnswerRow row, std::function<void(Result<void>)> done) {
  impl_->CompleteAnswer(std::move(row), std::move(done));
}
void Engine::WaitFor(RunId run, std::function<bool(const core::Run&)> is_settled, Time deadline,
                     std::function<void(std::shared_ptr<const core::Run>)> answer) {
  impl_->WaitFor(run, std::move(is_settled), deadline, std::move(answer));
}

Result<std::shared_ptr<const core::Run>> Engine::GetRun(RunId run) { return impl_->GetRun(run); }
Result<std::optional<ports::RunRow>> Engine::GetRow(RunId run) {
  if (const auto cached = impl_->runs_.cache().Find(run)) return {codec::RowOf(cached->run)};
  return impl_->store_.GetRow(run);
}
Result<ports::RunPage> Engine::ListRuns(const ports::RunQuery& query) {
  return impl_->store_.ListRuns(query);
}
Result<std::vector<ports::Entry>> Engine::History(RunId run) {
  GW_TRY(history, impl_->store_.LoadRun(run));
  return history ? std::move(history->entries) : std::vector<ports::Entry>{};
}
Result<std::vector<ports::Entry>> Engine::ReadEntries(Position after, std::int64_t limit) {
  return impl_->store_.ReadEntries(after, limit);
}
Result<Position> Engine::Head() { return impl_->store_.Head(); }
Result<std::string> Engine::ReadOutput(RunId run, AttemptNumber number, std::int64_t offset,
                                       std::int64_t limit) {
  return impl_->store_.ReadOutput(run, number, offset, limit);
}
Result<std::int64_t> Engine::OutputSize(RunId run, AttemptNumber number) {
  return impl_->store_.OutputSize(run, number);
}
Result<ports::StoreHealth> Engine::Health() { return impl_->store_.Health(); }
const Workflows& Engine::workflows() const { return impl_->workflows_; }
ports::Plugins& Engine::plugins() const { return impl_->plugins_; }
Time Engine::Now() const { return impl_->clock_.Now(); }

EngineStats Engine::stats() const {
  EngineStats stats;
  stats.commands = impl_->loop_.commands();
  stats.commits = impl_->loop_.commits();
  stats.refused_full = impl_->refused_full_;
  stats.queued = impl_->loop_.queued();
  stats.running_attempts = impl_->attempts_.running();
  stats.cached_runs = impl_->runs_.cache().size();
  return stats;
}

}  // namespace gatewright::runtime
