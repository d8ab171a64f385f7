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
// A gate of nothing but rules: what a tally looks at.
GateSpec RandomGate(Random& random);
void SetNeedsAll(Random& random, Rule& rule, std::uint64_t percent);
// Stages with lively gates, locks, calendars, overrides and their reviews.
Workflow RandomWorkflow(Random& random);
// The same with a stage more, less or changed, or with other locks.
Workflow RandomVersionAfter(Random& random, const Workflow& before);

// Votes of at most 6 people and policies, each of whom may fill at most 3 of the gate's rules.
std::vector<Vote> RandomVotes(Random& random, const GateSpec& gate);
// At least `least` of the gate's rules while there are that many, at most 3.
std::vector<RuleId> SomeRules(Random& random, const GateSpec& gate, std::size_t least);

}  // namespace gatewright::core::test
