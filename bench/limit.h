// bench/limit.h: what the disk and SQLite allow at most: the very entries a server has written,
// written again by plain SQLite in group commits, with no HTTP, rules, plugins or hashing.
#pragma once

#include <string>

namespace gatewright::bench {

// Entries per second in commits of `batch`; stops after `seconds` or when all are written.
double LimitRate(const std::string& server_db, const std::string& scratch_db, int batch,
                 double seconds);

}  // namespace gatewright::bench
