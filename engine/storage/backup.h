// engine/storage/backup.h: copies of a SQLite database, made while a server writes, and put back
// while none does. Files appear whole or not at all. One thread.
#pragma once

#include <string>

#include "engine/base/result.h"
#include "engine/storage/check.h"

namespace gatewright::storage {

// Writes the database `path`, as of one moment, into the new file `to`, which holds secrets as the
// database does: only its owner may read it.
Result<void> BackUp(const std::string& path, const std::string& to);

struct Restored {
  CheckReport report;
  std::string kept;  // where the database that was there is now; empty when none was
};

// Puts the copy `from` in the place of the database `path`, brought up to this version's schema and
// checked first. kConflict: a server uses `path`, or something is there and `is_replacing` is not
// set; kCorrupt: the copy is not good.
Result<Restored> Restore(const std::string& from, const std::string& path, bool is_replacing,
                         const ReplayFn& replay, const ReplaySiteFn& replay_site);

}  // namespace gatewright::storage
