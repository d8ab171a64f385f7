// engine/runtime/slots.h: how many attempts may be called at once, and which planned ones wait for
// a place, in the order they came. Thread-safe.
#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include "engine/base/ids.h"

namespace gatewright::runtime {

using AttemptKey = std::pair<RunId, AttemptNumber>;

class Slots {
 public:
  explicit Slots(std::size_t places) : places_(places) {}

  // Places that nobody waits for.
  std::size_t free() const;
  std::size_t waiting() const;
  bool IsWaiting(const AttemptKey& key) const;

  // The attempt has started: takes the place that was kept for it, or one of the free ones.
  void Take(const AttemptKey& key);
  void Leave();

  void Wait(const AttemptKey& key);
  // Keeps a place for whoever waits longest; empty when nobody waits or nothing is free.
  std::optional<AttemptKey> Next();
  // True when the place was still kept: it is free again.
  bool GiveUp(const AttemptKey& key);

 private:
  const std::size_t places_;
  mutable std::mutex mutex_;
  std::size_t taken_ = 0;  // kept ones too
  std::set<AttemptKey> kept_;
  std::deque<AttemptKey> waiting_;
};

}  // namespace gatewright::runtime
