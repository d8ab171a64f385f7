#include "bench/limit.h"

#include <sqlite3.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <vector>

namespace gatewright::bench {
namespace {

using Clock = std::chrono::steady_clock;

struct Row {
  sqlite3_int64 run, sequence, at;
  std::string actor, events, hash;
};

void Check(sqlite3* db, int code) {
  if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return;
  std::fprintf(stderr, "limit: %s\n", sqlite3_errmsg(db));
  std::exit(1);
}

std::string Text(sqlite3_stmt* statement, int column) {
  return reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
}

std::vector<Row> ReadEntries(const std::string& path) {
  sqlite3* db = nullptr;
  Check(db, sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READONLY, nullptr));
  sqlite3_stmt* select = nullptr;
  Check(db, sqlite3_prepare_v2(db,
                               "SELECT run_id, sequence, at, actor, events, hash FROM events "
                               "ORDER BY position LIMIT 400000",
                               -1, &select, nullptr));
  std::vector<Row> rows;
  while (sqlite3_step(select) == SQLITE_ROW) {
    rows.push_back({sqlite3_column_int64(select, 0), sqlite3_column_int64(select, 1),
                    sqlite3_column_int64(select, 2), Text(select, 3), Text(select, 4),
                    Text(select, 5)});
  }
  sqlite3_finalize(select);
  sqlite3_close(db);
  return rows;
}

class PlainStore {
 public:
  explicit PlainStore(const std::string& path) {
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path + suffix);
    Check(db_, sqlite3_open(path.c_str(), &db_));
    Check(db_, sqlite3_exec(db_,
                            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                            "PRAGMA cache_size=-65536; PRAGMA wal_autocheckpoint=4000;"
                            "CREATE TABLE events(position INTEGER PRIMARY KEY, run_id BIGINT,"
                            " sequence BIGINT, at BIGINT, actor TEXT, events TEXT, hash TEXT);"
                            "CREATE TABLE runs(id INTEGER PRIMARY KEY, version BIGINT, hash TEXT)",
                            nullptr, nullptr, nullptr));
    event_ = Prepare(
        "INSERT INTO events(run_id, sequence, at, actor, events, hash) "
        "VALUES(?,?,?,?,?,?)");
    insert_ = Prepare("INSERT INTO runs(id, version, hash) VALUES(?1, ?2, ?3)");
    update_ = Prepare("UPDATE runs SET version = ?2, hash = ?3 WHERE id = ?1");
    begin_ = Prepare("BEGIN IMMEDIATE");
    commit_ = Prepare("COMMIT");
  }
  ~PlainStore() {
    for (sqlite3_stmt* s : {event_, insert_, update_, begin_, commit_}) sqlite3_finalize(s);
    sqlite3_close(db_);
  }
  PlainStore(const PlainStore&) = delete;
  PlainStore& operator=(const PlainStore&) = delete;

  void Begin() { Step(begin_); }
  void Commit() { Step(commit_); }
  void Write(const Row& row) {
    sqlite3_bind_int64(event_, 1, row.run);
    sqlite3_bind_int64(event_, 2, row.sequence);
    sqlite3_bind_int64(event_, 3, row.at);
    Bind(event_, 4, row.actor);
    Bind(event_, 5, row.events);
    Bind(event_, 6, row.hash);
    Step(event_);
    sqlite3_stmt* run = row.sequence == 1 ? insert_ : update_;
    sqlite3_bind_int64(run, 1, row.run);
    sqlite3_bind_int64(run, 2, row.sequence);
    Bind(run, 3, row.hash);
    Step(run);
  }

 private:
  sqlite3_stmt* Prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    Check(db_, sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
    return statement;
  }
  void Step(sqlite3_stmt* statement) {
    Check(db_, sqlite3_step(statement));
    sqlite3_reset(statement);
  }
  static void Bind(sqlite3_stmt* statement, int index, const std::string& text) {
    sqlite3_bind_text(statement, index, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
  }

  sqlite3* db_ = nullptr;
  sqlite3_stmt *event_, *insert_, *update_, *begin_, *commit_;
};

}  // namespace

double LimitRate(const std::string& server_db, const std::string& scratch_db, int batch,
                 double seconds) {
  const auto rows = ReadEntries(server_db);
  PlainStore store(scratch_db);
  std::size_t at = 0;
  const auto begin = Clock::now();
  double took = 0;
  while (at < rows.size() && took < seconds) {
    store.Begin();
    for (int i = 0; i < batch && at < rows.size(); ++i) store.Write(rows[at++]);
    store.Commit();
    took = std::chrono::duration<double>(Clock::now() - begin).count();
  }
  return static_cast<double>(at) / took;
}

}  // namespace gatewright::bench
