// engine/runtime/timers.h: turns due timers into commands. A timer stays in the store until the
// command it causes is committed, so that after downtime it fires late, but once. Thread-safe.
#pragma once

#include "engine/ports/clock.h"
#include "engine/ports/log.h"
#include "engine/ports/store.h"
#include "engine/runtime/alarm.h"
#include "engine/runtime/command_loop.h"
#include "engine/runtime/runs.h"

namespace gatewright::runtime {

class Timers {
 public:
  Timers(ports::Store& store, Runs& runs, CommandLoop& loop, const ports::Clock& clock,
         ports::Log& log);

  void Start() { alarm_.Start(); }
  void Stop() { alarm_.Stop(); }
  // A timer was committed.
  void Expect(Time due) { alarm_.PokeAt(due); }

 private:
  std::optional<Time> FireDue();
  void Fire(const ports::TimerRow& timer);

  ports::Store& store_;
  Runs& runs_;
  CommandLoop& loop_;
  const ports::Clock& clock_;
  ports::Log& log_;
  Alarm alarm_;
};

}  // namespace gatewright::runtime
