#include "engine/core/decide_attempt.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/base/assert.h"
#include "engine/core/case.h"

namespace gatewright::core {
namespace {

// Since the gate was last opened: whoever asked again gets all tries again.
std::uint32_t TriesOf(const Run& run, const Attempt& of) {
  return static_cast<std::uint32_t>(std::ranges::count_if(run.attempts, [&](const Attempt& one) {
    return one.stage == of.stage && one.epoch == of.epoch;
  }));
}

bool IsRetried(const ActionSpec& action, const FinishAttempt& command) {
  const auto is_on = [&](FailureClass failure) {
    return std::ranges::find(action.retry.on, failure) != action.retry.on.end();
  };
  if (command.end == AttemptEnd::kFailed) return is_on(command.failure);
  // Nobody knows what a stopped executor had already done, so repeating it must be declared safe.
  if (command.end == AttemptEnd::kTimedOut) {
    return action.is_safe_to_rerun && is_on(FailureClass::kTransient);
  }
  return false;
}

void SettleUnknown(Stepper& step, const ActionSpec& action, std::uint32_t tries) {
  const bool may_rerun = action.is_safe_to_rerun && !step.run().is_cancel_requested;
  if (may_rerun && tries < action.retry.attempts + kMaxCrashReruns) {
    return step.PlanAttempt(step.now());
  }
  step.Emit(IncidentRaised{
      "attempt_unknown",
      fmt::format("nobody knows how attempt {} of stage '{}' ended; look at what it did, then "
                  "resolve the run as retry, succeeded or failed with a reason",
                  step.run().attempts.size(), step.run().current_stage.value)});
}

void SettleFailure(Stepper& step, const FinishAttempt& command, std::uint32_t tries) {
  const ActionSpec& action = *step.CurrentSpec().action;
  if (step.run().is_cancel_requested) {
    return step.FinishRun(RunOutcome::kCancelled, "cancelled", command.summary);
  }
  if (IsRetried(action, command) && tries < action.retry.attempts) {
    return step.PlanAttempt(step.now() + BackoffBefore(tries + 1, action.retry, command.jitter));
  }
  if (step.run().rollback) {
    // Half undone is no state to leave it in.
    return step.Emit(IncidentRaised{
        "rollback_failed",
        fmt::format("{}; look at what is there, then resolve the run as retry, succeeded (it was "
                    "undone by hand) or failed with a reason",
                    command.summary.empty() ? "undoing it failed" : command.summary)});
  }
  step.FinishRun(RunOutcome::kFailed, "failed", command.summary);
}

}  // namespace

Duration BackoffBefore(std::uint32_t next, const RetryRule& retry, double jitter) {
  GW_ASSERT(next >= 2);
  const double whole =
      static_cast<double>(retry.backoff.count()) * std::pow(retry.factor, next - 2);
  const double capped = std::min(whole, static_cast<double>(retry.max.count()));
  const double share = retry.has_jitter ? 0.5 + jitter / 2 : 1.0;
  return std::chrono::milliseconds{static_cast<std::int64_t>(capped * share / 1'000)};
}

Decision DecideStart(const Case& at, const StartAttempt& command) {
  const Attempt* attempt = at.run.FindAttempt(command.number);
  if (attempt == nullptr || attempt->state != AttemptState::kPlanned) {
    return Refusal{RefusalCode::kNotPossible, "the attempt is not waiting to be started"};
  }
  if (at.now < attempt->not_before) {
    return Refusal{RefusalCode::kNotPossible, "the attempt's time has not come yet"};
  }
  Stepper step = at.Step(ActorOf(command));
  step.Request(ClearTimer{TimerKind::kStartAttempt});
  step.TryAct();
  return std::move(step).Take();
}

Decision DecideHandOver(const Case& at, const HandOver& command) {
  const Attempt* attempt = at.run.FindAttempt(command.number);
  if (attempt == nullptr || attempt->state != AttemptState::kStarted ||
      attempt->fencing_token != command.fencing_token) {
    return Refusal{RefusalCode::kNotPossible, "the attempt is not running any more"};
  }
  Stepper step = at.Step(ActorOf(command));
  step.Emit(AttemptHandedOver{attempt->stage, attempt->number, command.handle, command.summary});
  // It was asked to stop while it was still being handed over.
  if (at.run.is_cancel_requested) step.Request(StopExecutor{attempt->stage, attempt->number});
  return std::move(step).Take();
}

Decision DecideFinish(const Case& at, const FinishAttempt& command) {
  const Run& run = at.run;
  const Attempt* attempt = run.FindAttempt(command.number);
  if (attempt == nullptr) {
    return Refusal{RefusalCode::kNotFound,
                   fmt::format("run {} has no attempt {}", run.id.value, command.number.value)};
  }
  Stepper step = at.Step(ActorOf(command));
  if (attempt->state != AttemptState::kStarted || attempt->fencing_token != command.fencing_token) {
    step.Emit(LateAnswerRecorded{attempt->stage, attempt->number,
                                 fmt::format("{}: {}", ToString(command.end), command.summary)});
    return std::move(step).Take();
  }
  const std::uint32_t tries = TriesOf(run, *attempt);
  const bool has_failed = command.end == AttemptEnd::kFailed;
  step.Emit(AttemptEnded{attempt->stage, attempt->number, command.end,
                         has_failed ? command.failure : FailureClass::kPermanent, command.summary,
                         command.outputs_json});
  switch (command.end) {
    case AttemptEnd::kSucceeded:
      step.FinishStage();
      break;
    case AttemptEnd::kUnknown:
      SettleUnknown(step, *step.CurrentSpec().action, tries);
      break;
    case AttemptEnd::kCancelled:
      step.FinishRun(RunOutcome::kCancelled, "cancelled", command.summary);
      break;
    case AttemptEnd::kFailed:
    case AttemptEnd::kTimedOut:
      SettleFailure(step, command, tries);
      break;
  }
  return std::move(step).Take();
}

Decision DecideResolve(const Case& at, const ResolveIncident& command) {
  Stepper step = at.Step(command.actor.id);
  step.Emit(IncidentResolved{command.reason});
  const Stage* stage = at.run.FindStage(at.run.current_stage);
  const bool is_gate_open = stage != nullptr && stage->gate && stage->gate->is_open();
  switch (command.resolution) {
    case Resolution::kRetry:
      if (is_gate_open) {
        step.GoBackTo(step.CurrentSpec(), "asked again: " + command.reason);
      } else {
        step.PlanAttempt(at.now);
      }
      break;
    case Resolution::kSucceeded:
      if (is_gate_open) {
        return Refusal{RefusalCode::kNotPossible,
                       fmt::format("gate '{}' is still open: only votes or an override satisfy it; "
                                   "expected retry (ask again) or failed",
                                   stage->name.value)};
      }
      step.FinishStage();
      break;
    case Resolution::kFailed:
      step.FinishRun(RunOutcome::kFailed, "failed", command.reason);
      break;
  }
  return std::move(step).Take();
}

Decision DecideStale(const Case& at, const MarkStale& command) {
  const Attempt* attempt = at.run.FindAttempt(command.number);
  if (attempt == nullptr || attempt->state != AttemptState::kStarted) {
    return Refusal{RefusalCode::kNotPossible, "the attempt is not running"};
  }
  Stepper step = at.Step(ActorOf(command));
  const std::string reason = fmt::format(
      "the subject that was approved has digest {}, but the one found right before the "
      "action has {}; nothing was executed",
      at.run.subject_digest, command.found_digest);
  step.Emit(AttemptEnded{attempt->stage, attempt->number, AttemptEnd::kCancelled,
                         FailureClass::kPermanent,
                         "not called: the subject is not the approved one", ""});
  step.FinishRun(RunOutcome::kStale, "stale", reason);
  return std::move(step).Take();
}

}  // namespace gatewright::core
