// engine/runtime/policy_facts.h: what a policy that wants it is told besides the subject: the run,
// the gate with its votes, how the last runs of the workflow ended, which calendars are open.
// docs/writing-a-plugin.md lists the members. Thread-safe; reads the store.
#pragma once

#include <string>

#include "engine/base/result.h"
#include "engine/base/time.h"
#include "engine/core/world.h"
#include "engine/ports/store.h"

namespace gatewright::runtime {

inline constexpr std::size_t kMaxFacts = 256 * 1024;
inline constexpr std::size_t kMaxFactRuns = 20;

// Canonical JSON of at most kMaxFacts bytes; where that is too little, the oldest runs are left
// out. `stage` has an open gate. An error when even the rest is too much or cannot be read.
Result<std::string> GatherFacts(const core::Run& run, const core::Stage& stage,
                                const core::Calendars& calendars, Time now, ports::Store& store);

}  // namespace gatewright::runtime
