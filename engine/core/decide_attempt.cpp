#include "engine/core/decide_attempt.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/base/assert.h"
#include "engine/core/stepper.h"

namespace gatewright::core {
namespace {

std::uint32_t TriesOf(const Run& run, const StageName& stage) {
  return static_cast<std::uint32_t>(std::ranges::count(run.attempts, stage, &Attempt::stage));
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

Decision DecideStart(const Run& run, const Workflow& workflow, const StartAttempt& command,
                     Time now) {
  const Attempt* attempt = run.FindAttempt(command.number);
  if (attempt == nullptr || attempt->state != AttemptState::kPlanned) {
    return Refusal{RefusalCode::kNotPossible, "the attempt is not waiting to be started"};
  }
  if (now < attempt->not_before) {
    return Refusal{RefusalCode::kNotPossible, "the attempt's time has not come yet"};
  }
  Stepper step(run, workflow, ActorOf(command), now);
  step.Request(ClearTimer{TimerKind::kStartAttempt});
  step.StartAttempt(command.number);
  return std::move(step).Take();
}

Decision DecideFinish(const Run& run, const Workflow& workflow, const FinishAttempt& command,
                      Time now) {
  const Attempt* attempt = run.FindAttempt(command.number);
  if (attempt == nullptr) {
    return Refusal{RefusalCode::kNotFound,
                   fmt::format("run {} has no attempt {}", run.id.value, command.number.value)};
  }
  Stepper step(run, workflow, ActorOf(command), now);
  if (attempt->state != AttemptState::kStarted || attempt->fencing_token != command.fencing_token) {
    step.Emit(LateAnswerRecorded{attempt->stage, attempt->number,
                                 fmt::format("{}: {}", ToString(command.end), command.summary)});
    return std::move(step).Take();
  }
  const std::uint32_t tries = TriesOf(run, attempt->stage);
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

Decision DecideResolve(const Run& run, const Workflow& workflow, const ResolveIncident& command,
                       Time now) {
  Stepper step(run, workflow, command.actor.id, now);
  step.Emit(IncidentResolved{command.reason});
  switch (command.resolution) {
    case Resolution::kRetry:
      step.PlanAttempt(now);
      break;
    case Resolution::kSucceeded:
      step.FinishStage();
      break;
    case Resolution::kFailed:
      step.FinishRun(RunOutcome::kFailed, "failed", command.reason);
      break;
  }
  return std::move(step).Take();
}

}  // namespace gatewright::core
