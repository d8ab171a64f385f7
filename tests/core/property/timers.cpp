// The timers that are set, against those that the run waits for.
#include <fmt/format.h>

#include <algorithm>

#include "engine/core/admission.h"
#include "engine/core/gate_times.h"
#include "tests/core/property/invariants.h"

namespace gatewright::core::test {

void Timers::Follow(const std::vector<Effect>& effects) {
  for (const Effect& effect : effects) {
    if (const auto* set = std::get_if<SetTimer>(&effect)) due_[set->kind] = set->due;
    if (const auto* clear = std::get_if<ClearTimer>(&effect)) {
      due_.erase(clear->kind);
      if (clear->kind == TimerKind::kStartAttempt) is_queued_ = false;
    }
    if (std::holds_alternative<QueueAttempt>(effect)) is_queued_ = true;
    if (std::holds_alternative<CallExecutor>(effect)) is_queued_ = false;
  }
}

std::string Timers::Broken(const Run& run, const Workflow& workflow) const {
  std::map<TimerKind, Time> wanted;
  const auto want = [&](TimerKind kind, std::optional<Time> due) {
    if (due) wanted[kind] = *due;
  };
  want(TimerKind::kDraft, run.draft_expires_at);
  if (run.status == RunStatus::kWaiting) {
    want(TimerKind::kGateDeadline, NextMoment(*run.FindStage(run.current_stage)->gate));
    want(TimerKind::kLocks, run.locks.until);
  } else if (const auto locks = due_.find(TimerKind::kLocks);
             locks != due_.end() && run.locks.until == locks->second) {
    want(TimerKind::kLocks, locks->second);  // set while people decided: it does no harm
  }
  const Attempt* open = run.OpenAttempt();
  if (run.status == RunStatus::kExecuting && open->state == AttemptState::kPlanned && !is_queued_) {
    want(TimerKind::kStartAttempt, open->not_before);
  }
  if (run.status == RunStatus::kBlocked) {
    std::optional<Time> next = AgeOfVotes(run, workflow, run.updated_at).next;
    for (const Hold& hold : run.holds) {
      if (hold.until) next = std::min(*hold.until, next.value_or(*hold.until));
    }
    // One that has come, or comes too early, does no harm.
    const auto set = due_.find(TimerKind::kLookAgain);
    const bool is_soon = set != due_.end() && (!next || set->second <= *next);
    want(TimerKind::kLookAgain, is_soon ? set->second : next);
  }
  if (due_ == wanted) return "";
  std::string text = "the timers set are not the ones the run waits for: set";
  for (const auto& [kind, due] : due_) text += fmt::format(" {}", static_cast<int>(kind));
  text += ", wanted";
  for (const auto& [kind, due] : wanted) text += fmt::format(" {}", static_cast<int>(kind));
  return text;
}

}  // namespace gatewright::core::test
