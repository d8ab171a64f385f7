// tests/golden/golden_log.h: a log as it was written once, and the run it made then. One entry per
// line of logs/<name>.jsonl; the run line by line in logs/<name>.run.txt.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/core/run.h"
#include "tests/core/support/story.h"

namespace gatewright::golden {

using Log = std::vector<core::test::LogEntry>;

std::string ToText(const Log& log);
Result<Log> FromText(std::string_view text);

// Everything about a run, one "path = value" per line; lists say their size.
std::vector<std::string> Describe(const core::Run& run);

core::Run Replay(const Log& log);

}  // namespace gatewright::golden
