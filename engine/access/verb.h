// engine/access/verb.h: what somebody may be allowed to do. No verb contains another: who may
// administer may not vote. Pure; any thread.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace gatewright::access {

enum class Verb {
  kView = 1,
  kRequest,   // start runs, and change what they ask for
  kVote,      // also claim a gate, and delegate
  kCancel,    // end runs
  kExecute,   // retry, resolve, roll back
  kOverride,  // what a gate, a calendar or a lock holds
  kPublish,   // workflows, and moving runs to a new version of one
  kOperate,   // stops, locks, deliveries, deadlines
  kAudit,     // read the record
  kAdmin,     // tokens of others and of services
};

inline constexpr auto kVerbNames =
    std::to_array<std::string_view>({"view", "request", "vote", "cancel", "execute", "override",
                                     "publish", "operate", "audit", "admin"});

std::string_view ToString(Verb verb);
std::optional<Verb> ParseVerb(std::string_view name);

}  // namespace gatewright::access
