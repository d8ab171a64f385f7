// tests/storage/raw_sqlite.cpp: SQLite's C interface, kept away from SOCI's headers.
#include "tests/storage/raw_sqlite.h"

#include <sqlite3.h>

namespace gatewright::storage {
namespace {

int KeepFirst(void* value, int, char** columns, char**) {
  auto& text = *static_cast<std::string*>(value);
  if (text.empty() && columns[0] != nullptr) text = columns[0];
  return 0;
}

std::string Run(const std::string& path, const std::string& sql, std::string& value) {
  sqlite3* connection = nullptr;
  sqlite3_open_v2(path.c_str(), &connection, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  sqlite3_busy_timeout(connection, 5'000);
  char* message = nullptr;
  sqlite3_exec(connection, sql.c_str(), KeepFirst, &value, &message);
  std::string problem = message == nullptr ? "" : message;
  sqlite3_free(message);
  sqlite3_close(connection);
  return problem;
}

}  // namespace

std::string RawSql(const std::string& path, const std::string& sql) {
  std::string ignored;
  return Run(path, sql, ignored);
}

std::string RawValue(const std::string& path, const std::string& sql) {
  std::string value;
  const std::string problem = Run(path, sql, value);
  return problem.empty() ? value : problem;
}

std::string Tamper(const std::string& path, const std::string& sql) {
  return RawSql(path, "DROP TRIGGER events_no_update; DROP TRIGGER events_no_delete; " + sql);
}

}  // namespace gatewright::storage
