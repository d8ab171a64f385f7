#include "engine/runtime/slots.h"

#include <algorithm>

namespace gatewright::runtime {

std::size_t Slots::free() const {
  const std::lock_guard lock(mutex_);
  return places_ - std::min(places_, taken_ + waiting_.size());
}

std::size_t Slots::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

bool Slots::IsWaiting(const AttemptKey& key) const {
  const std::lock_guard lock(mutex_);
  return kept_.contains(key) || std::ranges::find(waiting_, key) != waiting_.end();
}

void Slots::Take(const AttemptKey& key) {
  const std::lock_guard lock(mutex_);
  if (kept_.erase(key) == 0) ++taken_;
}

void Slots::Leave() {
  const std::lock_guard lock(mutex_);
  --taken_;
}

void Slots::Wait(const AttemptKey& key) {
  const std::lock_guard lock(mutex_);
  if (std::ranges::find(waiting_, key) == waiting_.end()) waiting_.push_back(key);
}

std::optional<AttemptKey> Slots::Next() {
  const std::lock_guard lock(mutex_);
  if (waiting_.empty() || taken_ >= places_) return std::nullopt;
  const AttemptKey key = waiting_.front();
  waiting_.pop_front();
  ++taken_;
  kept_.insert(key);
  return key;
}

bool Slots::GiveUp(const AttemptKey& key) {
  const std::lock_guard lock(mutex_);
  if (kept_.erase(key) == 0) return false;
  --taken_;
  return true;
}

}  // namespace gatewright::runtime
