#include "engine/runtime/run_cache.h"

#include <utility>

namespace gatewright::runtime {

LoadedRunPtr RunCache::Find(RunId id) {
  Shard& shard = ShardOf(id);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.by_id.find(id);
  if (found == shard.by_id.end()) return nullptr;
  shard.newest_first.splice(shard.newest_first.begin(), shard.newest_first, found->second);
  return *found->second;
}

void RunCache::Put(LoadedRunPtr run) {
  const RunId id = run->run.id;
  Shard& shard = ShardOf(id);
  const std::lock_guard lock(shard.mutex);
  if (const auto found = shard.by_id.find(id); found != shard.by_id.end()) {
    if ((*found->second)->run.version < run->run.version) *found->second = std::move(run);
    return;
  }
  shard.newest_first.push_front(std::move(run));
  shard.by_id.emplace(id, shard.newest_first.begin());
  if (shard.newest_first.size() <= limit_per_shard_) return;
  shard.by_id.erase(shard.newest_first.back()->run.id);
  shard.newest_first.pop_back();
}

void RunCache::Drop(RunId id) {
  Shard& shard = ShardOf(id);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.by_id.find(id);
  if (found == shard.by_id.end()) return;
  shard.newest_first.erase(found->second);
  shard.by_id.erase(found);
}

std::size_t RunCache::size() const {
  std::size_t size = 0;
  for (const Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    size += shard.newest_first.size();
  }
  return size;
}

}  // namespace gatewright::runtime
