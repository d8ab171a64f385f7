// tests/scenario/scenario.h: one scenario file, played by the simulation. README.md says what
// may stand in a file.
#pragma once

#include <string>

#include "tests/core/support/story.h"

namespace gatewright::scenario {

using Log = std::vector<core::test::LogEntry>;

// Fails the running test at the first step that does not do what the file says. What the run's log
// would hold at the end.
Log Play(const std::string& path);

}  // namespace gatewright::scenario
