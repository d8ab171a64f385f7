// engine/simulation/expectations.h: what stands beside a step: how it is expected to end, and how
// the runs are afterwards. Throws Mistake where the script itself is wrong. One thread.
#pragma once

#include <string>
#include <vector>

#include "engine/simulation/args.h"
#include "engine/simulation/people.h"
#include "engine/simulation/steps.h"

namespace gatewright::simulation {

bool IsExpectation(std::string_view key);
std::string ExpectationNames();

// What a check may look at.
struct Checked {
  const Simulation& simulation;
  const Steps& steps;
  const People& people;
  std::string run;         // the step's
  const Outcome* outcome;  // null: nothing happened in this step
};

// What is not as expected: a sentence each. `step` is the whole step.
std::vector<std::string> Check(const definition::Node& step, const Checked& checked);

}  // namespace gatewright::simulation
