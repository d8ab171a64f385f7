// engine/core/explain_rules.h: a gate as it stands: its rule tree with who fills what and who still
// can, and the words for what is missing. Private to the core; `Explain` is the door.
#pragma once

#include <string>
#include <vector>

#include "engine/core/explain.h"

namespace gatewright::core {

// `stage` has a gate.
GateExplanation ExplainGate(const Run& run, const StageSpec& stage, const Gate& gate);
// The same without anybody's name but those of voters: as if nobody knew the people.
GateExplanation CountGate(const Run& run, const StageSpec& stage, const Gate& gate);

// "1 more approval for 'qa' and 2 more for 'security'"; empty when the rules are satisfied.
std::string MissingIn(const RuleNode& rules);
// "waits for 1 more approval for 'qa'; bob and carol can still give it".
std::string WhyPending(const GateExplanation& gate);
// Who can still fill any rule that is open, each once; empty also when nobody knows.
std::vector<PrincipalId> WhoCanFill(const RuleNode& rules);

// "bob", "bob and carol", "bob, carol, dave and 3 others".
std::string Listed(const std::vector<PrincipalId>& people);

}  // namespace gatewright::core
