// engine/simulation/player.h: plays scripts: `gatewright simulate`, `gatewright test` and the
// project's own scenarios. docs/simulate.md says what may stand in one. One thread.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/core/world.h"
#include "engine/definition/yaml.h"
#include "engine/ports/plugins.h"
#include "engine/runtime/workflows.h"
#include "engine/simulation/simulation.h"

namespace gatewright::simulation {

struct Problem {
  std::size_t line = 0;  // of the script
  std::string message;
};

struct Report {
  std::vector<Moment> moments;
  std::vector<Problem> problems;   // what went another way than expected; ends with the first step
  std::string mistake;             // not empty: the script itself is wrong, and where
  std::vector<SimulatedRun> runs;  // as they are at the end
  std::size_t steps = 0;           // played
  Time ended_at;

  bool is_passed() const { return problems.empty() && mistake.empty(); }
};

struct PlayOptions {
  ports::Plugins& plugins;          // outlives the call
  runtime::RevisionPtr revision;    // null: the script names its workflow
  core::Calendars calendars;        // besides those of the script
  std::string subject_json = "{}";  // of runs whose `create` names none
};

struct Case {
  std::string name;
  definition::Node file;  // its keys hold where the case has none of its own
  definition::Node own;   // null: the file is its only case
  std::string folder;     // where relative paths start
};

// The cases of a script: those below `cases`, or the file itself. Empty, and `mistake` says why.
struct Cases {
  std::vector<Case> cases;
  std::string mistake;
};
Cases ReadCases(const std::string& text, const std::string& path);
Cases ReadCasesOf(const std::string& path);

Report Play(const Case& one, const PlayOptions& options);

}  // namespace gatewright::simulation
