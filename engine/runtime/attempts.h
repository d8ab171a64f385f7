// engine/runtime/attempts.h: runs the attempts whose intent is committed: makes the executor, calls
// it on a worker, keeps its output, and submits how it ended. Thread-safe.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/codec/secrets.h"
#include "engine/ports/clock.h"
#include "engine/ports/log.h"
#include "engine/ports/plugins.h"
#include "engine/runtime/command_loop.h"
#include "engine/runtime/outputs.h"
#include "engine/runtime/runs.h"
#include "engine/runtime/worker_pool.h"

namespace gatewright::runtime {

class Attempts {
 public:
  Attempts(ports::Plugins& plugins, CommandLoop& loop, const ports::Clock& clock, ports::Log& log,
           Outputs& outputs, std::size_t workers, codec::SecretReader read_secret);
  ~Attempts() { Stop(Duration{0}); }

  // Calls the executor of a started attempt.
  void Start(LoadedRunPtr run, AttemptNumber number);
  // Asks a running attempt to stop.
  void Cancel(RunId run, AttemptNumber number);
  // An attempt that was started by an engine that is gone: asks the executor, where it can tell.
  void Recover(LoadedRunPtr run, AttemptNumber number);
  // Waits up to `grace` for what runs, then asks it to stop and leaves it to the next start.
  void Stop(Duration grace);

  std::size_t running() const { return pool_.busy() + pool_.queued(); }

 private:
  using Key = std::pair<RunId, AttemptNumber>;

  void Call(const LoadedRunPtr& run, AttemptNumber number, const std::atomic<bool>& cancelled);
  void Probe(const LoadedRunPtr& run, AttemptNumber number);
  void SubmitEnd(RunId run, core::FinishAttempt end);
  void SubmitStale(RunId run, AttemptNumber number, std::string digest);
  void SubmitLater(RunId run, core::FinishAttempt end);
  struct Made {
    std::shared_ptr<ports::Executor> executor;
    std::vector<std::string> secrets;  // that its settings hold
  };
  Result<Made> MakeExecutor(const LoadedRun& run, const core::Attempt& attempt);

  ports::Plugins& plugins_;
  CommandLoop& loop_;
  const ports::Clock& clock_;
  ports::Log& log_;
  Outputs& outputs_;
  codec::SecretReader read_secret_;
  std::atomic<bool> is_stopping_{false};
  std::mutex mutex_;
  std::map<Key, std::shared_ptr<std::atomic<bool>>> cancel_flags_;
  WorkerPool pool_;
};

}  // namespace gatewright::runtime
