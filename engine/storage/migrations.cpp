// engine/storage/migrations.cpp: the tables, and how they come into being.
//
// Everything but a rowid key is BIGINT: SOCI reads columns declared INTEGER through 32 bits.
#include "engine/storage/migrations.h"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>

#include "engine/storage/sqlite_error.h"
#include "engine/storage/sqlite_session.h"

namespace gatewright::storage {
namespace {

constexpr int kSmallCacheMb = 8;

std::vector<Migration> Build() {
  return {
      {1,
       "log, runs and work",
       {
           // The log. No index on (run_id, sequence): each entry points back to the one before it
           // of the same run, and the run's row points to the newest.
           "CREATE TABLE events("
           "position INTEGER PRIMARY KEY, run_id BIGINT NOT NULL, sequence BIGINT NOT NULL, "
           "at BIGINT NOT NULL, actor TEXT NOT NULL, events TEXT NOT NULL, "
           "prev_position BIGINT NOT NULL, hash TEXT NOT NULL)",
           "CREATE TRIGGER events_no_update BEFORE UPDATE ON events "
           "BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END",
           "CREATE TRIGGER events_no_delete BEFORE DELETE ON events "
           "BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END",

           "CREATE TABLE runs("
           "id INTEGER PRIMARY KEY, version BIGINT NOT NULL, name TEXT NOT NULL, "
           "workflow TEXT NOT NULL, workflow_version TEXT NOT NULL, requester TEXT NOT NULL, "
           "state TEXT NOT NULL, status BIGINT NOT NULL, stage TEXT NOT NULL, "
           "created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, "
           "head BIGINT NOT NULL, head_hash TEXT NOT NULL)",
           "CREATE INDEX runs_state ON runs(state, id)",
           "CREATE INDEX runs_open ON runs(id) WHERE status IN (1, 2, 3)",

           "CREATE TABLE timers("
           "run_id BIGINT NOT NULL, kind BIGINT NOT NULL, due BIGINT NOT NULL, "
           "PRIMARY KEY(run_id, kind)) WITHOUT ROWID",
           "CREATE INDEX timers_due ON timers(due)",

           "CREATE TABLE attempts("
           "run_id BIGINT NOT NULL, number BIGINT NOT NULL, stage TEXT NOT NULL, "
           "state BIGINT NOT NULL, fencing_token BIGINT NOT NULL, "
           "PRIMARY KEY(run_id, number)) WITHOUT ROWID",
           // `position` is where the bytes begin, `size` how many they are; `data` is base64.
           "CREATE TABLE attempt_output("
           "run_id BIGINT NOT NULL, number BIGINT NOT NULL, position BIGINT NOT NULL, "
           "size BIGINT NOT NULL, data TEXT NOT NULL, PRIMARY KEY(run_id, number, position))",

           // AUTOINCREMENT: an id is never given twice, because receivers know a message by it.
           "CREATE TABLE outbox("
           "id INTEGER PRIMARY KEY AUTOINCREMENT, kind BIGINT NOT NULL, run_id BIGINT NOT NULL, "
           "body TEXT NOT NULL, tries BIGINT NOT NULL, due BIGINT NOT NULL)",
           "CREATE INDEX outbox_due ON outbox(due)",

           "CREATE TABLE idempotency_keys("
           "key TEXT NOT NULL PRIMARY KEY, fingerprint TEXT NOT NULL, status BIGINT NOT NULL, "
           "body TEXT NOT NULL, headers TEXT NOT NULL, at BIGINT NOT NULL)",
           "CREATE INDEX idempotency_keys_at ON idempotency_keys(at)",

           "CREATE TABLE workflows("
           "id INTEGER PRIMARY KEY, name TEXT NOT NULL, revision BIGINT NOT NULL, "
           "version TEXT NOT NULL, source TEXT NOT NULL, published_by TEXT NOT NULL, "
           "published_at BIGINT NOT NULL, UNIQUE(name, revision))",

           "CREATE TABLE cursors(name TEXT NOT NULL PRIMARY KEY, position BIGINT NOT NULL)",
       }},
      {2,
       "locks, the installation's own log",
       {
           // One row: the newest of the entries with run id 0, which have no row in `runs`.
           "CREATE TABLE site("
           "id INTEGER PRIMARY KEY CHECK(id = 0), version BIGINT NOT NULL, head BIGINT NOT NULL, "
           "head_hash TEXT NOT NULL)",
           "INSERT INTO site(id, version, head, head_hash) VALUES(0, 0, 0, '')",

           // The run comes first in the key: `db check` asks for the locks of a run.
           "CREATE TABLE locks("
           "run_id BIGINT NOT NULL, key TEXT NOT NULL, ticket BIGINT NOT NULL, "
           "is_held BIGINT NOT NULL, mode BIGINT NOT NULL, lock_limit BIGINT NOT NULL, "
           "since BIGINT NOT NULL, PRIMARY KEY(run_id, key)) WITHOUT ROWID",
           "CREATE TABLE counters(name TEXT NOT NULL PRIMARY KEY, value BIGINT NOT NULL)",

           // Up to this revision. A later one is current again.
           "CREATE TABLE retired_workflows(name TEXT NOT NULL PRIMARY KEY, "
           "revision BIGINT NOT NULL)",

           // Blocked runs (9) are open too.
           "DROP INDEX runs_open",
           "CREATE INDEX runs_open ON runs(id) WHERE status IN (1, 2, 3, 9)",

           // Each kind has a reader of its own, which must not wade through the others'.
           "DROP INDEX outbox_due",
           "CREATE INDEX outbox_due ON outbox(kind, due)",
       }},
      {3,
       "secrets of the installation",
       {
           "CREATE TABLE secrets(name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)",
       }},
      {4,
       "deliveries",
       {
           "CREATE TABLE deliveries("
           "id INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL, topic TEXT NOT NULL, "
           "run_id BIGINT NOT NULL, lane TEXT NOT NULL, notifier TEXT NOT NULL, "
           "recipient TEXT NOT NULL, is_digest BIGINT NOT NULL, state BIGINT NOT NULL, "
           "tries BIGINT NOT NULL, problem TEXT NOT NULL, created_at BIGINT NOT NULL, "
           "updated_at BIGINT NOT NULL, due BIGINT NOT NULL)",
           "CREATE INDEX deliveries_pending ON deliveries(lane, due) WHERE state = 1",
           "CREATE INDEX deliveries_run ON deliveries(run_id)",
           "CREATE TABLE closed_lanes(lane TEXT NOT NULL PRIMARY KEY, reason TEXT NOT NULL, "
           "since BIGINT NOT NULL)",
           // What earlier versions kept in the outbox to try again.
           "INSERT INTO deliveries(event, topic, run_id, lane, notifier, recipient, is_digest, "
           "state, tries, problem, created_at, updated_at, due) SELECT "
           "json_extract(body, '$.id'), json_extract(body, '$.topic'), run_id, "
           "json_extract(body, '$.version') || '/' || json_extract(body, '$.rule'), '', '', 0, 1, "
           "tries, '', due, due, due FROM outbox WHERE kind = 2 AND json_valid(body) AND "
           "json_type(body, '$.id') = 'text' AND json_type(body, '$.rule') = 'integer'",
           "DELETE FROM outbox WHERE kind = 2",
       }},
      {5,
       "drafts",
       {
           // Drafts (12) are open too.
           "DROP INDEX runs_open",
           "CREATE INDEX runs_open ON runs(id) WHERE status IN (1, 2, 3, 9, 12)",
       }},
      {6,
       "credentials",
       {
           // Digests of secrets. Whose they are and until when is in the installation's log.
           "CREATE TABLE credentials(id TEXT NOT NULL PRIMARY KEY, digest TEXT NOT NULL)",
       }},
  };
}

bool HasTables(soci::session& session) {
  int count = 0;
  session.once << "SELECT count(*) FROM sqlite_master WHERE type = 'table'", soci::into(count);
  return count > 0;
}

Result<std::int64_t> AcceptedSchema(soci::session& session, const std::string& path) {
  const std::int64_t schema = ReadSchema(session);
  if (schema == 0 && HasTables(session)) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("{} is a SQLite database, but not one of gatewright's (it has tables "
                             "and no schema_migrations). Name another file.",
                             path)};
  }
  if (schema > LatestSchema()) {
    return Error{
        ErrorCode::kInvalid,
        fmt::format("{} has schema {}; this version of gatewright knows schemas up to {}. Start "
                    "the newer version that wrote it, or restore a backup from before.",
                    path, schema, LatestSchema())};
  }
  return schema;
}

void Record(soci::session& session, const Migration& step) {
  const Integer version = step.version;
  const Integer at = std::chrono::duration_cast<std::chrono::microseconds>(
                         std::chrono::system_clock::now().time_since_epoch())
                         .count();
  session.once << "INSERT INTO schema_migrations(version, name, applied_at) "
                  "VALUES(:version, :name, :at)",
      soci::use(version), soci::use(step.name), soci::use(at);
}

}  // namespace

const std::vector<Migration>& Migrations() {
  static const std::vector<Migration> steps = Build();
  return steps;
}

std::int64_t LatestSchema() { return Migrations().back().version; }

std::string MigrationPlan(std::int64_t from) {
  std::string text;
  for (const Migration& step : Migrations()) {
    if (step.version <= from) continue;
    text += fmt::format("-- schema {}: {}\n", step.version, step.name);
    for (const std::string& statement : step.statements) text += statement + ";\n";
  }
  if (text.empty()) text = fmt::format("-- schema {} is up to date\n", from);
  return text;
}

std::int64_t ReadSchema(soci::session& session) {
  int is_ours = 0;
  session.once << "SELECT count(*) FROM sqlite_master WHERE name = 'schema_migrations'",
      soci::into(is_ours);
  if (is_ours == 0) return 0;
  Integer schema = 0;
  session.once << "SELECT coalesce(max(version), 0) FROM schema_migrations", soci::into(schema);
  return schema;
}

Result<std::int64_t> ReadSchemaOf(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return 0;
  return Guarded("read the database", path, [&]() -> Result<std::int64_t> {
    soci::session session;
    OpenSession(session, std::filesystem::absolute(path), Access::kReadOnly, kSmallCacheMb);
    return AcceptedSchema(session, path);
  });
}

Result<void> Migrate(soci::session& session, const std::string& path) {
  for (;;) {
    session.once << "BEGIN IMMEDIATE";
    // Read inside the transaction: another process may just have done this step.
    auto schema = AcceptedSchema(session, path);
    if (!schema || *schema == LatestSchema()) {
      session.once << "ROLLBACK";
      if (!schema) return schema.error();
      return {};
    }
    const Migration& step = Migrations()[static_cast<std::size_t>(*schema)];
    if (*schema == 0) {
      session.once << "CREATE TABLE schema_migrations(version INTEGER PRIMARY KEY, "
                      "name TEXT NOT NULL, applied_at BIGINT NOT NULL)";
    }
    for (const std::string& statement : step.statements) session.once << statement;
    Record(session, step);
    session.once << "COMMIT";
  }
}

}  // namespace gatewright::storage
