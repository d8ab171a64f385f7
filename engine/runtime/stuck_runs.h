// engine/runtime/stuck_runs.h: finds runs that are executing and that nobody is on: no worker, no
// watch, nothing planned. There should be none, so each is looked after like one whose engine died,
// or is shown to an operator. Reads the store: not on the loop's thread. One thread.
#pragma once

#include <functional>
#include <set>

#include "engine/ports/log.h"
#include "engine/ports/store.h"
#include "engine/runtime/attempts.h"
#include "engine/runtime/command_loop.h"
#include "engine/runtime/runs.h"

namespace gatewright::runtime {

class StuckRuns {
 public:
  // `recover`: somebody has to look after this attempt.
  StuckRuns(ports::Store& store, Runs& runs, const Attempts& attempts, CommandLoop& loop,
            ports::Log& log, std::function<void(const ports::AttemptRow&)> recover)
      : store_(store),
        runs_(runs),
        attempts_(attempts),
        loop_(loop),
        log_(log),
        recover_(std::move(recover)) {}

  void Look();

 private:
  Result<void> LookAtAttempts(std::set<RunId>& with_attempt);
  Result<void> LookAtRuns(const std::set<RunId>& with_attempt);
  void Raise(RunId run);

  ports::Store& store_;
  Runs& runs_;
  const Attempts& attempts_;
  CommandLoop& loop_;
  ports::Log& log_;
  std::function<void(const ports::AttemptRow&)> recover_;
  std::set<AttemptKey> suspects_;  // nobody was on them the last time either
};

}  // namespace gatewright::runtime
