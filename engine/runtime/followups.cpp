#include "engine/runtime/followups.h"

#include <fmt/format.h>

#include <utility>

namespace gatewright::runtime {

void Followups::Take(const Committed& one) {
  if (one.run == nullptr) return;
  for (const core::Event& event : one.events) {
    const auto* released = std::get_if<core::LocksReleased>(&event);
    if (released == nullptr) continue;
    const auto next = surroundings_.Look(
        [&](const core::World& world) { return world.locks->Waiting(released->keys); });
    for (const RunId run : next) Try(run);
  }
  for (const core::Effect& effect : one.effects) {
    const auto* supersede = std::get_if<core::SupersedeRuns>(&effect);
    if (supersede == nullptr) continue;
    for (const RunId loser : supersede->runs) {
      Job job;
      job.run = loser;
      job.command = core::SupersedeRun{one.run->run.id};
      loop_.Submit(std::move(job), true);
    }
  }
}

void Followups::LookAgain() {
  ports::RunQuery query;
  query.statuses = {core::RunStatus::kBlocked};
  query.is_oldest_first = true;
  query.limit = 500;
  while (true) {
    const auto page = store_.ListRuns(query);
    if (!page) {
      log_.Error(fmt::format("blocked runs cannot be listed: {}", page.error().message));
      return;
    }
    for (const ports::RunRow& row : page->rows) Try(row.id);
    if (page->next_before.value == 0) return;
    query.after = page->next_before;
  }
}

void Followups::Try(RunId run) {
  Job job;
  job.run = run;
  job.command = core::TryStart{};
  loop_.Submit(std::move(job), true);
}

}  // namespace gatewright::runtime
