// engine/runtime/policies.h: asks about open gates, from the outbox: the policies for their votes,
// and the approvers who of the directory is eligible. Each ask stays there until its answer is
// committed. A policy that fails abstains. Thread-safe.
#pragma once

#include <mutex>
#include <set>

#include "engine/ports/clock.h"
#include "engine/ports/log.h"
#include "engine/ports/plugins.h"
#include "engine/ports/store.h"
#include "engine/runtime/alarm.h"
#include "engine/runtime/callbacks.h"
#include "engine/runtime/command_loop.h"
#include "engine/runtime/runs.h"
#include "engine/runtime/surroundings.h"
#include "engine/runtime/worker_pool.h"

namespace gatewright::runtime {

class Policies {
 public:
  struct Limits {
    Duration policy;
    Duration approver;
  };

  Policies(ports::Store& store, const ports::Plugins& plugins, Runs& runs,
           const Surroundings& surroundings, const Callbacks& callbacks, CommandLoop& loop,
           WorkerPool& workers, const ports::Clock& clock, ports::Log& log, Limits limits);

  void Start() { alarm_.Start(); }
  void Stop() { alarm_.Stop(); }
  // An ask was committed.
  void Expect() { alarm_.Poke(); }

 private:
  std::optional<Time> AskDue();
  void Ask(const ports::OutboxRow& row);
  Result<ports::PolicyVerdict> Evaluate(const LoadedRun& loaded, const StageName& stage,
                                        const std::string& policy);
  void ListPeople(const ports::OutboxRow& row, const LoadedRun& loaded, const StageName& stage,
                  Epoch epoch);
  void Submit(const ports::OutboxRow& row, std::optional<core::Command> command,
              std::optional<Time> again);

  ports::Store& store_;
  const ports::Plugins& plugins_;
  Runs& runs_;
  const Surroundings& surroundings_;
  const Callbacks& callbacks_;
  CommandLoop& loop_;
  WorkerPool& workers_;
  const ports::Clock& clock_;
  ports::Log& log_;
  Limits limits_;
  std::mutex mutex_;
  std::set<std::int64_t> in_hand_;  // outbox ids that are being asked or committed right now
  Alarm alarm_;
};

}  // namespace gatewright::runtime
