// engine/proof/perform.h: a step as a command on a run, at the moment at which it can happen.
// Pure; any thread.
#pragma once

#include "engine/core/decide.h"
#include "engine/proof/model.h"
#include "engine/proof/step.h"

namespace gatewright::proof {

// The command of a step on this run.
core::Command CommandOf(const Model& model, const core::Run& run, const Step& step);

// In the exploration no time passes: whatever a step waits for has come now. Returns the run with
// that moment moved to `now`.
core::Run AtItsMoment(const Model& model, core::Run run, const Step& step, Time now);

// On a real clock: the first moment from `now` on at which what the step waits for has come.
Time MomentOf(const Model& model, const core::Run& run, const Step& step, Time now);

}  // namespace gatewright::proof
