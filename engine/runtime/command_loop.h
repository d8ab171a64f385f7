// engine/runtime/command_loop.h: the one serial place where runs change. Takes what has queued,
// decides it, writes it in one transaction (group commit), then answers: while one commit is being
// written to disk, the next batch gathers. One thread; `Submit` is thread-safe.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "engine/core/decide.h"
#include "engine/ports/clock.h"
#include "engine/ports/log.h"
#include "engine/ports/store.h"
#include "engine/runtime/requests.h"
#include "engine/runtime/runs.h"
#include "engine/runtime/surroundings.h"

namespace gatewright::runtime {

// One thing for the loop to do: a command on a run, or a change that needs no decision.
struct Job {
  RunId run;  // 0 for CreateRun: the loop gives the id
  std::optional<core::Command> command;
  std::optional<core::SiteCommand> site_command;  // instead: on the installation itself
  RevisionPtr revision;  // CreateRun, MigrateRun, SubmitRun: what the run is pinned to from then on
  std::optional<Idempotency> idempotency;
  ports::Change also;  // committed with the command, or where it is refused
  // Asked right before `command` is decided, of the run as it then is: completes it, or refuses
  // it. Pure; may be asked twice, when a commit failed.
  std::function<std::optional<core::Refusal>(const core::Run&, core::Command&)> complete;
  std::function<void()> prepare_again;  // the run moved since its facts were gathered
  Answer answer;                        // may be empty
  bool has_worker = false;              // StartAttempt: one is kept free for it
  bool is_second_try = false;           // the loop's own
};

// AnswerRow::status of a command whose answer is not known yet; its body is the run's id.
constexpr int kAnswerUnknown = 0;

// What a repeated Idempotency-Key gets.
Reply RepeatedAnswer(const ports::AnswerRow& first, const Idempotency& now);

// What was committed, for those who act on it.
struct Committed {
  LoadedRunPtr run;  // null: the installation's own entry
  std::vector<core::Event> events;
  std::vector<core::Effect> effects;
  ports::Entry entry;
};

class CommandLoop {
 public:
  struct Options {
    std::size_t queue_limit;
    std::size_t batch_limit;
    std::function<std::size_t()> free_workers;  // for attempts; what starts beyond is planned
  };
  // Called by the loop's thread after a commit, before its answers; must not block.
  using Listener = std::function<void(const std::vector<Committed>&)>;

  CommandLoop(ports::Store& store, Runs& runs, Surroundings& surroundings,
              const ports::Clock& clock, ports::Log& log, Options options, Listener listener);
  ~CommandLoop() { Stop(); }

  void Start(RunId last_run);
  // Finishes what is queued, then ends.
  void Stop();

  // False when the queue is full or the loop is stopping: nothing was taken, nothing is answered.
  // `is_engine`: the engine's own jobs have room beyond the callers' limit, so that a flood of
  // requests cannot keep an attempt's end out.
  bool Submit(Job job, bool is_engine = false);

  std::size_t queued() const;
  std::uint64_t commands() const { return commands_; }
  std::uint64_t commits() const { return commits_; }

 private:
  struct Step;  // a job with what became of it
  struct Batch;

  void Run();
  std::vector<Job> TakeBatch();
  void Process(std::vector<Job> jobs);
  void Decide(Job& job, Batch& batch, Step& step);
  void DecideCommand(Job& job, Batch& batch, Step& step);
  void DecideSite(const core::SiteCommand& command, Batch& batch, Step& step);
  bool IsReplay(const Job& job, Batch& batch, Step& step);
  Reply Adopt(const ports::AnswerRow& first);
  Result<LoadedRunPtr> Find(const Job& job, Batch& batch);
  void Record(Job& job, Batch& batch, Step& step, const LoadedRunPtr& before,
              core::Decision decision);
  void Finish(std::vector<Job> jobs, Batch batch, Position first);
  void ReloadLocks();
  void Fail(std::vector<Job> jobs, const Batch& batch, const Error& error);

  ports::Store& store_;
  Runs& runs_;
  Surroundings& surroundings_;
  const ports::Clock& clock_;
  ports::Log& log_;
  Options options_;
  Listener listener_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> queue_;
  bool is_stopping_ = false;

  RunId last_run_;                                      // the loop's own from here on
  std::unordered_set<std::string> unfinished_answers_;  // keys whose answer this process will know
  std::size_t usual_batch_ = 0;
  Duration usual_commit_{0};
  std::atomic<std::uint64_t> commands_{0};
  std::atomic<std::uint64_t> commits_{0};
  std::thread thread_;
};

}  // namespace gatewright::runtime
