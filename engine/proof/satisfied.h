// engine/proof/satisfied.h: do these votes satisfy this gate? Answered a second time, in the most
// literal way, so that a mistake of the tally cannot prove itself right. Pure; any thread.
#pragma once

#include "engine/core/run.h"
#include "engine/core/workflow.h"

namespace gatewright::proof {

// The votes of the stage's gate, with separation of duties looked at again.
bool IsSatisfiedByVotes(const core::Run& run, const core::StageSpec& stage);

}  // namespace gatewright::proof
