#include "engine/runtime/stuck_runs.h"

#include <fmt/format.h>

#include <utility>

namespace gatewright::runtime {
namespace {

constexpr std::int64_t kRunsAtOnce = 500;

}  // namespace

void StuckRuns::Look() {
  std::set<RunId> with_attempt;
  auto looked = LookAtAttempts(with_attempt);
  if (looked) looked = LookAtRuns(with_attempt);
  if (!looked) {
    log_.Error(
        fmt::format("runs that stand still cannot be looked for: {}", looked.error().message));
  }
}

// One that is just being handed from the log to a worker is on nobody's list: only twice counts.
Result<void> StuckRuns::LookAtAttempts(std::set<RunId>& with_attempt) {
  GW_TRY(rows, store_.OpenAttempts());
  std::set<AttemptKey> suspects;
  for (const ports::AttemptRow& row : rows) {
    with_attempt.insert(row.run);
    const AttemptKey key{row.run, row.number};
    if (attempts_.Knows(row.run, row.number)) continue;
    if (!suspects_.contains(key)) {
      suspects.insert(key);
      continue;
    }
    recover_(row);
  }
  suspects_ = std::move(suspects);
  return {};
}

Result<void> StuckRuns::LookAtRuns(const std::set<RunId>& with_attempt) {
  ports::RunQuery query;
  query.statuses = {core::RunStatus::kExecuting};
  query.is_oldest_first = true;
  query.limit = kRunsAtOnce;
  while (true) {
    GW_TRY(page, store_.ListRuns(query));
    for (const ports::RunRow& row : page.rows) {
      if (with_attempt.contains(row.id)) continue;
      const auto loaded = runs_.Load(row.id);
      if (!loaded || *loaded == nullptr) continue;
      const core::Run& run = (*loaded)->run;
      const bool is_stuck =
          run.status == core::RunStatus::kExecuting && run.OpenAttempt() == nullptr;
      if (is_stuck) Raise(run.id);
    }
    if (page.next_before.value == 0) return {};
    query.after = page.next_before;
  }
}

void StuckRuns::Raise(RunId run) {
  Job job;
  job.run = run;
  job.command = core::RaiseIncident{"stuck", "the run is executing, but no attempt of it is open"};
  loop_.Submit(std::move(job), true);
}

}  // namespace gatewright::runtime
