// engine/storage/projection_check.h: compares everything that can be rebuilt from the log with what
// is stored.
#pragma once

#include "engine/storage/check.h"
#include "engine/storage/sqlite_session.h"

namespace gatewright::storage {

// Expects CheckLog to have found nothing. Counts runs, timers, attempts, locks and the
// installation's entries; stops at the first problem.
void CheckProjections(soci::session& session, const ReplayFn& replay,
                      const ReplaySiteFn& replay_site, CheckReport& report);

}  // namespace gatewright::storage
