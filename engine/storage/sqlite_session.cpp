// engine/storage/sqlite_session.cpp: connecting, and the settings every connection has.
#include "engine/storage/sqlite_session.h"

#include <fmt/format.h>

#include <mutex>

namespace gatewright::storage {
namespace {

constexpr int kBusyTimeoutMs = 5'000;
constexpr Integer kJournalSizeLimit = Integer{64} << 20;

// SOCI's connect string cannot quote every path, and opens a different file when it fails to. A
// percent-encoded URI has no such letters.
std::string ConnectString(const std::string& path, Access access) {
  std::string text = "db=file:";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                          (byte >= '0' && byte <= '9') || byte == '/' || byte == '.' ||
                          byte == '-' || byte == '_';
    if (is_plain) {
      text += c;
    } else {
      text += fmt::format("%{:02X}", byte);
    }
  }
  return text + (access == Access::kReadOnly ? "?mode=ro" : "?mode=rwc");
}

void AllowUris() {
  static std::once_flag once;
  // No effect when SQLite is in use already; Debian's build reads URIs anyway.
  std::call_once(once, [] { sqlite_api::sqlite3_config(SQLITE_CONFIG_URI, 1); });
}

void Run(sqlite_api::sqlite3* connection, const char* sql) {
  const int code = sqlite_api::sqlite3_exec(connection, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) throw soci::sqlite3_soci_error("statement failed", code);
}

}  // namespace

void OpenSession(soci::session& session, const std::string& path, Access access, int cache_mb) {
  AllowUris();
  session.open(*soci::factory_sqlite3(), ConnectString(path, access));
  sqlite_api::sqlite3_busy_timeout(Native(session), kBusyTimeoutMs);
  sqlite_api::sqlite3_extended_result_codes(Native(session), 1);
  session.once << fmt::format("PRAGMA cache_size=-{}", cache_mb * 1024);
  if (access == Access::kReadOnly) {
    session.once << "PRAGMA query_only=1";
    return;
  }
  std::string mode;
  session.once << "PRAGMA journal_mode=WAL", soci::into(mode);
  if (mode != "wal") {
    throw soci::sqlite3_soci_error("no write-ahead log", SQLITE_CANTOPEN);
  }
  session.once << "PRAGMA synchronous=FULL";
  session.once << "PRAGMA wal_autocheckpoint=0";
  session.once << fmt::format("PRAGMA journal_size_limit={}", kJournalSizeLimit);
}

sqlite_api::sqlite3* Native(soci::session& session) {
  return static_cast<soci::sqlite3_session_backend*>(session.get_backend())->conn_;
}

Snapshot::Snapshot(soci::session& session) : connection_(Native(session)) {
  if (sqlite_api::sqlite3_get_autocommit(connection_) == 0) {
    connection_ = nullptr;
  } else {
    Run(connection_, "BEGIN");
  }
}

Snapshot::~Snapshot() {
  if (connection_ == nullptr) return;
  sqlite_api::sqlite3_exec(connection_, "COMMIT", nullptr, nullptr, nullptr);
}

}  // namespace gatewright::storage
