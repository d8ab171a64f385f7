// engine/proof/state.h: a run in a proof, and how its gates were passed.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/core/run.h"

namespace gatewright::proof {

// How a stage's gate was passed in its newest epoch; 0 = by votes, or it asks nobody.
enum Passage : std::uint8_t { kByVotes = 0, kByOverride = 1, kByTime = 2, kNotPassed = 4 };

struct State {
  core::Run run;
  std::vector<std::uint8_t> passages;  // of each stage, the review last: Passage, or-ed
};

}  // namespace gatewright::proof
