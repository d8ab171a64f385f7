// engine/proof/script_text.h: steps as lines of a script. Pure; any thread.
#pragma once

#include <string>

#include "engine/proof/model.h"
#include "engine/proof/step.h"

namespace gatewright::proof {

// `run` is the run before the step.
std::string LineOf(const Model& model, const core::Run& run, const Step& step);
// What stands in the way from here on; empty when nothing changes.
std::vector<std::string> LinesBetween(const Model& model, Obstacle before, Obstacle after);
// The events, for a comment: "gate QA is satisfied, attempt 1 starts".
std::string Describe(const std::vector<core::Event>& events);

}  // namespace gatewright::proof
