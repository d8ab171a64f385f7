// engine/runtime/notifications.h: follows the committed log and makes a delivery of everything that
// a run's workflow wants to be told. At least once, never in the way of a decision. One thread;
// `Take` and `deliveries` are thread-safe.
#pragma once

#include <deque>
#include <mutex>
#include <vector>

#include "engine/ports/clock.h"
#include "engine/ports/log.h"
#include "engine/ports/store.h"
#include "engine/runtime/alarm.h"
#include "engine/runtime/command_loop.h"
#include "engine/runtime/deliveries.h"
#include "engine/runtime/message_writer.h"
#include "engine/runtime/runs.h"

namespace gatewright::runtime {

class Notifications {
 public:
  Notifications(MessageWriter::Around around, CommandLoop& loop, ports::Log& log, Duration limit);

  // Goes on where the last engine stopped.
  Result<void> Start();
  void Stop();
  // What was just committed, in order. Kept in memory while the follower keeps up, which saves
  // reading it back; a follower that fell behind reads the log.
  void Take(const std::vector<Committed>& committed);

  Deliveries& deliveries() { return deliveries_; }

 private:
  std::optional<Time> Follow();
  // Reads the log until nothing is left; false when that has to go on later.
  bool CatchUp();
  void TellTaken();
  void FallBehind();  // under mutex_
  void Tell(std::vector<NewDelivery> made);
  void Read(const ports::Entry& entry, std::vector<NewDelivery>& made);
  void Make(const LoadedRun& loaded, const ports::Entry& entry,
            const std::vector<core::Event>& events, std::vector<NewDelivery>& made);

  void MakeForPeople(const LoadedRun& loaded, std::size_t rule, const NewDelivery& pattern,
                     std::vector<NewDelivery>& made);

  const MessageWriter::Around around_;
  MessageWriter writer_;
  Deliveries deliveries_;
  Position cursor_;  // everything up to here was told
  Position saved_cursor_;
  Time saved_at_;
  std::mutex mutex_;
  bool is_behind_ = true;        // what is committed is read from the log, not taken
  Position committed_;           // newest entry of this process
  std::deque<Committed> taken_;  // what somebody wants to hear of, while not behind
  Alarm alarm_;
};

}  // namespace gatewright::runtime
