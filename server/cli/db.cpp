// server/cli/db.cpp: `gatewright db check` and `gatewright db migrate`.
#include <fmt/format.h>

#include <filesystem>

#include "engine/storage/check.h"
#include "engine/storage/migrations.h"
#include "engine/storage/sqlite_store.h"
#include "server/cli/commands.h"
#include "server/cli/replay.h"

namespace gatewright::cli {

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
  fmt::print(
      "{}: good: {} entries of {} runs and {} of the installation, {} timers, {} open attempts, "
      "{} locks; head {}\n",
      path, report->entries - report->site_entries, report->runs, report->site_entries,
      report->timers, report->attempts, report->locks, report->head.value);
  return kExitOk;
}

int RunDbMigrate(const Arguments& arguments) {
  const auto configuration = Configure(arguments);
  if (!configuration) return kExitUsage;
  const std::string& path = configuration->settings.db_path;
  if (arguments.is_plan) {
    fmt::print("{}", storage::MigrationPlan());
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

}  // namespace gatewright::cli
