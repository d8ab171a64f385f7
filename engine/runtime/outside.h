// engine/runtime/outside.h: attempts that nobody is inside of: those whose executor handed the work
// over, and those whose engine died. Asks what became of each when it is time, and ends those that
// are asked to stop or whose time is over. No thread waits for one of them. Thread-safe.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "engine/core/command.h"
#include "engine/ports/clock.h"
#include "engine/runtime/alarm.h"
#include "engine/runtime/attempt_calls.h"
#include "engine/runtime/outputs.h"
#include "engine/runtime/runs.h"
#include "engine/runtime/slots.h"
#include "engine/runtime/worker_pool.h"

namespace gatewright::runtime {

class Outside {
 public:
  struct Around {
    AttemptCalls& calls;
    Runs& runs;
    Outputs& outputs;
    const ports::Clock& clock;
    std::function<void(RunId, core::FinishAttempt)> end;      // by a worker: it has ended
    std::function<void(RunId, core::HandOver)> is_elsewhere;  // by a worker: its handle is another
  };

  explicit Outside(Around around);
  ~Outside() { Stop(); }

  void Start() { alarm_.Start(); }
  // Leaves everything to the next start.
  void Stop();

  // `ask_after`: when to ask first and how often then; 0 = never, somebody else brings the end.
  void Watch(const AttemptKey& key, Time deadline, Duration ask_after);
  // What became of it when its engine died; `stored` bytes of its output are there.
  void Recover(const AttemptKey& key, const core::Attempt& attempt, std::int64_t stored);
  // Asks it to end. False when it is not watched.
  bool AskToStop(const AttemptKey& key);
  // Somebody else brought its end.
  void Ended(const AttemptKey& key);

  bool Has(const AttemptKey& key) const;
  std::size_t size() const;

 private:
  struct Watched {
    Time deadline;
    std::optional<Time> ask_at;
    Duration ask_every{0};
    std::int64_t stored = 0;
    bool is_handed_over = true;      // else its engine died inside the call
    std::optional<Time> give_up_at;  // asked to stop
    bool was_told = false;           // to stop
    std::optional<Time> look_at;     // its place in `order_`; none: a worker is on it
  };
  using Report = Result<ports::AttemptReport>;

  std::optional<Time> Look();
  bool Forget(const AttemptKey& key);
  void Ask(const AttemptKey& key);
  void Settle(const AttemptKey& key, const LoadedRun& run, const Report& report, Watched watched);
  void End(const AttemptKey& key, core::FinishAttempt end);
  std::optional<Watched> Find(const AttemptKey& key) const;
  void Add(const AttemptKey& key, const Watched& watched);
  // After a question; unless its end came from elsewhere meanwhile.
  void GoOn(const AttemptKey& key, Watched watched);
  void Queue(const AttemptKey& key, Watched& watched);    // under the lock
  void Unqueue(const AttemptKey& key, Watched& watched);  // under the lock

  Around around_;
  mutable std::mutex mutex_;
  std::map<AttemptKey, Watched> watched_;
  std::set<std::pair<Time, AttemptKey>> order_;  // when to look at which
  WorkerPool workers_;
  Alarm alarm_;
};

}  // namespace gatewright::runtime
