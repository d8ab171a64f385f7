// server/cli/replay.cpp: events → run → rows, by the same functions that the engine uses.
#include "server/cli/replay.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/codec/events.h"
#include "engine/codec/site_events.h"
#include "engine/core/gate_times.h"
#include "engine/core/locks.h"

namespace gatewright::cli {
namespace {

// A run's claims depend on its own entries only, so each run can have a table to itself.
Result<void> ReplayLocks(const std::vector<ports::Entry>& entries, storage::Projection& rows) {
  core::LockTable table;
  for (const ports::Entry& entry : entries) {
    GW_TRY(events, codec::EventsFromJson(entry.events_json));
    for (const core::Event& event : events) table.Apply(entry.run, event, entry.at);
  }
  for (const std::string& key : table.Keys()) {
    rows.locks.push_back({key, table.Claims(key).front()});
  }
  rows.newest_ticket = table.newest_ticket();
  return {};
}

// A planned attempt has a timer until its time comes. Then it stands in line for a worker, or
// something keeps it from acting.
Result<bool> WaitsForItsTime(const std::vector<ports::Entry>& entries, const core::Run& run,
                             AttemptNumber number) {
  if (run.status != core::RunStatus::kExecuting) return false;
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    GW_TRY(events, codec::EventsFromJson(entry->events_json));
    for (const core::Event& event : events) {
      const auto* planned = std::get_if<core::AttemptPlanned>(&event);
      if (planned != nullptr && planned->number == number) return entry->at < planned->not_before;
    }
  }
  return false;
}

}  // namespace

Result<storage::Projection> ReplayRows(const std::vector<ports::Entry>& entries) {
  GW_TRY(run, codec::Replay(entries.front().run, entries));
  storage::Projection rows;
  rows.row = codec::RowOf(run);
  if (!run.facts.lock_keys.empty() || run.locks.ticket != 0) {
    GW_CHECK(ReplayLocks(entries, rows));
  }
  if (run.is_finished()) return rows;

  if (run.draft_expires_at) {
    rows.timers.push_back({run.id, core::TimerKind::kDraft, *run.draft_expires_at});
  }
  const core::Stage* stage = run.FindStage(run.current_stage);
  if (stage != nullptr && stage->gate && stage->gate->is_open()) {
    if (const auto next = core::NextMoment(*stage->gate)) {
      rows.timers.push_back({run.id, core::TimerKind::kGateDeadline, *next});
    }
  }
  for (const core::Attempt& attempt : run.attempts) {
    if (!core::IsOpen(attempt.state)) continue;
    rows.attempts.push_back(
        {run.id, attempt.number, attempt.stage.value, attempt.state, attempt.fencing_token});
    if (attempt.state != core::AttemptState::kPlanned) continue;
    GW_TRY(has_timer, WaitsForItsTime(entries, run, attempt.number));
    if (has_timer) {
      rows.timers.push_back({run.id, core::TimerKind::kStartAttempt, attempt.not_before});
    }
  }
  return rows;
}

Result<void> ReplaySite(const std::vector<ports::Entry>& entries) {
  for (const ports::Entry& entry : entries) {
    if (const auto events = codec::SiteEventsFromJson(entry.events_json); !events) {
      return Error{ErrorCode::kCorrupt,
                   fmt::format("entry {} at position {} cannot be read: {}", entry.sequence.value,
                               entry.position.value, events.error().message)};
    }
  }
  return {};
}

}  // namespace gatewright::cli
