// tests/core/property/random_workflow.h: workflows, gates and votes nobody thought of.
#pragma once

#include <string>
#include <vector>

#include "engine/core/run.h"
#include "engine/core/workflow.h"
#include "tests/core/property/random.h"

namespace gatewright::core::test {

// A tree of at most 6 leaves r0, r1 … and 3 levels.
Rule RandomRules(Random& random);
GateSpec RandomGate(Random& random);
Workflow RandomWorkflow(Random& random);

// Votes of at most 6 people and policies, each of whom may fill at most 3 of the gate's rules.
std::vector<Vote> RandomVotes(Random& random, const GateSpec& gate);
// At least `least` of the gate's rules while there are that many, at most 3.
std::vector<RuleId> SomeRules(Random& random, const GateSpec& gate, std::size_t least);

}  // namespace gatewright::core::test
