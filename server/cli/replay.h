// server/cli/replay.h: what a run's log says its rows must be; `gatewright db check` compares.
// Pure; any thread.
#pragma once

#include <vector>

#include "engine/base/result.h"
#include "engine/storage/check.h"

namespace gatewright::cli {

Result<storage::Projection> ReplayRows(const std::vector<ports::Entry>& entries);

// Of the installation's own entries: that each can be read.
Result<void> ReplaySite(const std::vector<ports::Entry>& entries);

}  // namespace gatewright::cli
