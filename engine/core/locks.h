// engine/core/locks.h: who holds which lock and who stands in line, over all runs, as a value. It
// is a projection of the runs' LocksQueued, LocksTaken and LocksReleased events.
//
// A run takes all its keys at once or none, so that no two runs can wait for each other. The line
// is ordered by ticket, not by time: oldest first for fifo and parallel, newest first for lifo and
// latest_wins, and those before the others where both meet at one key. Holders share a key only
// where all of them are parallel, and no more of them than the smallest of their limits.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/ids.h"
#include "engine/base/time.h"
#include "engine/core/event.h"

namespace gatewright::core {

// One run at one key.
struct LockClaim {
  RunId run;
  std::int64_t ticket = 0;
  bool is_held = false;  // else in line
  LockMode mode = LockMode::kFifo;
  std::uint32_t limit = 1;
  Time since;

  bool operator==(const LockClaim&) const = default;
};

// What stands between a run and its locks. Empty `key`: nothing.
struct LockObstacle {
  std::string key;
  RunId by{0};               // the holder, or who is before it in line
  std::size_t position = 0;  // in line, from 1
  std::size_t length = 0;    // of the line, this run included

  bool is_none() const { return key.empty(); }
  bool operator==(const LockObstacle&) const = default;
};

class LockTable {
 public:
  // The claims on a key in order of ticket; empty when there are none.
  const std::vector<LockClaim>& Claims(const std::string& key) const;
  // Every key anybody holds or waits for.
  std::vector<std::string> Keys() const;
  std::int64_t newest_ticket() const { return newest_ticket_; }

  // May `run` take all of `keys` now, in line with `ticket`? Keys that `parent` holds are its own.
  LockObstacle Obstacle(RunId run, std::optional<RunId> parent,
                        const std::vector<std::string>& keys, std::int64_t ticket, LockMode mode,
                        std::uint32_t limit) const;
  // The runs in line at any of these keys that may take theirs now or soon: whom to wake.
  std::vector<RunId> Waiting(const std::vector<std::string>& keys) const;
  // Everybody else who has an older claim on any of these keys: whom latest_wins is about.
  std::vector<RunId> Older(RunId run, const std::vector<std::string>& keys,
                           std::int64_t ticket) const;

  // What an event of `run` changes here; other events change nothing.
  void Apply(RunId run, const Event& event, Time at);
  // Rebuilds a claim as stored.
  void Restore(const std::string& key, LockClaim claim);
  void RestoreNewestTicket(std::int64_t ticket);

 private:
  void Put(const std::string& key, LockClaim claim);
  void Drop(const std::string& key, RunId run);

  std::map<std::string, std::vector<LockClaim>> claims_;
  std::int64_t newest_ticket_ = 0;
};

}  // namespace gatewright::core
