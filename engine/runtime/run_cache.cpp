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

void RunCache::PutCommitted(LoadedRunPtr run) {
  const RunId id = run->run.id;
  Shard& shard = ShardOf(id);
  const std::lock_guard lock(shard.mutex);
  ++shard.generation;
  Erase(shard, id);
  if (!run->run.is_finished()) Insert(shard, std::move(run));
}

void RunCache::Drop(RunId id) {
  Shard& shard = ShardOf(id);
  const std::lock_guard lock(shard.mutex);
  ++shard.generation;
  Erase(shard, id);
}

std::uint64_t RunCache::Generation(RunId id) {
  Shard& shard = ShardOf(id);
  const std::lock_guard lock(shard.mutex);
  return shard.generation;
}

void RunCache::PutRead(LoadedRunPtr run, std::uint64_t generation) {
  Shard& shard = ShardOf(run->run.id);
  const std::lock_guard lock(shard.mutex);
  if (shard.generation != generation || run->run.is_finished()) return;
  Erase(shard, run->run.id);
  Insert(shard, std::move(run));
}

void RunCache::Insert(Shard& shard, LoadedRunPtr run) {
  const RunId id = run->run.id;
  shard.newest_first.push_front(std::move(run));
  shard.by_id[id] = shard.newest_first.begin();
  if (shard.newest_first.size() <= limit_per_shard_) return;
  shard.by_id.erase(shard.newest_first.back()->run.id);
  shard.newest_first.pop_back();
}

void RunCache::Erase(Shard& shard, RunId id) {
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
