// engine/storage/log_check.h: one pass over the log in the order it was written.
#pragma once

#include "engine/storage/check.h"
#include "engine/storage/sqlite_session.h"

namespace gatewright::storage {

// Positions without gaps, and every entry the right successor of the one it points back to: same
// run, next sequence, hash chained. Counts entries and sets the head; stops at the first problem.
void CheckLog(soci::session& session, CheckReport& report);

}  // namespace gatewright::storage
