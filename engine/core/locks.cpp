#include "engine/core/locks.h"

#include <algorithm>

namespace gatewright::core {
namespace {

// A total order over everybody in line, the same at every key: whoever is first in it waits for
// holders only, so that the line always moves.
std::int64_t Rank(LockMode mode, std::int64_t ticket) {
  return mode == LockMode::kLifo || mode == LockMode::kLatestWins ? -ticket : ticket;
}

LockObstacle ObstacleAt(const std::string& key, const std::vector<LockClaim>& claims, RunId run,
                        std::int64_t ticket, LockMode mode, std::uint32_t limit) {
  LockObstacle obstacle{key, RunId{0}, 1, 1};
  RunId holder{0};
  std::uint32_t held = 0;
  std::uint32_t room = limit;
  bool is_shared = mode == LockMode::kParallel;
  for (const LockClaim& claim : claims) {
    if (claim.run == run) continue;
    const bool is_before = !claim.is_held && Rank(claim.mode, claim.ticket) < Rank(mode, ticket);
    if (claim.is_held) {
      ++held;
      holder = claim.run;
    } else {
      ++obstacle.length;
    }
    if (is_before) {
      ++obstacle.position;
      obstacle.by = claim.run;
    }
    if (claim.is_held || is_before) {
      is_shared = is_shared && claim.mode == LockMode::kParallel;
      room = std::min(room, claim.limit);
    }
  }
  const std::size_t ahead = held + obstacle.position - 1;
  if (ahead == 0 || (is_shared && ahead < room)) return {};
  if (held > 0) obstacle.by = holder;
  return obstacle;
}

}  // namespace

const std::vector<LockClaim>& LockTable::Claims(const std::string& key) const {
  static const std::vector<LockClaim> kNone;
  const auto found = claims_.find(key);
  return found == claims_.end() ? kNone : found->second;
}

std::vector<std::string> LockTable::Keys() const {
  std::vector<std::string> keys;
  keys.reserve(claims_.size());
  for (const auto& [key, claims] : claims_) keys.push_back(key);
  return keys;
}

LockObstacle LockTable::Obstacle(RunId run, std::optional<RunId> parent,
                                 const std::vector<std::string>& keys, std::int64_t ticket,
                                 LockMode mode, std::uint32_t limit) const {
  for (const std::string& key : keys) {
    const auto& claims = Claims(key);
    const auto is_parents = [&](const LockClaim& claim) {
      return parent && claim.run == *parent && claim.is_held;
    };
    if (std::ranges::any_of(claims, is_parents)) continue;
    const LockObstacle obstacle = ObstacleAt(key, claims, run, ticket, mode, limit);
    if (!obstacle.is_none()) return obstacle;
  }
  return {};
}

std::vector<RunId> LockTable::Waiting(const std::vector<std::string>& keys) const {
  std::vector<RunId> runs;
  for (const std::string& key : keys) {
    for (const LockClaim& claim : Claims(key)) {
      if (!claim.is_held && std::ranges::find(runs, claim.run) == runs.end()) {
        runs.push_back(claim.run);
      }
    }
  }
  return runs;
}

std::vector<RunId> LockTable::Older(RunId run, const std::vector<std::string>& keys,
                                    std::int64_t ticket) const {
  std::vector<RunId> runs;
  for (const std::string& key : keys) {
    for (const LockClaim& claim : Claims(key)) {
      const bool is_older = claim.run != run && claim.ticket < ticket;
      if (is_older && std::ranges::find(runs, claim.run) == runs.end()) {
        runs.push_back(claim.run);
      }
    }
  }
  return runs;
}

void LockTable::Apply(RunId run, const Event& event, Time at) {
  if (const auto* queued = std::get_if<LocksQueued>(&event)) {
    for (const std::string& key : queued->keys) {
      Put(key, {run, queued->ticket, false, queued->mode, queued->limit, at});
    }
  } else if (const auto* taken = std::get_if<LocksTaken>(&event)) {
    for (const std::string& key : taken->keys) {
      Put(key, {run, taken->ticket, true, taken->mode, taken->limit, at});
    }
  } else if (const auto* released = std::get_if<LocksReleased>(&event)) {
    for (const std::string& key : released->keys) Drop(key, run);
  }
}

void LockTable::Restore(const std::string& key, LockClaim claim) { Put(key, claim); }

void LockTable::RestoreNewestTicket(std::int64_t ticket) {
  newest_ticket_ = std::max(newest_ticket_, ticket);
}

void LockTable::Put(const std::string& key, LockClaim claim) {
  RestoreNewestTicket(claim.ticket);
  auto& claims = claims_[key];
  std::erase_if(claims, [&](const LockClaim& old) { return old.run == claim.run; });
  const auto place = std::ranges::upper_bound(claims, claim.ticket, {}, &LockClaim::ticket);
  claims.insert(place, claim);
}

void LockTable::Drop(const std::string& key, RunId run) {
  const auto found = claims_.find(key);
  if (found == claims_.end()) return;
  std::erase_if(found->second, [&](const LockClaim& claim) { return claim.run == run; });
  if (found->second.empty()) claims_.erase(found);
}

}  // namespace gatewright::core
