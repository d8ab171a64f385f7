// engine/runtime/eligibility.h: asks the approvers of a gate who may do what: one person, a person
// in somebody's place, or everybody there is. Calls plugins: never under a lock.
#pragma once

#include <optional>
#include <vector>

#include "engine/base/result.h"
#include "engine/core/command.h"
#include "engine/core/site.h"
#include "engine/runtime/runs.h"
#include "engine/runtime/surroundings.h"

namespace gatewright::runtime {

// When and for how long approvers are asked, and who is known.
struct Asking {
  Time now;
  Duration limit;  // per approver
  LoadedSitePtr site;
  std::shared_ptr<const Directory> directory;  // may be null
};

// Which rules of the stage's gate the actor may fill, escalation levels included. An approver that
// cannot answer is an error only when no other one says yes: it could have been the one that lets
// this person vote.
Result<core::EligibilityFacts> AskApprovers(const LoadedRun& loaded, const core::StageSpec& stage,
                                            const core::Principal& actor, const Asking& asking);

// In whose place the actor may vote on this gate, as principals with the roles they have now.
std::vector<core::Principal> DelegatorsFor(const LoadedRun& loaded, const StageName& stage,
                                           const PrincipalId& actor, const Asking& asking);

// May the actor override rules of this run? The reason, when not.
Result<ports::Eligibility> AskOverriders(const LoadedRun& loaded, const core::Principal& actor,
                                         const Asking& asking);

// Who of the directory is eligible for each rule. Rules with an approver that does I/O or fails
// are left out: they cannot be listed.
std::vector<core::RulePeople> ListPeople(const LoadedRun& loaded, const core::StageSpec& stage,
                                         const Directory& directory, const Asking& asking);

}  // namespace gatewright::runtime
