// server/cli/db.cpp: `gatewright db …`.
#include <fmt/format.h>

#include "engine/storage/backup.h"
#include "engine/storage/check.h"
#include "engine/storage/migrations.h"
#include "engine/storage/sqlite_store.h"
#include "server/cli/commands.h"
#include "server/cli/replay.h"

namespace gatewright::cli {
namespace {

void PrintGood(const std::string& path, const storage::CheckReport& report) {
  fmt::print(
      "{}: good: {} entries of {} runs and {} of the installation, {} timers, {} open attempts, "
      "{} locks; head {}\n",
      path, report.entries - report.site_entries, report.runs, report.site_entries, report.timers,
      report.attempts, report.locks, report.head.value);
}

int Failed(const Error& error) {
  PrintError(error.message);
  return error.code == ErrorCode::kNotFound ? kExitUsage : kExitFailure;
}

}  // namespace

int RunDbBackup(const Arguments& arguments) {
  const auto configuration = Configure(arguments);
  if (!configuration) return kExitUsage;
  const std::string& path = configuration->settings.db_path;
  if (const auto done = storage::BackUp(path, arguments.copy); !done) return Failed(done.error());
  fmt::print("{}: a copy of {}; it holds secrets as the database does\n", arguments.copy, path);
  return kExitOk;
}

int RunDbCheck(const Arguments& arguments) {
  const auto configuration = Configure(arguments);
  if (!configuration) return kExitUsage;
  const std::string& path = configuration->settings.db_path;
  auto report = storage::CheckDatabase(path, ReplayRows, ReplaySite);
  if (!report) {
    PrintError(report.error().message);
    return kExitUsage;
  }
  if (!report->is_good()) {
    PrintError(fmt::format("{}: {}", path, report->problem));
    return kExitFailure;
  }
  PrintGood(path, *report);
  return kExitOk;
}

int RunDbMigrate(const Arguments& arguments) {
  const auto configuration = Configure(arguments);
  if (!configuration) return kExitUsage;
  const std::string& path = configuration->settings.db_path;
  if (arguments.is_plan) {
    const auto schema = storage::ReadSchemaOf(path);
    if (!schema) return Failed(schema.error());
    fmt::print("{}", storage::MigrationPlan(*schema));
    return kExitOk;
  }
  storage::StoreOptions options;
  options.path = path;
  auto store = storage::OpenSqlite(std::move(options));  // opening it brings it up to date
  if (!store) {
    PrintError(store.error().message);
    return kExitFailure;
  }
  fmt::print("{}: schema {}\n", path, storage::LatestSchema());
  return kExitOk;
}

int RunDbRestore(const Arguments& arguments) {
  const auto configuration = Configure(arguments);
  if (!configuration) return kExitUsage;
  const std::string& path = configuration->settings.db_path;
  const auto restored =
      storage::Restore(arguments.copy, path, arguments.is_replacing, ReplayRows, ReplaySite);
  if (!restored) return Failed(restored.error());
  if (!restored->kept.empty()) fmt::print("{}: what was there\n", restored->kept);
  PrintGood(path, restored->report);
  return kExitOk;
}

}  // namespace gatewright::cli
