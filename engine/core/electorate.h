// engine/core/electorate.h: the people of a gate, as far as they are known: how many `need: all`
// means, who can still fill a rule, and whether the gate can be satisfied at all.
#pragma once

#include <optional>
#include <vector>

#include "engine/core/run.h"
#include "engine/core/workflow.h"

namespace gatewright::core {

// Who may fill this rule and is not kept out by separation of duties. None: nobody knows.
std::optional<std::vector<PrincipalId>> PeopleOf(const Run& run, const StageSpec& stage,
                                                 const Gate& gate, const Rule& leaf);

// The rules with a number for every `need: all`. Where the people are not known it is one more than
// there can be: the rule stays open.
Rule ResolvedRules(const Run& run, const StageSpec& stage, const Gate& gate);
bool NeedsAll(const Rule& rule);
// For a rule with `need: all` only the votes of the people listed count: somebody who has become
// eligible since does not stand for one of them. A no of theirs counts all the same.
void LeaveListed(const Run& run, const StageSpec& stage, const Gate& gate,
                 std::vector<Vote>& votes);

// Could the gate be satisfied if everybody who may vote approved? Rules whose people are not known
// count as fillable, and so do those that a policy may fill.
bool IsPossible(const Run& run, const StageSpec& stage, const Gate& gate);

}  // namespace gatewright::core
