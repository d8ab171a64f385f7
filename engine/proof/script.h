// engine/proof/script.h: a way through the exploration told again with names and a clock that
// moves, as a script that `gatewright simulate --script` plays. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "engine/proof/explore.h"

namespace gatewright::proof {

struct Script {
  std::vector<std::string> steps;    // each as YAML, in flow style: "vote: {stage: QA, by: qa-1}"
  std::vector<std::string> happens;  // what each step does, for people; may be empty
  std::vector<Person> people;        // who takes part
  std::vector<core::Command> commands;                 // the same, for whoever plays it by himself
  std::vector<Time> times;                             // of each command
  core::RunStatus status = core::RunStatus::kWaiting;  // of the run at the end
  std::vector<Sight> sights;                           // of the last step
  // Played on a clock that only runs forward, it went the same way. Where it did not, the durations
  // of the workflow do not allow these moments to come in this order.
  bool is_replayed = false;
};

Script Tell(const Model& model, const std::vector<Step>& way);

// The document: people and steps. `workflow` is the file to play it on; may be empty.
std::string ToYaml(const Script& script, const std::string& workflow);

}  // namespace gatewright::proof
