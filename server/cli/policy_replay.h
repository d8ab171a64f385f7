// server/cli/policy_replay.h: the gates of a past run once more, with the rules and policies of
// another version of its workflow: those are asked about the stored subjects at the stored times,
// beside the votes that people really cast. One thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/core/run.h"
#include "engine/ports/store.h"
#include "engine/runtime/workflows.h"

namespace gatewright::cli {

// One opening of a gate, as it went and as it would have gone.
struct Opening {
  RunId run;
  StageName stage;
  Epoch epoch{1};
  Time opened_at;

  std::map<std::string, std::string> then;  // by policy: what it said, "approve (watched)"
  std::optional<Time> satisfied_then;
  bool is_asked = true;             // false: the stage asked nobody
  bool is_passed_by_votes = false;  // satisfied, and not by an override or because time went by
  bool is_by_policy_then = false;   // whose answer decided it

  std::map<std::string, std::string> now;
  core::GateOutcome outcome = core::GateOutcome::kPending;
  Time decided_at;  // unless pending
  bool is_by_policy_now = false;
};

// `skipped` gets every policy that cannot be asked about the past: what it said then stands.
Result<std::vector<Opening>> ReplayGates(const runtime::Revision& revision,
                                         const std::vector<ports::Entry>& entries,
                                         std::vector<std::string>& skipped);

}  // namespace gatewright::cli
