// engine/core/decide_vote.h: what may happen to a gate: votes of people and policies, and its
// deadline. Private to the core; `Decide` is the door.
#pragma once

#include "engine/core/decide.h"

namespace gatewright::core {

Decision DecideVote(const Run& run, const Workflow& workflow, const CastVote& command, Time now);
Decision DecidePolicyVote(const Run& run, const Workflow& workflow, const RecordPolicyVote& command,
                          Time now);
Decision DecideExpiry(const Run& run, const Workflow& workflow, const ExpireGate& command,
                      Time now);

}  // namespace gatewright::core
