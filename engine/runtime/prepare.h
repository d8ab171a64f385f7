// engine/runtime/prepare.h: from what a caller asks to a command with all its facts: checks the
// data against the workflow's schemas, asks the approvers. Reads, never writes.
#pragma once

#include <variant>

#include "engine/core/command.h"
#include "engine/runtime/eligibility.h"
#include "engine/runtime/requests.h"
#include "engine/runtime/runs.h"

namespace gatewright::runtime {

template <class Command>
using Prepared = std::variant<Command, Reply>;

Prepared<core::CreateRun> PrepareCreate(const CreateRequest& request, const Revision& revision);
Prepared<core::ChangeSubject> PrepareSubject(const SubjectRequest& request,
                                             const LoadedRun& loaded);
// The stored subject, complete now, as `target` sees it.
Prepared<core::SubmitRun> PrepareSubmit(const SubmitRequest& request, const LoadedRun& loaded,
                                        const Revision& target);
Prepared<core::MigrateRun> PrepareMigrate(const MigrateRequest& request, const LoadedRun& loaded,
                                          const Revision& target);
// Asks approvers: may block.
Prepared<core::CastVote> PrepareVote(const VoteRequest& request, const LoadedRun& loaded,
                                     const Asking& asking);
Prepared<core::ClaimGate> PrepareClaim(const ClaimRequest& request, const LoadedRun& loaded,
                                       const Asking& asking);
Prepared<core::OverrideRule> PrepareOverride(const OverrideRequest& request,
                                             const LoadedRun& loaded, const Asking& asking);

}  // namespace gatewright::runtime
