// engine/runtime/runs.h: finds a run in the cache or replays it from the store. Thread-safe.
#pragma once

#include "engine/base/result.h"
#include "engine/ports/store.h"
#include "engine/runtime/run_cache.h"
#include "engine/runtime/workflows.h"

namespace gatewright::runtime {

class Runs {
 public:
  Runs(ports::Store& store, const Workflows& workflows, std::size_t cached_runs)
      : store_(store), workflows_(workflows), cache_(cached_runs) {}

  // Null when there is no such run.
  Result<LoadedRunPtr> Load(RunId id);
  RunCache& cache() { return cache_; }

 private:
  ports::Store& store_;
  const Workflows& workflows_;
  RunCache cache_;
};

}  // namespace gatewright::runtime
