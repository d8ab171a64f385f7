// engine/storage/migrations.h: the schema as numbered steps. A released step never changes; a new
// need is a new step at the end.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/result.h"

namespace soci {
class session;
}

namespace gatewright::storage {

struct Migration {
  std::int64_t version = 0;
  std::string name;
  std::vector<std::string> statements;  // one each: SQLite runs only the first of several
};

const std::vector<Migration>& Migrations();

// The schema this program needs.
std::int64_t LatestSchema();

// What would be run on a database at schema `from` (0 = a new one), as text for people.
std::string MigrationPlan(std::int64_t from = 0);

// The schema of an open database, 0 for an empty one. Throws what SOCI throws.
std::int64_t ReadSchema(soci::session& session);

// The same of a file that nobody has open; 0 when there is none.
Result<std::int64_t> ReadSchemaOf(const std::string& path);

// Brings the database up to date, each step in a transaction of its own, so that it can be stopped
// anywhere and started again. Refuses a schema newer than ours, and a database that is not ours.
Result<void> Migrate(soci::session& session, const std::string& path);

}  // namespace gatewright::storage
