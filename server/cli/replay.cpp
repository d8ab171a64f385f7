// server/cli/replay.cpp: events → run → rows, by the same functions that the engine uses.
#include "server/cli/replay.h"

#include "engine/codec/events.h"

namespace gatewright::cli {

Result<storage::Projection> ReplayRows(const std::vector<ports::Entry>& entries) {
  GW_TRY(run, codec::Replay(entries.front().run, entries));
  storage::Projection rows;
  rows.row = codec::RowOf(run);
  if (run.is_finished()) return rows;

  const core::Stage* stage = run.FindStage(run.current_stage);
  if (stage != nullptr && stage->gate && stage->gate->is_open() && stage->gate->deadline) {
    rows.timers.push_back({run.id, core::TimerKind::kGateDeadline, *stage->gate->deadline});
  }
  for (const core::Attempt& attempt : run.attempts) {
    if (!core::IsOpen(attempt.state)) continue;
    rows.attempts.push_back(
        {run.id, attempt.number, attempt.stage.value, attempt.state, attempt.fencing_token});
    if (attempt.state == core::AttemptState::kPlanned) {
      rows.timers.push_back({run.id, core::TimerKind::kStartAttempt, attempt.not_before});
    }
  }
  return rows;
}

}  // namespace gatewright::cli
