// engine/runtime/notifications.h: follows the committed log and tells the notifiers of each run's
// workflow what they asked for. At least once, in order of the log, never in the way of a decision:
// what cannot be delivered goes to the outbox and is tried again. One thread; `Poke` is
// thread-safe.
#pragma once

#include <deque>
#include <mutex>
#include <vector>

#include "engine/ports/clock.h"
#include "engine/ports/log.h"
#include "engine/ports/store.h"
#include "engine/runtime/alarm.h"
#include "engine/runtime/command_loop.h"
#include "engine/runtime/runs.h"

namespace gatewright::runtime {

class Notifications {
 public:
  Notifications(ports::Store& store, Runs& runs, CommandLoop& loop, const ports::Clock& clock,
                ports::Log& log, Duration limit);

  // Goes on where the last engine stopped.
  Result<void> Start();
  void Stop();
  // What was just committed, in order. Kept in memory while the follower keeps up, which saves
  // reading it back; a follower that fell behind reads the log.
  void Take(const std::vector<Committed>& committed);

 private:
  std::optional<Time> Follow();
  // Reads the log until nothing is left; false when it cannot be read now.
  bool CatchUp();
  void TellTaken();
  void TellRead(const ports::Entry& entry);
  void Tell(const LoadedRun& loaded, const ports::Entry& entry,
            const std::vector<core::Event>& events);
  void TellOne(const Revision& revision, std::size_t rule, const std::string& id,
               std::string_view topic, const std::string& json, RunId run);
  std::optional<Time> TryAgain();
  void SaveCursor();

  ports::Store& store_;
  Runs& runs_;
  CommandLoop& loop_;
  const ports::Clock& clock_;
  ports::Log& log_;
  Duration limit_;
  Position cursor_;  // everything up to here was told
  Position saved_cursor_;
  Time saved_at_;
  Time try_again_at_;  // when the outbox has something due; the past at the start, to look
  std::mutex mutex_;
  bool is_behind_ = true;        // what is committed is read from the log, not taken
  Position committed_;           // newest entry of this process
  std::deque<Committed> taken_;  // what somebody wants to hear of, while not behind
  Alarm alarm_;
};

}  // namespace gatewright::runtime
