// engine/proof/explore.h: every state a workflow can reach, breadth first, so that the first way to
// anything is a shortest one. Drives `Decide` and nothing else. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "engine/proof/model.h"
#include "engine/proof/moves.h"
#include "engine/proof/watch.h"

namespace gatewright::proof {

struct ExploreOptions {
  std::size_t state_limit = 200'000;
  std::function<bool()> is_out_of_time;  // asked now and then; none = never
  MoveOptions moves;
  std::optional<SightKind> stop_at;  // nothing is looked for beyond this
};

enum class Ending : std::uint8_t { kEverything = 1, kFound, kStateLimit, kTimeLimit };

// A step from a state, which shows something.
struct Sighting {
  std::uint32_t from = 0;
  Step step;
};

struct Exploration {
  Ending ending = Ending::kEverything;
  std::size_t states = 0;
  std::size_t transitions = 0;
  std::size_t depth = 0;                // the longest of the shortest ways
  std::map<Sight, Sighting> sightings;  // the first of each
  std::optional<std::uint32_t> stuck;   // the nearest state from which no end can be reached
  std::vector<core::RunStatus> ends;    // that were reached

  bool is_complete() const { return ending == Ending::kEverything; }
  const Sighting* Find(SightKind kind, std::size_t stage) const;
  const Sighting* FindAny(SightKind kind) const;  // the one with the shortest way

  // The steps that lead to a state.
  std::vector<Step> WayTo(std::uint32_t state) const;
  std::vector<Step> WayTo(const Sighting& sighting) const;

  struct Node {
    std::uint32_t parent = 0;
    std::uint32_t depth = 0;
    Step step;
  };
  std::vector<Node> nodes;  // 0: the run does not exist yet
};

Exploration Explore(const Model& model, const ExploreOptions& options);

// A run that does not exist yet.
State Nothing(const Model& model);

}  // namespace gatewright::proof
