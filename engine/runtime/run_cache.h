// engine/runtime/run_cache.h: the runs that were used last, as they are in the log. Only a cache:
// whatever is not here is replayed from its entries. Thread-safe; sharded, so that readers on
// several threads seldom meet.
#pragma once

#include <array>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "engine/base/ids.h"
#include "engine/core/run.h"
#include "engine/runtime/workflows.h"

namespace gatewright::runtime {

// A run with what the next entry needs to be chained to it. Immutable once shared.
struct LoadedRun {
  core::Run run;
  std::string head_hash;
  RevisionPtr revision;  // never null
};

using LoadedRunPtr = std::shared_ptr<const LoadedRun>;

class RunCache {
 public:
  explicit RunCache(std::size_t limit) : limit_per_shard_(limit / kShards + 1) {}

  LoadedRunPtr Find(RunId id);
  // Keeps the newer of what it has and `run`: a reader that was slow must not undo a commit.
  void Put(LoadedRunPtr run);
  void Drop(RunId id);
  std::size_t size() const;

 private:
  static constexpr std::size_t kShards = 16;

  struct Shard {
    mutable std::mutex mutex;
    std::list<LoadedRunPtr> newest_first;
    std::unordered_map<RunId, std::list<LoadedRunPtr>::iterator> by_id;
  };

  Shard& ShardOf(RunId id) { return shards_[static_cast<std::size_t>(id.value) % kShards]; }

  std::size_t limit_per_shard_;
  std::array<Shard, kShards> shards_;
};

}  // namespace gatewright::runtime
