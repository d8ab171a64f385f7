// engine/proof/moves.h: everything that can happen next to a run. Whether a step is admissible is
// for `Decide` to say: here are only those left out that are the same as another. Pure; any thread.
#pragma once

#include <vector>

#include "engine/proof/model.h"
#include "engine/proof/state.h"
#include "engine/proof/step.h"

namespace gatewright::proof {

struct MoveOptions {
  bool with_overrides = true;
  bool with_approval_by_time = true;  // onTimeout: approve
};

// `run` is canonical, or one that does not exist yet.
std::vector<Step> MovesOf(const Model& model, const core::Run& run, const MoveOptions& options);

// The same step with something in its way: to be tried where it led to an action, or to the locks.
std::vector<Step> ObstructedBy(const Model& model, const core::Run& run, const Step& step);

}  // namespace gatewright::proof
