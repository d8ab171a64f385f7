// engine/storage/sqlite_session.h: one connection to the database file, and safe ways to run
// statements on it. A connection and its statements belong to one thread at a time: two threads on
// one connection give wrong results without an error. Everything here throws what SOCI throws.
#pragma once

// SOCI first: its header puts SQLite's API into a namespace and needs to be the one to include it.
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <string>

namespace gatewright::storage {

// SOCI reads and writes 64-bit columns through this type.
using Integer = long long;

enum class Access { kReadWrite = 1, kReadOnly };

void OpenSession(soci::session& session, const std::string& path, Access access, int cache_mb);

sqlite_api::sqlite3* Native(soci::session& session);

inline soci::sqlite3_statement_backend& Native(soci::statement& statement) {
  return *static_cast<soci::sqlite3_statement_backend*>(statement.get_backend());
}

// Runs a prepared statement that gives no rows.
inline void Execute(soci::statement& statement) { statement.execute(true); }

// Runs one that changes rows; returns how many.
inline Integer CountChanged(soci::statement& statement) {
  statement.execute(true);
  return statement.get_affected_rows();
}

// The rows of a prepared query, one after the other in the variables it is bound to. Ends the
// query when it goes out of scope: an open one would keep a read transaction open, which stops
// checkpoints and makes later writes on the same connection fail.
class Rows {
 public:
  explicit Rows(soci::statement& statement)
      : statement_(statement), has_row_(statement.execute(true)) {}
  ~Rows() {
    auto& native = Native(statement_);
    sqlite_api::sqlite3_reset(native.stmt_);
    native.databaseReady_ = true;  // what SOCI notes after a reset of its own
  }
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  bool has_row() const { return has_row_; }
  void Next() { has_row_ = statement_.fetch(); }

 private:
  soci::statement& statement_;
  bool has_row_;
};

// Runs a query for its first row. False: there is none, and the bound variables keep old values.
inline bool SelectOne(soci::statement& statement) { return Rows(statement).has_row(); }

// All statements until the end of the scope see the same committed state. One inside another joins
// it.
class Snapshot {
 public:
  explicit Snapshot(soci::session& session);
  ~Snapshot();
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

 private:
  sqlite_api::sqlite3* connection_;  // null when joined
};

}  // namespace gatewright::storage
