// Long: a batch, from its queue to its commit, is read in one place.
#include "engine/runtime/command_loop.h"

#include <fmt/format.h>
#include <pthread.h>

#include <algorithm>
#include <utility>

#include "engine/base/assert.h"
#include "engine/core/decide.h"
#include "engine/runtime/change.h"

namespace gatewright::runtime {
namespace {

// The engine's own jobs (ends of attempts, timers) may queue up to this many times the limit.
constexpr std::size_t kEngineRoom = 4;
constexpr auto kReadLocksAgainAfter = std::chrono::milliseconds{200};

Reply Failed(Error error) {
  Reply reply;
  reply.kind = ReplyKind::kFailed;
  reply.error = std::move(error);
  return reply;
}

Reply Refused(core::Refusal refusal, const LoadedRunPtr& run) {
  Reply reply;
  reply.kind = ReplyKind::kRefused;
  reply.refusal = std::move(refusal);
  if (run != nullptr) reply.run = {run, &run->run};
  return reply;
}

Reply Done(const LoadedRunPtr& run, bool changed) {
  Reply reply;
  reply.kind = ReplyKind::kDone;
  reply.changed = changed;
  if (run != nullptr) reply.run = {run, &run->run};
  return reply;
}

bool IsEmpty(const ports::Change& change) {
  return !change.entry && change.set_timers.empty() && change.clear_timers.empty() &&
         change.put_attempts.empty() && change.put_outbox.empty() && change.drop_outbox.empty() &&
         !change.answer && change.output.empty() && !change.workflow &&
         change.retire_workflow.empty() && change.put_deliveries.empty() &&
         change.close_lanes.empty() && change.open_lanes.empty() && !change.cursor;
}

}  // namespace

Reply RepeatedAnswer(const ports::AnswerRow& first, const Idempotency& now) {
  if (first.fingerprint != now.fingerprint) {
    return Failed({ErrorCode::kInvalid,
                   "this Idempotency-Key was used for another request; expected the same method, "
                   "path and body, or a new key"});
  }
  if (first.status == 0) {
    return Failed(
        {ErrorCode::kConflict,
         "the first request with this Idempotency-Key is still running; ask again later"});
  }
  Reply reply;
  reply.kind = ReplyKind::kReplayed;
  reply.stored = first;
  return reply;
}

struct CommandLoop::Step {
  Reply reply;
  ports::Change change;
  std::optional<Committed> committed;
  bool is_again = false;  // the facts are out of date: prepare again instead of answering
};

// A batch while it is being decided: runs as they will be once it is committed.
struct CommandLoop::Batch {
  std::vector<Step> steps;
  std::unordered_map<RunId, LoadedRunPtr> runs;
  std::unordered_map<std::string, ports::AnswerRow> answers;
  RunId last_run;
  Time now;
  Surroundings::View view;  // the site as the batch so far left it
  bool has_moved_locks = false;
  std::size_t free_workers = 0;  // that the batch has not taken yet
};

CommandLoop::CommandLoop(ports::Store& store, Runs& runs, Surroundings& surroundings,
                         const ports::Clock& clock, ports::Log& log, Options options,
                         Listener listener)
    : store_(store),
      runs_(runs),
      surroundings_(surroundings),
      clock_(clock),
      log_(log),
      options_(options),
      listener_(std::move(listener)) {}

void CommandLoop::Start(RunId last_run) {
  last_run_ = last_run;
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "gw-commands");
    Run();
  });
}

void CommandLoop::Stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool CommandLoop::Submit(Job job, bool is_engine) {
  bool was_empty = false;
  {
    const std::lock_guard lock(mutex_);
    const std::size_t limit = options_.queue_limit * (is_engine ? kEngineRoom : 1);
    if (is_stopping_ || queue_.size() >= limit) return false;
    was_empty = queue_.empty();
    queue_.push_back(std::move(job));
  }
  if (was_empty) wake_.notify_one();
  return true;
}

std::size_t CommandLoop::queued() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

void CommandLoop::Run() {
  while (true) {
    auto jobs = TakeBatch();
    if (jobs.empty()) return;
    Process(std::move(jobs));
  }
}

// Waits for the first job. When commits are slow, waits a little longer for as many as the last
// batches had: without that, clients that wait for each other split into two half-full batches.
std::vector<Job> CommandLoop::TakeBatch() {
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [this] { return is_stopping_ || !queue_.empty(); });
  const auto linger = std::min<Duration>(std::chrono::microseconds{300}, usual_commit_ * 3 / 10);
  if (queue_.size() < usual_batch_ && !is_stopping_ && linger > std::chrono::microseconds{50}) {
    const auto until = std::chrono::steady_clock::now() + linger;
    while (queue_.size() < usual_batch_ && !is_stopping_) {
      lock.unlock();
      std::this_thread::yield();
      lock.lock();
      if (std::chrono::steady_clock::now() >= until) break;
    }
  }
  std::vector<Job> jobs;
  const std::size_t size = std::min(queue_.size(), options_.batch_limit);
  jobs.reserve(size);
  for (std::size_t i = 0; i < size; ++i) {
    jobs.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return jobs;
}

void CommandLoop::Process(std::vector<Job> jobs) {
  Batch batch;
  batch.now = clock_.Now();
  batch.last_run = last_run_;
  batch.view = surroundings_.MakeView();
  batch.free_workers = options_.free_workers();
  batch.steps.resize(jobs.size());
  std::vector<ports::Change> changes;
  changes.reserve(jobs.size());
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    Decide(jobs[i], batch, batch.steps[i]);
    if (!IsEmpty(batch.steps[i].change)) changes.push_back(std::move(batch.steps[i].change));
  }
  Position first{0};
  if (!changes.empty()) {
    const auto begin = std::chrono::steady_clock::now();
    auto committed = store_.Commit(changes);
    const auto took =
        std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - begin);
    usual_commit_ = (usual_commit_ * 7 + took) / 8;
    if (!committed) return Fail(std::move(jobs), batch, committed.error());
    first = *committed;
    ++commits_;
  }
  commands_ += jobs.size();
  usual_batch_ = std::max(jobs.size(), usual_batch_ - usual_batch_ / 8);
  last_run_ = batch.last_run;
  Finish(std::move(jobs), std::move(batch), first);
}

void CommandLoop::Decide(Job& job, Batch& batch, Step& step) {
  if (job.idempotency && IsReplay(job, batch, step)) return;
  // Kept whole until the answer is out: a failed commit is tried again job by job.
  step.change = job.also;
  if (job.command) {
    DecideCommand(job, batch, step);
  } else if (job.site_command) {
    DecideSite(*job.site_command, batch, step);
  } else {
    step.reply = Done(nullptr, true);
  }
  if (!job.idempotency || step.is_again || step.reply.kind == ReplyKind::kFailed) return;
  ports::AnswerRow answer = job.idempotency->render(step.reply);
  answer.key = job.idempotency->key;
  answer.fingerprint = job.idempotency->fingerprint;
  answer.at = batch.now;
  if (answer.status == kAnswerUnknown) {
    answer.body = std::to_string(step.reply.run->id.value);
    unfinished_answers_.insert(answer.key);
  }
  batch.answers[answer.key] = answer;
  step.change.answer = std::move(answer);
}

bool CommandLoop::IsReplay(const Job& job, Batch& batch, Step& step) {
  const Idempotency& idempotency = *job.idempotency;
  if (const auto found = batch.answers.find(idempotency.key); found != batch.answers.end()) {
    step.reply = RepeatedAnswer(found->second, idempotency);
    return true;
  }
  auto found = store_.FindAnswer(idempotency.key);
  if (!found) {
    step.reply = Failed(found.error());
    return true;
  }
  if (!*found) return false;
  const ports::AnswerRow& first = **found;
  const bool is_abandoned = first.status == kAnswerUnknown &&
                            first.fingerprint == idempotency.fingerprint &&
                            unfinished_answers_.insert(idempotency.key).second;
  step.reply = is_abandoned ? Adopt(first) : RepeatedAnswer(first, idempotency);
  return true;
}

// The engine that committed the command died before its answer was known: whoever asks first gets
// the run as it is now, and completes the answer.
Reply CommandLoop::Adopt(const ports::AnswerRow& first) {
  const auto run = runs_.Load(RunId{std::strtoll(first.body.c_str(), nullptr, 10)});
  if (!run) return Failed(run.error());
  return Done(*run, true);
}

void CommandLoop::DecideCommand(Job& job, Batch& batch, Step& step) {
  auto found = Find(job, batch);
  if (!found) {
    step.reply = Failed(found.error());
    return;
  }
  if (*found == nullptr) {
    step.reply = Refused(
        {core::RefusalCode::kNotFound, fmt::format("there is no run {}", job.run.value)}, nullptr);
    return;
  }
  const LoadedRunPtr& before = *found;
  if (job.complete) {
    if (auto refusal = job.complete(before->run, *job.command)) {
      step.reply = Refused(*std::move(refusal), before);
      return;
    }
  }
  core::World world = batch.view.World(surroundings_.loops_locks());
  world.has_free_worker = job.has_worker || batch.free_workers > 0;
  Record(job, batch, step, before,
         core::Decide(before->run, before->revision->workflow, *job.command, batch.now, world));
}

void CommandLoop::DecideSite(const core::SiteCommand& command, Batch& batch, Step& step) {
  const LoadedSitePtr before = batch.view.site;
  auto decision = core::DecideSite(before->site, command, batch.now);
  if (auto* refusal = std::get_if<core::Refusal>(&decision)) {
    step.reply = Refused(std::move(*refusal), nullptr);
    return;
  }
  auto& accepted = std::get<core::SiteAccepted>(decision);
  step.reply = Done(nullptr, !accepted.events.empty());
  step.reply.site = {before, &before->site};
  if (accepted.events.empty()) return;
  step.change.entry =
      MakeSiteEntry(accepted, before->head_hash, core::ActorOf(command).value, batch.now);
  step.change.put_credentials = CredentialRowsOf(command, accepted.events);
  batch.view.site = std::make_shared<const LoadedSite>(
      LoadedSite{std::move(accepted.site), step.change.entry->hash});
  step.reply.site = {batch.view.site, &batch.view.site->site};
  step.committed = Committed{nullptr, {}, {}, *step.change.entry};
}

// The run the job is about, as the batch so far left it. A new run has an id and nothing else.
Result<LoadedRunPtr> CommandLoop::Find(const Job& job, Batch& batch) {
  if (std::holds_alternative<core::CreateRun>(*job.command)) {
    auto fresh = std::make_shared<LoadedRun>();
    fresh->run.id = RunId{batch.last_run.value + 1};
    fresh->revision = job.revision;
    return LoadedRunPtr(std::move(fresh));
  }
  if (const auto found = batch.runs.find(job.run); found != batch.runs.end()) return found->second;
  return runs_.Load(job.run);
}

void CommandLoop::Record(Job& job, Batch& batch, Step& step, const LoadedRunPtr& before,
                         core::Decision decision) {
  if (auto* refusal = std::get_if<core::Refusal>(&decision)) {
    if (refusal->code == core::RefusalCode::kPrepareAgain && job.prepare_again) {
      step.is_again = true;
      return;
    }
    step.reply = Refused(std::move(*refusal), before);
    return;
  }
  auto& accepted = std::get<core::Accepted>(decision);
  if (accepted.events.empty()) {
    step.reply = Done(before, false);
    return;
  }
  const bool has_migrated = accepted.run.workflow_version != before->revision->workflow.version;
  const RevisionPtr& revision = has_migrated ? job.revision : before->revision;
  AddDecision(step.change, accepted, revision->workflow, before->head_hash,
              core::ActorOf(*job.command).value, batch.now);
  for (const core::Event& event : accepted.events) {
    if (!IsAboutLocks(event)) continue;
    surroundings_.ApplyLocks(accepted.run.id, event, batch.now);
    batch.has_moved_locks = true;
  }
  const bool is_started = std::ranges::any_of(accepted.effects, [](const core::Effect& effect) {
    return std::holds_alternative<core::CallExecutor>(effect);
  });
  if (is_started && !job.has_worker && batch.free_workers > 0) --batch.free_workers;
  auto after = std::make_shared<const LoadedRun>(
      LoadedRun{std::move(accepted.run), step.change.entry->hash, revision});
  batch.runs[after->run.id] = after;
  batch.last_run = std::max(batch.last_run, after->run.id);
  step.reply = Done(after, true);
  step.committed =
      Committed{after, std::move(accepted.events), std::move(accepted.effects), *step.change.entry};
}

void CommandLoop::Finish(std::vector<Job> jobs, Batch batch, Position first) {
  std::vector<Committed> committed;
  for (Step& step : batch.steps) {
    if (!step.committed) continue;
    step.committed->entry.position = first;
    ++first.value;
    committed.push_back(std::move(*step.committed));
  }
  for (auto& [id, run] : batch.runs) runs_.cache().PutCommitted(run);
  surroundings_.SetSite(batch.view.site);
  if (!committed.empty()) listener_(committed);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (jobs[i].also.answer) unfinished_answers_.erase(jobs[i].also.answer->key);
    if (batch.steps[i].is_again) {
      jobs[i].prepare_again();
    } else if (jobs[i].answer) {
      jobs[i].answer(std::move(batch.steps[i].reply));
    }
  }
}

// The table has seen what was then not written.
void CommandLoop::ReloadLocks() {
  while (true) {
    const auto loaded = surroundings_.LoadLocks(store_);
    if (loaded) return;
    log_.Error(fmt::format("locks cannot be read, nothing goes on without them: {}",
                           loaded.error().message));
    {
      const std::lock_guard lock(mutex_);
      if (is_stopping_) return;
    }
    std::this_thread::sleep_for(kReadLocksAgainAfter);
  }
}

// Nothing of the batch was written. One bad job must not take the others with it, so each is tried
// alone; when the store itself is in trouble there is no point in that. A conflict means that what
// we remember of a run is out of date, so even a lone job is tried once more on what is stored.
void CommandLoop::Fail(std::vector<Job> jobs, const Batch& batch, const Error& error) {
  for (const auto& [id, run] : batch.runs) runs_.cache().Drop(id);
  if (batch.has_moved_locks) ReloadLocks();
  const bool is_outdated =
      error.code == ErrorCode::kConflict && !std::exchange(jobs.front().is_second_try, true);
  if ((jobs.size() > 1 && !IsRetryable(error)) || is_outdated) {
    for (Job& job : jobs) {
      std::vector<Job> alone;
      alone.push_back(std::move(job));
      Process(std::move(alone));
    }
    return;
  }
  log_.Error(fmt::format("a commit of {} commands failed: {}", jobs.size(), error.message));
  for (Job& job : jobs) {
    if (job.answer) job.answer(Failed(error));
  }
}

}  // namespace gatewright::runtime
