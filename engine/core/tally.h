// engine/core/tally.h: do the live votes satisfy the gate? A pure function of the set of votes:
// the order in which people voted never changes the answer.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/base/ids.h"
#include "engine/core/run.h"
#include "engine/core/workflow.h"

namespace gatewright::core {

// How far one rule is. `have` counts people assigned to it by a maximum matching over all rules,
// so a person who could fill two rules is counted where it helps.
struct RuleTally {
  RuleId rule;
  std::uint32_t need = 0;
  std::uint32_t have = 0;

  bool operator==(const RuleTally&) const = default;
};

struct TallyResult {
  GateOutcome outcome = GateOutcome::kPending;  // pending, satisfied or rejected
  std::uint32_t rejects = 0;
  std::vector<RuleTally> rules;
};

// Rejected wins over satisfied.
GateOutcome Tally(const GateSpec& gate, const std::vector<Vote>& votes);

// The same with the figures people want to see.
TallyResult TallyInDetail(const GateSpec& gate, const std::vector<Vote>& votes);

}  // namespace gatewright::core
