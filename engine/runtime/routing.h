// engine/runtime/routing.h: whom a notify rule tells, and when: their addresses, what they want to
// be told, quiet hours and digests. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/core/preferences.h"
#include "engine/core/run.h"
#include "engine/core/workflow.h"

namespace gatewright::runtime {

// Somebody with preferences, and whether the run's open gate misses a vote that they can give.
struct Candidate {
  PrincipalId id;
  const core::Preferences* preferences = nullptr;  // never null
  bool is_needed = false;
};

struct Told {
  PrincipalId person;
  Time when;
  bool is_digest = false;  // goes into one message with others of that time

  bool operator==(const Told&) const = default;
};

// In the order of `candidates`.
std::vector<Told> Route(const core::NotifyRule& rule, const core::Run& run,
                        const std::vector<Candidate>& candidates, Time now);

// Is `is_needed` looked at for this person?
bool AsksWhetherNeeded(const core::NotifyRule& rule, const core::Run& run, const PrincipalId& id,
                       const core::Preferences& preferences);

// What `${recipient.…}` stands for in a rule's settings: the id and every address. JSON.
std::string RecipientScope(const PrincipalId& id, const core::Preferences& preferences);

}  // namespace gatewright::runtime
