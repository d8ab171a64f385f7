#include "engine/core/matching.h"

namespace gatewright::core {

bool Matching::AddSlot(const std::vector<std::size_t>& candidates) {
  candidates_of_slot_.push_back(&candidates);
  std::vector<bool> is_visited(slot_of_person_.size(), false);
  if (Augment(candidates_of_slot_.size() - 1, is_visited)) return true;
  candidates_of_slot_.pop_back();
  return false;
}

bool Matching::Augment(std::size_t slot, std::vector<bool>& is_visited) {
  for (const std::size_t person : *candidates_of_slot_[slot]) {
    if (is_visited[person]) continue;
    is_visited[person] = true;
    const std::size_t taken = slot_of_person_[person];
    if (taken == kNobody || Augment(taken, is_visited)) {
      slot_of_person_[person] = slot;
      return true;
    }
  }
  return false;
}

}  // namespace gatewright::core
