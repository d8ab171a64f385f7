// engine/definition/possibility.h: gates that nobody can ever satisfy, as far as the file alone
// tells. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "engine/core/workflow.h"

namespace gatewright::definition {

struct Impossibility {
  RuleId rule;  // empty: the rules together
  std::string message;
};

// Asks: would everybody whom the rules name, all approving, satisfy the gate? Only `user: […]`
// names people; whoever else a rule asks for is taken to be there. Empty when they would.
std::vector<Impossibility> FindImpossible(const core::GateSpec& gate);

}  // namespace gatewright::definition
