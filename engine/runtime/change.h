// engine/runtime/change.h: a decision as rows: the entry with its hash, the run's projection, its
// timers, attempts and outbox. Pure.
#pragma once

#include <string>

#include "engine/core/decide.h"
#include "engine/core/site.h"
#include "engine/ports/store.h"

namespace gatewright::runtime {

// Adds what `accepted` means to `change`. `accepted.events` must not be empty.
void AddDecision(ports::Change& change, const core::Accepted& accepted,
                 const core::Workflow& workflow, const std::string& previous_hash,
                 std::string actor, Time at);

// The log entry of a decision on the installation itself.
// The digests to keep and to forget with these events.
std::vector<ports::CredentialRow> CredentialRowsOf(const core::SiteCommand& command,
                                                   const std::vector<core::SiteEvent>& events);

ports::Entry MakeSiteEntry(const core::SiteAccepted& accepted, const std::string& previous_hash,
                           std::string actor, Time at);

bool IsAboutLocks(const core::Event& event);

}  // namespace gatewright::runtime
