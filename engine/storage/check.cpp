// engine/storage/check.cpp: three passes, from the cheapest doubt to the dearest.
#include "engine/storage/check.h"

#include <fmt/format.h>

#include <filesystem>

#include "engine/storage/log_check.h"
#include "engine/storage/migrations.h"
#include "engine/storage/projection_check.h"
#include "engine/storage/sqlite_error.h"
#include "engine/storage/sqlite_session.h"

namespace gatewright::storage {
namespace {

constexpr int kCacheMb = 64;

// SQLite's own structure: pages, cells, order of keys. Empty when sound.
std::string CheckPages(soci::session& session) {
  std::string finding;
  session.once << "PRAGMA quick_check(1)", soci::into(finding);
  if (finding == "ok") return "";
  return fmt::format("The file's structure is damaged: {}.", finding);
}

void CheckEverything(soci::session& session, const ReplayFn& replay,
                     const ReplaySiteFn& replay_site, CheckReport& report) {
  report.problem = CheckPages(session);
  if (report.problem.empty()) CheckLog(session, report);
  if (report.problem.empty()) CheckProjections(session, replay, replay_site, report);
}

}  // namespace

Result<CheckReport> CheckDatabase(const std::string& path, const ReplayFn& replay,
                                  const ReplaySiteFn& replay_site) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) {
    return Error{ErrorCode::kNotFound, fmt::format("Expected a database at {}, found none.", path)};
  }
  return Guarded("check the database", path, [&]() -> Result<CheckReport> {
    soci::session session;
    OpenSession(session, std::filesystem::absolute(path), Access::kReadOnly, kCacheMb);
    const Snapshot snapshot(session);
    CheckReport report;
    try {
      if (const auto schema = ReadSchema(session); schema != LatestSchema()) {
        return Error{ErrorCode::kInvalid,
                     fmt::format("{} has schema {}, expected {}. Use the version of gatewright "
                                 "that wrote it, or start the server once to bring it up to date.",
                                 path, schema, LatestSchema())};
      }
      CheckEverything(session, replay, replay_site, report);
    } catch (const std::exception& failure) {
      if ((SqliteCode(failure) & 0xff) != SQLITE_CORRUPT) throw;
      report.problem = fmt::format(
          "The file's structure is damaged: SQLite could not read on after "
          "{} log entries and {} runs.",
          report.entries, report.runs);
    }
    return report;
  });
}

}  // namespace gatewright::storage
