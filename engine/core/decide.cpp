#include "engine/core/decide.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

#include "engine/base/assert.h"
#include "engine/core/decide_attempt.h"
#include "engine/core/decide_vote.h"
#include "engine/core/stepper.h"
#include "engine/core/transitions.h"

namespace gatewright::core {
namespace {

Decision DecideCreate(const Run& run, const Workflow& workflow, const CreateRun& command,
                      Time now) {
  Stepper step(run, workflow, command.actor.id, now);
  step.Emit(RunCreated{workflow.name, workflow.version, command.name, command.actor.id,
                       command.actor.is_everybody, command.subject_json, command.subject_digest,
                       workflow.initial_state, command.skips});
  step.EnterStage(0);
  return std::move(step).Take();
}

Decision DecideCancel(const Run& run, const Workflow& workflow, const CancelRun& command,
                      Time now) {
  Stepper step(run, workflow, command.actor.id, now);
  const Attempt* open = run.OpenAttempt();
  if (open != nullptr && open->state == AttemptState::kStarted) {
    if (!run.is_cancel_requested) {
      step.Emit(CancelRequested{command.reason});
      step.Request(StopExecutor{open->stage, open->number});
    }
    return std::move(step).Take();
  }
  if (open != nullptr) {
    step.Emit(AttemptEnded{open->stage, open->number, AttemptEnd::kCancelled,
                           FailureClass::kPermanent, "cancelled before it started", ""});
    step.Request(ClearTimer{TimerKind::kStartAttempt});
  }
  if (run.status == RunStatus::kWaiting) step.CloseGateTimer();
  step.FinishRun(RunOutcome::kCancelled, "cancelled", command.reason);
  return std::move(step).Take();
}

Decision DecideIncident(const Run& run, const Workflow& workflow, const RaiseIncident& command,
                        Time now) {
  Stepper step(run, workflow, ActorOf(command), now);
  // Only an operator goes on from here, and a retry must not run beside an attempt still open.
  if (const Attempt* open = run.OpenAttempt()) {
    const bool is_started = open->state == AttemptState::kStarted;
    step.Emit(AttemptEnded{open->stage, open->number,
                           is_started ? AttemptEnd::kUnknown : AttemptEnd::kCancelled,
                           FailureClass::kPermanent, command.message, ""});
    if (!is_started) step.Request(ClearTimer{TimerKind::kStartAttempt});
  }
  step.Emit(IncidentRaised{command.code, command.message});
  return std::move(step).Take();
}

// What callers may expect of the run, whatever they want to do with it.
std::optional<Refusal> BrokenExpectation(const Run& run, const Expectation& expected) {
  if (expected.version && *expected.version != run.version) {
    return Refusal{
        RefusalCode::kStaleVersion,
        fmt::format("expected version {} of run {}, found version {} (state '{}'); read "
                    "it again and decide on what it says now",
                    expected.version->value, run.id.value, run.version.value, run.state)};
  }
  if (expected.state && *expected.state != run.state) {
    return Refusal{RefusalCode::kUnexpectedState,
                   fmt::format("expected run {} in state '{}', found it in state '{}'",
                               run.id.value, *expected.state, run.state)};
  }
  if (expected.subject_digest && *expected.subject_digest != run.subject_digest) {
    return Refusal{RefusalCode::kSubjectChanged,
                   fmt::format("expected the subject with digest {}, found {}; review it again",
                               *expected.subject_digest, run.subject_digest)};
  }
  return std::nullopt;
}

const Expectation* ExpectationOf(const Command& command) {
  if (const auto* vote = std::get_if<CastVote>(&command)) return &vote->expected;
  if (const auto* cancel = std::get_if<CancelRun>(&command)) return &cancel->expected;
  if (const auto* resolve = std::get_if<ResolveIncident>(&command)) return &resolve->expected;
  return nullptr;
}

std::string Joined(const std::vector<std::string_view>& words) {
  return words.empty() ? "nothing" : fmt::format("{}", fmt::join(words, ", "));
}

Refusal NotAdmissible(const Run& run, CommandKind kind) {
  const auto allowed = Joined(AllowedActions(run.status));
  if (run.is_finished()) {
    return {RefusalCode::kRunFinished,
            fmt::format("run {} is finished: it was {} at {} in state '{}'; allowed now: {}",
                        run.id.value, ToString(run.status), FormatTime(*run.finished_at), run.state,
                        allowed)};
  }
  return {RefusalCode::kNotPossible,
          fmt::format("run {} is {} in state '{}', where '{}' is not possible; allowed now: {}",
                      run.id.value, ToString(run.status), run.state, ToString(kind), allowed)};
}

}  // namespace

Decision Decide(const Run& run, const Workflow& workflow, const Command& command, Time now) {
  if (const auto* create = std::get_if<CreateRun>(&command)) {
    GW_ASSERT(!run.exists());
    return DecideCreate(run, workflow, *create, now);
  }
  if (!run.exists()) {
    return Refusal{RefusalCode::kNotFound, fmt::format("there is no run {}", run.id.value)};
  }
  if (const Expectation* expected = ExpectationOf(command)) {
    if (auto broken = BrokenExpectation(run, *expected)) return *broken;
  }
  // A vote explains itself better: who decided the gate, and when.
  if (const auto* vote = std::get_if<CastVote>(&command))
    return DecideVote(run, workflow, *vote, now);
  if (!IsAdmissible(run.status, KindOf(command))) return NotAdmissible(run, KindOf(command));
  if (const auto* policy = std::get_if<RecordPolicyVote>(&command)) {
    return DecidePolicyVote(run, workflow, *policy, now);
  }
  if (const auto* cancel = std::get_if<CancelRun>(&command)) {
    return DecideCancel(run, workflow, *cancel, now);
  }
  if (const auto* expire = std::get_if<ExpireGate>(&command)) {
    return DecideExpiry(run, workflow, *expire, now);
  }
  if (const auto* start = std::get_if<StartAttempt>(&command)) {
    return DecideStart(run, workflow, *start, now);
  }
  if (const auto* finish = std::get_if<FinishAttempt>(&command)) {
    return DecideFinish(run, workflow, *finish, now);
  }
  if (const auto* resolve = std::get_if<ResolveIncident>(&command)) {
    return DecideResolve(run, workflow, *resolve, now);
  }
  return DecideIncident(run, workflow, std::get<RaiseIncident>(command), now);
}

}  // namespace gatewright::core
