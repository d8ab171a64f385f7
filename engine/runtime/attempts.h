// engine/runtime/attempts.h: does the attempts whose intent is committed: calls the executor on a
// worker, keeps its output, and submits how it ended. What goes on outside is watched by Outside,
// what has no worker yet waits in Slots. Thread-safe.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "engine/ports/clock.h"
#include "engine/ports/log.h"
#include "engine/runtime/alarm.h"
#include "engine/runtime/attempt_calls.h"
#include "engine/runtime/command_loop.h"
#include "engine/runtime/outputs.h"
#include "engine/runtime/outside.h"
#include "engine/runtime/runs.h"
#include "engine/runtime/slots.h"
#include "engine/runtime/worker_pool.h"

namespace gatewright::runtime {

class Attempts {
 public:
  Attempts(CommandLoop& loop, Runs& runs, const ports::Clock& clock, ports::Log& log,
           Outputs& outputs, AttemptCalls calls, std::size_t workers);
  ~Attempts() { Stop(Duration{0}); }

  void Start();
  // Waits up to `grace` for what runs, then asks it to stop and leaves it to the next start.
  void Stop(Duration grace);

  // Calls the executor of a started attempt.
  void Call(LoadedRunPtr run, AttemptNumber number);
  // A planned attempt is started once a worker is free.
  void Queue(RunId run, AttemptNumber number);
  // Asks a running attempt to stop.
  void Cancel(RunId run, AttemptNumber number);
  // It has ended, whoever said so.
  void Ended(RunId run, AttemptNumber number);
  // An open attempt of an engine that is gone; `stored` bytes of its output are there.
  void Recover(const LoadedRun& run, AttemptNumber number, std::int64_t stored);
  // Somebody is on it.
  bool Knows(RunId run, AttemptNumber number) const;

  std::size_t free_workers() const { return is_draining_ ? 0 : slots_.free(); }
  std::size_t running() const { return pool_.busy() + pool_.queued(); }
  std::size_t waiting() const { return slots_.waiting(); }
  std::size_t outside() const { return outside_.size(); }

 private:
  struct Running;
  using RunningPtr = std::shared_ptr<Running>;
  using Report = Result<ports::AttemptReport>;

  void StartNext();
  void CallNow(const LoadedRunPtr& run, AttemptNumber number, Running& running);
  Report CallExecutor(const LoadedRun& run, AttemptNumber number, Running& running);
  // For attempts that are silent, and for free workers.
  std::optional<Time> Look();
  void WaitAgain(const AttemptKey& key);
  void SubmitHandOver(RunId run, core::HandOver report);
  void SubmitEnd(RunId run, core::FinishAttempt end);
  void SubmitStale(RunId run, AttemptNumber number, std::string digest);
  void Later(std::function<void()> submit);

  CommandLoop& loop_;
  const ports::Clock& clock_;
  ports::Log& log_;
  Outputs& outputs_;
  AttemptCalls calls_;
  Slots slots_;
  std::atomic<bool> is_draining_{false};  // nothing more is started
  std::atomic<bool> is_stopping_{false};  // what runs is cut off
  mutable std::mutex mutex_;
  std::map<AttemptKey, RunningPtr> running_;
  WorkerPool pool_;
  Outside outside_;
  Alarm look_;
};

}  // namespace gatewright::runtime
