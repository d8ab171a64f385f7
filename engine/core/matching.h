// engine/core/matching.h: maximum bipartite matching of people to slots by augmenting paths.
// Once a slot is filled it stays filled: later slots only move people around.
#pragma once

#include <cstddef>
#include <vector>

namespace gatewright::core {

class Matching {
 public:
  static constexpr std::size_t kNobody = static_cast<std::size_t>(-1);

  explicit Matching(std::size_t people) : slot_of_person_(people, kNobody) {}

  // Fills one more slot with any of `candidates`, moving others if needed. False when no
  // assignment of all slots so far plus this one exists; then nothing changed.
  bool AddSlot(const std::vector<std::size_t>& candidates);

  std::size_t filled_slots() const { return candidates_of_slot_.size(); }

 private:
  bool Augment(std::size_t slot, std::vector<bool>& is_visited);

  std::vector<std::size_t> slot_of_person_;
  std::vector<const std::vector<std::size_t>*> candidates_of_slot_;  // borrowed from the caller
};

}  // namespace gatewright::core
