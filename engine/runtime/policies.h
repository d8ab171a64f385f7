// engine/runtime/policies.h: asks the policies of open gates for their votes, from the outbox: each
// ask stays there until its vote is committed. A policy that fails abstains. Thread-safe.
#pragma once

#include <mutex>
#include <set>

#include "engine/ports/clock.h"
#include "engine/ports/log.h"
#include "engine/ports/store.h"
#include "engine/runtime/alarm.h"
#include "engine/runtime/command_loop.h"
#include "engine/runtime/runs.h"
#include "engine/runtime/worker_pool.h"

namespace gatewright::runtime {

class Policies {
 public:
  Policies(ports::Store& store, Runs& runs, CommandLoop& loop, WorkerPool& workers,
           const ports::Clock& clock, ports::Log& log, Duration limit);

  void Start() { alarm_.Start(); }
  void Stop() { alarm_.Stop(); }
  // An ask was committed.
  void Expect() { alarm_.Poke(); }

 private:
  std::optional<Time> AskDue();
  void Ask(const ports::OutboxRow& row);
  void Submit(const ports::OutboxRow& row, std::optional<core::RecordPolicyVote> vote,
              std::optional<Time> again);

  ports::Store& store_;
  Runs& runs_;
  CommandLoop& loop_;
  WorkerPool& workers_;
  const ports::Clock& clock_;
  ports::Log& log_;
  Duration limit_;
  std::mutex mutex_;
  std::set<std::int64_t> in_hand_;  // outbox ids that are being asked or committed right now
  Alarm alarm_;
};

}  // namespace gatewright::runtime
