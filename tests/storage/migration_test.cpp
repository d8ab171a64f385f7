// tests/storage/migration_test.cpp: a database of an earlier version is brought up to date in
// place, with everything in it. Each schema is written here as it was released, never as the code
// has it.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "engine/storage/check.h"
#include "engine/storage/migrations.h"
#include "engine/storage/sqlite_store.h"
#include "tests/storage/raw_sqlite.h"
#include "tests/storage/store_fixture.h"

namespace gatewright::storage {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kSchema1 = R"(
PRAGMA journal_mode = WAL;
CREATE TABLE schema_migrations(version INTEGER PRIMARY KEY, name TEXT NOT NULL,
  applied_at BIGINT NOT NULL);
CREATE TABLE events(position INTEGER PRIMARY KEY, run_id BIGINT NOT NULL, sequence BIGINT NOT NULL,
  at BIGINT NOT NULL, actor TEXT NOT NULL, events TEXT NOT NULL, prev_position BIGINT NOT NULL,
  hash TEXT NOT NULL);
CREATE TRIGGER events_no_update BEFORE UPDATE ON events
  BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER events_no_delete BEFORE DELETE ON events
  BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TABLE runs(id INTEGER PRIMARY KEY, version BIGINT NOT NULL, name TEXT NOT NULL,
  workflow TEXT NOT NULL, workflow_version TEXT NOT NULL, requester TEXT NOT NULL,
  state TEXT NOT NULL, status BIGINT NOT NULL, stage TEXT NOT NULL, created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL, head BIGINT NOT NULL, head_hash TEXT NOT NULL);
CREATE INDEX runs_state ON runs(state, id);
CREATE INDEX runs_open ON runs(id) WHERE status IN (1, 2, 3);
CREATE TABLE timers(run_id BIGINT NOT NULL, kind BIGINT NOT NULL, due BIGINT NOT NULL,
  PRIMARY KEY(run_id, kind)) WITHOUT ROWID;
CREATE INDEX timers_due ON timers(due);
CREATE TABLE attempts(run_id BIGINT NOT NULL, number BIGINT NOT NULL, stage TEXT NOT NULL,
  state BIGINT NOT NULL, fencing_token BIGINT NOT NULL, PRIMARY KEY(run_id, number)) WITHOUT ROWID;
CREATE TABLE attempt_output(run_id BIGINT NOT NULL, number BIGINT NOT NULL,
  position BIGINT NOT NULL, size BIGINT NOT NULL, data TEXT NOT NULL,
  PRIMARY KEY(run_id, number, position));
CREATE TABLE outbox(id INTEGER PRIMARY KEY AUTOINCREMENT, kind BIGINT NOT NULL,
  run_id BIGINT NOT NULL, body TEXT NOT NULL, tries BIGINT NOT NULL, due BIGINT NOT NULL);
CREATE INDEX outbox_due ON outbox(due);
CREATE TABLE idempotency_keys(key TEXT NOT NULL PRIMARY KEY, fingerprint TEXT NOT NULL,
  status BIGINT NOT NULL, body TEXT NOT NULL, headers TEXT NOT NULL, at BIGINT NOT NULL);
CREATE INDEX idempotency_keys_at ON idempotency_keys(at);
CREATE TABLE workflows(id INTEGER PRIMARY KEY, name TEXT NOT NULL, revision BIGINT NOT NULL,
  version TEXT NOT NULL, source TEXT NOT NULL, published_by TEXT NOT NULL,
  published_at BIGINT NOT NULL, UNIQUE(name, revision));
CREATE TABLE cursors(name TEXT NOT NULL PRIMARY KEY, position BIGINT NOT NULL);
INSERT INTO schema_migrations VALUES(1, 'log, runs and work', 1700000000000000);
)";

// The statements that put an entry at `position`, and its run's row, into a database of schema 1.
std::string Insert(const ports::Change& change, std::int64_t position, std::int64_t previous) {
  const auto& entry = *change.entry;
  const auto& row = change.row;
  return fmt::format("INSERT INTO events VALUES({}, {}, {}, {}, '{}', '{}', {}, '{}');", position,
                     entry.run.value, entry.sequence.value, ToMicros(entry.at), entry.actor,
                     entry.events_json, previous, entry.hash) +
         fmt::format(
             "INSERT OR REPLACE INTO runs VALUES({}, {}, '{}', '{}', '{}', '{}', '{}', {}, "
             "'{}', {}, {}, {}, '{}');",
             row.id.value, row.version.value, row.name, row.workflow, row.workflow_version,
             row.requester, row.state, static_cast<int>(row.status), row.stage,
             ToMicros(row.created_at), ToMicros(row.updated_at), position, row.head_hash);
}

// Two runs, the first with two entries; one of everything else.
class Schema1 : public testing::Test {
 protected:
  Schema1() {
    const auto insert = [&](const std::string& sql) { EXPECT_EQ(RawSql(path_, sql), ""); };
    insert(kSchema1);
    insert(Insert(first_.Next(), 1, 0));
    insert(Insert(second_.Next(), 2, 0));
    first_.row.state = "approved";
    insert(Insert(first_.Next(), 3, 1));
    insert(fmt::format("INSERT INTO timers VALUES(2, 1, {})", ToMicros(At(50))));
    insert("INSERT INTO attempts VALUES(1, 1, 'deploy', 2, 77)");
    insert(fmt::format(
        "INSERT INTO outbox VALUES(41, 2, 1, '{{\"version\":\"v1\",\"rule\":2,\"id\":\"3-0\","
        "\"topic\":\"run.created\",\"body\":{{}}}}', 3, {})",
        ToMicros(At(60))));
    insert("INSERT INTO workflows VALUES(1, 'deployment', 1, 'c0ffee', 'stages: []', 'alice', 5)");
    insert("INSERT INTO cursors VALUES('notifier', 3)");
  }

  std::unique_ptr<ports::Store> Open() {
    StoreOptions options;
    options.path = path_;
    return Get(OpenSqlite(options));
  }

  TempFolder folder_;
  std::string path_ = folder_.Path("old.db");
  TestRun first_{1};
  TestRun second_{2};
};

TEST_F(Schema1, KeepsEverything) {
  const auto store = Open();
  EXPECT_EQ(Get(store->Health()).schema, LatestSchema());
  EXPECT_EQ(Get(store->Head()), Position{3});
  const auto history = Get(store->LoadRun(RunId{1}));
  ASSERT_TRUE(history.has_value());
  first_.row.head = Position{3};
  EXPECT_EQ(history->row, first_.row);
  EXPECT_EQ(history->entries.size(), 2u);
  EXPECT_EQ(Get(store->NextTimer()), At(50));
  EXPECT_EQ(Get(store->OpenAttempts()).at(0).fencing_token, 77);
  const auto due = Get(store->DueDeliveries("v1/2", At(60), 9));  // a notification to try again
  ASSERT_EQ(due.size(), 1u);
  EXPECT_EQ(due[0].event, "3-0");
  EXPECT_EQ(due[0].topic, "run.created");
  EXPECT_EQ(due[0].run, RunId{1});
  EXPECT_EQ(due[0].tries, 3);
  EXPECT_TRUE(Get(store->Workflows()).at(0).is_current);
  EXPECT_EQ(Get(store->Cursor("notifier")), Position{3});
}

TEST_F(Schema1, HasNoLocksAndNoSiteEntriesYet) {
  const auto store = Open();
  EXPECT_THAT(Get(store->Locks()), IsEmpty());
  EXPECT_EQ(Get(store->NewestTicket()), 0);
  EXPECT_THAT(Get(store->SiteEntries()), IsEmpty());
}

TEST_F(Schema1, GoesOnWithWhatIsNew) {
  auto store = Open();
  TestSite site;
  second_.row.status = core::RunStatus::kBlocked;
  ports::Change blocked = second_.Next();
  blocked.put_locks = {{"prod", {RunId{2}, 1, false, core::LockMode::kFifo, 1, At(9)}}};
  blocked.newest_ticket = 1;
  ASSERT_EQ(Get(store->Commit({first_.Next(), blocked, site.Next()})), Position{4});

  ports::RunQuery open;
  open.statuses = {core::RunStatus::kBlocked};
  EXPECT_EQ(Get(store->ListRuns(open)).rows.at(0).id, RunId{2});
  store.reset();
  const auto report = Get(CheckDatabase(path_, nullptr));
  EXPECT_EQ(report.problem, "");
  EXPECT_EQ(report.entries, 6);
  EXPECT_EQ(report.site_entries, 1);
}

TEST_F(Schema1, IsBroughtUpToDateOnce) {
  Open();
  Open();
  EXPECT_EQ(RawValue(path_, "SELECT group_concat(version) FROM schema_migrations"), "1,2,3,4,5,6");
  EXPECT_THAT(RawValue(path_, "SELECT sql FROM sqlite_master WHERE name = 'runs_open'"),
              HasSubstr("(1, 2, 3, 9, 12)"));
}

TEST_F(Schema1, IsNotCheckedBeforeItIsUpToDate) {
  const auto refused = CheckDatabase(path_, nullptr);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("has schema 1, expected 6"));
}

// The step as the code has it still makes the schema as it was released.
TEST(Migrations, NeverChangeOnceReleased) {
  const TempFolder folder;
  const std::string released = folder.Path("released.db");
  const std::string made = folder.Path("made.db");
  EXPECT_EQ(RawSql(released, kSchema1), "");
  for (const auto& statement : Migrations()[0].statements) EXPECT_EQ(RawSql(made, statement), "");
  const char* columns =
      "SELECT group_concat(t.name || '.' || c.name || ' ' || c.type || c.pk || c.[notnull]) "
      "FROM sqlite_master AS t, pragma_table_info(t.name) AS c "
      "WHERE t.type = 'table' AND t.name <> 'schema_migrations' ORDER BY t.name, c.cid";
  EXPECT_EQ(RawValue(made, columns), RawValue(released, columns));
  const char* indexes =
      "SELECT group_concat(name) FROM (SELECT name FROM sqlite_master WHERE type IN ('index', "
      "'trigger') ORDER BY name)";
  EXPECT_EQ(RawValue(made, indexes), RawValue(released, indexes));
}

}  // namespace
}  // namespace gatewright::storage
