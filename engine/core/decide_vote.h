// engine/core/decide_vote.h: votes of people and policies on a gate. Private to the core; `Decide`
// is the door.
#pragma once

#include "engine/core/case.h"
#include "engine/core/decide.h"

namespace gatewright::core {

Decision DecideVote(const Case& at, const CastVote& command);
Decision DecidePolicyVote(const Case& at, const RecordPolicyVote& command);

}  // namespace gatewright::core
