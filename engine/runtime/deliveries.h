// engine/runtime/deliveries.h: brings notifications to their receivers. Every receiver has a lane:
// in order per run, a few at once, and a receiver in trouble is left alone for a while and shares
// its threads with others in trouble only. What does not fit into memory waits in the store.
// Thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/ports/clock.h"
#include "engine/ports/log.h"
#include "engine/ports/store.h"
#include "engine/runtime/alarm.h"
#include "engine/runtime/delivery_count.h"
#include "engine/runtime/delivery_ledger.h"
#include "engine/runtime/message_writer.h"
#include "engine/runtime/worker_pool.h"

namespace gatewright::runtime {

// A notification that was just made, with what it says where that is known already.
struct NewDelivery {
  ports::DeliveryRow row;  // without an id
  std::optional<Message> message;
};

class Deliveries {
 public:
  Deliveries(ports::Store& store, MessageWriter& writer, CommandLoop& loop,
             const ports::Clock& clock, ports::Log& log, Duration limit, std::string cursor);
  ~Deliveries() { Stop(); }

  Result<void> Start();
  // Waits for what is being delivered; the rest stays in the store.
  void Stop();

  // False when too much waits to be written: come back later.
  bool HasRoom() const;
  // Everything up to `told` is in `made`, or was before.
  void Add(std::vector<NewDelivery> made, Position told);

  std::vector<DeliveryCount> Counts() const;
  Result<std::vector<ports::DeliveryRow>> List(const ports::DeliveryQuery& query);
  Result<std::optional<ports::DeliveryRow>> Find(std::int64_t id) const;
  // Tries it now, whatever became of it. Nothing when there is no such delivery. When it gets
  // through, a receiver that wanted no more is told everything again.
  Result<std::optional<ports::DeliveryRow>> Replay(std::int64_t id);

 private:
  // One call of a notifier: one delivery, or those that go into one message.
  struct Task {
    std::vector<ports::DeliveryRow> rows;
    std::optional<Message> message;
    bool is_forced = false;  // somebody asked for it
  };
  struct Lane {
    std::deque<Task> queue;
    std::vector<RunId> runs_under_way;
    std::size_t tokens = 0;     // turns that it has in a pool's queue, or is having
    std::int64_t failures = 0;  // in a row
    bool has_answered = false;  // since it was last in memory
    Time paused_until;
    std::optional<Time> waiting_since;  // when the first of those only in the store is due
  };
  using Lanes = std::map<std::string, Lane>;

  std::optional<Time> Tick();
  void Fetch(const std::string& name);
  void Take(const std::string& name, Lane& lane, std::vector<ports::DeliveryRow> due);
  void Enqueue(const std::string& name, Lane& lane, Task task, bool is_first = false);
  void Wait(Lane& lane, Time due);
  void GiveTokens(const std::string& name, Lane& lane);
  void TakeTurn(const std::string& name);
  std::optional<Task> TakeTask(Lane& lane);
  void Deliver(const std::string& name, Task& task);
  void Settle(const std::string& name, Task& task, const Result<void>& delivered,
              const ports::DeliveryAdvice& advice);
  void SettleFailed(const std::string& name, Lane& lane, Task& task, const Error& error,
                    const ports::DeliveryAdvice& advice);
  void PutBack(Lane& lane);
  void Close(const std::string& name, Lane& lane, const std::string& notifier,
             const std::string& reason);
  void Write(Task& task, ports::DeliveryState state, const std::string& problem);
  void TidyUp(Lanes::iterator lane);

  ports::Store& store_;
  MessageWriter& writer_;
  const ports::Clock& clock_;
  ports::Log& log_;
  const Duration limit_;
  DeliveryLedger ledger_;

  mutable std::mutex mutex_;
  Lanes lanes_;  // those with something to do, or in trouble
  std::map<std::string, ports::ClosedLane> closed_;
  std::set<std::int64_t> held_;  // in a queue or under way
  std::int64_t last_id_ = 0;
  std::minstd_rand random_;
  std::map<std::pair<std::string, ports::DeliveryState>, std::uint64_t> counts_;

  WorkerPool healthy_;
  WorkerPool troubled_;
  Alarm alarm_;
};

}  // namespace gatewright::runtime
