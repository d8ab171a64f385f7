// engine/runtime/run_cache.h: the open runs that were used last, as they are in the log. Only a
// cache: whatever is not here is replayed from its entries. Thread-safe; sharded, so that readers
// on several threads seldom meet.
#pragma once

#include <array>
#include <cstdint>
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
  // A run as a commit left it. A finished one is let go: nobody will vote on it again.
  void PutCommitted(LoadedRunPtr run);
  void Drop(RunId id);

  // For who reads a run from the store: `PutRead` takes it only if nothing was committed since
  // `Generation` was asked, so that a slow reader cannot bring back what is out of date.
  std::uint64_t Generation(RunId id);
  void PutRead(LoadedRunPtr run, std::uint64_t generation);
  std::size_t size() const;

 private:
  static constexpr std::size_t kShards = 16;

  struct Shard {
    mutable std::mutex mutex;
    std::uint64_t generation = 0;  // of commits
    std::list<LoadedRunPtr> newest_first;
    std::unordered_map<RunId, std::list<LoadedRunPtr>::iterator> by_id;
  };

  void Insert(Shard& shard, LoadedRunPtr run);
  static void Erase(Shard& shard, RunId id);

  Shard& ShardOf(RunId id) { return shards_[static_cast<std::size_t>(id.value) % kShards]; }

  std::size_t limit_per_shard_;
  std::array<Shard, kShards> shards_;
};

}  // namespace gatewright::runtime
