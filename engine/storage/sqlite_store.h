// engine/storage/sqlite_store.h: the engine's store in one SQLite file. Thread-safe: reads run on
// a pool of connections, writes one after the other on one connection.
#pragma once

#include <memory>

#include "engine/base/result.h"
#include "engine/ports/store.h"
#include "engine/storage/store_options.h"

namespace gatewright::storage {

// Creates the file and brings its schema up to date when needed. One process at a time may hold a
// file open this way; a second one gets kConflict and a sentence that says who holds it.
//
// ListRuns is bounded: one call looks at no more than `scan_limit` runs. Filters by `state`, and by
// `statuses` when all of them are open, use an index and look only at runs that match them; the
// other filters are tested on the runs found that way. So a page may hold fewer rows than its
// limit, or none, and still name where to go on.
Result<std::unique_ptr<ports::Store>> OpenSqlite(StoreOptions options);

}  // namespace gatewright::storage
