// engine/runtime/followups.h: what one commit means for other runs: who is next at a lock that was
// given back, who loses their place, who may go on after a stop. Each becomes a command of its own.
// Nothing is lost when it does not come to that: LookAgain finds everybody. Thread-safe.
#pragma once

#include "engine/ports/log.h"
#include "engine/ports/store.h"
#include "engine/runtime/command_loop.h"
#include "engine/runtime/surroundings.h"

namespace gatewright::runtime {

class Followups {
 public:
  Followups(ports::Store& store, const Surroundings& surroundings, CommandLoop& loop,
            ports::Log& log)
      : store_(store), surroundings_(surroundings), loop_(loop), log_(log) {}

  // The loop's thread, after a commit.
  void Take(const Committed& one);
  // Every blocked run tries again. Reads the store: not on the loop's thread.
  void LookAgain();

 private:
  void Try(RunId run);

  ports::Store& store_;
  const Surroundings& surroundings_;
  CommandLoop& loop_;
  ports::Log& log_;
};

}  // namespace gatewright::runtime
