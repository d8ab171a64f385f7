// engine/core/separation.h: separation of duties: whose votes cannot count on a gate, and why.
#pragma once

#include <string>
#include <vector>

#include "engine/core/principal.h"
#include "engine/core/run.h"
#include "engine/core/workflow.h"

namespace gatewright::core {

// A person whose vote is looked at. `groups` matter for same_team only.
struct Candidate {
  PrincipalId id;
  std::vector<std::string> groups;
};

// Why `candidate` is excluded from a gate of `stage` by `separation`, for people; empty when not.
std::string WhyExcluded(const Run& run, const SeparationOfDuties& separation,
                        const StageName& stage, const Candidate& candidate);

// What holds for a leaf: its own separation, else the gate's.
const SeparationOfDuties& SeparationOf(const GateSpec& gate, const Rule& leaf);

// The votes of the gate as the decision counts them: a rule that separation of duties closes to its
// voter by now is taken away, and a reject of somebody who may fill no rule does not count.
std::vector<Vote> CountedVotes(const Run& run, const StageSpec& stage, const Gate& gate);

// One person, one place: why `voter` cannot vote for `slot` beside these votes, for people; empty
// when they can. Nobody votes a second time by holding a delegation.
std::string WhyUsed(const std::vector<Vote>& votes, const PrincipalId& voter,
                    const PrincipalId& slot);

}  // namespace gatewright::core
