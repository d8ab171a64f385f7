#include "engine/core/decide.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

#include "engine/base/assert.h"
#include "engine/core/case.h"
#include "engine/core/decide_attempt.h"
#include "engine/core/decide_blocked.h"
#include "engine/core/decide_gate.h"
#include "engine/core/decide_rollback.h"
#include "engine/core/decide_subject.h"
#include "engine/core/decide_vote.h"
#include "engine/core/transitions.h"

namespace gatewright::core {
namespace {

Decision DecideCreate(const Case& at, const CreateRun& command) {
  Stepper step = at.Step(command.actor.id);
  step.Emit(RunCreated{at.workflow.name, at.workflow.version, command.name, command.actor.id,
                       command.actor.is_everybody, command.subject_json, command.subject_digest,
                       at.workflow.initial_state, command.skips, command.facts,
                       command.actor.groups, command.not_before, command.parent,
                       command.resubmit_of});
  step.EnterStage(0);
  return std::move(step).Take();
}

Decision DecideCancel(const Case& at, const CancelRun& command) {
  const Run& run = at.run;
  if (run.review) {
    return Refusal{RefusalCode::kNotPossible,
                   fmt::format("run {} has come to its end; only the review of its override is "
                               "open, which has to be decided",
                               run.id.value)};
  }
  Stepper step = at.Step(command.actor.id);
  const Attempt* open = run.OpenAttempt();
  if (open != nullptr && open->state == AttemptState::kStarted) {
    if (!run.is_cancel_requested) {
      step.Emit(CancelRequested{command.reason});
      step.Request(StopExecutor{open->stage, open->number});
    }
    return std::move(step).Take();
  }
  step.EndPlanned("cancelled before it started");
  if (run.status == RunStatus::kWaiting) step.CloseGateTimer();
  step.FinishRun(RunOutcome::kCancelled, "cancelled", command.reason);
  return std::move(step).Take();
}

Decision DecideIncident(const Case& at, const RaiseIncident& command) {
  const Run& run = at.run;
  Stepper step = at.Step(ActorOf(command));
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
  return std::visit(
      [](const auto& one) -> const Expectation* {
        if constexpr (requires { one.expected; }) return &one.expected;
        return nullptr;
      },
      command);
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

// One function per command; which of them may come when is the transition table's affair.
class Decider {
 public:
  explicit Decider(const Case& at) : at_(at) {}

  Decision operator()(const CreateRun& command) const { return DecideCreate(at_, command); }
  Decision operator()(const CastVote& command) const { return DecideVote(at_, command); }
  Decision operator()(const RecordPolicyVote& c) const { return DecidePolicyVote(at_, c); }
  Decision operator()(const CancelRun& command) const { return DecideCancel(at_, command); }
  Decision operator()(const GateDue& command) const { return DecideGateDue(at_, command); }
  Decision operator()(const StartAttempt& command) const { return DecideStart(at_, command); }
  Decision operator()(const HandOver& command) const { return DecideHandOver(at_, command); }
  Decision operator()(const FinishAttempt& command) const { return DecideFinish(at_, command); }
  Decision operator()(const ResolveIncident& c) const { return DecideResolve(at_, c); }
  Decision operator()(const RaiseIncident& command) const { return DecideIncident(at_, command); }
  Decision operator()(const ChangeSubject& command) const { return DecideSubject(at_, command); }
  Decision operator()(const ClaimGate& command) const { return DecideClaim(at_, command); }
  Decision operator()(const ReleaseGate& command) const { return DecideRelease(at_, command); }
  Decision operator()(const ExtendDeadline& command) const { return DecideExtend(at_, command); }
  Decision operator()(const OverrideRule& command) const { return DecideOverride(at_, command); }
  Decision operator()(const RetryRun& command) const { return DecideRetry(at_, command); }
  Decision operator()(const RollBackRun& command) const { return DecideRollBack(at_, command); }
  Decision operator()(const MigrateRun& command) const { return DecideMigrate(at_, command); }
  Decision operator()(const RecordEligible& command) const { return DecideEligible(at_, command); }
  Decision operator()(const TryStart& command) const { return DecideTryStart(at_, command); }
  Decision operator()(const ExpireLocks& command) const { return DecideExpireLocks(at_, command); }
  Decision operator()(const SupersedeRun& command) const { return DecideSupersede(at_, command); }
  Decision operator()(const MarkStale& command) const { return DecideStale(at_, command); }

 private:
  const Case& at_;
};

}  // namespace

Decision Decide(const Run& run, const Workflow& workflow, const Command& command, Time now,
                const World& world) {
  const bool is_create = std::holds_alternative<CreateRun>(command);
  GW_ASSERT(!is_create || !run.exists());
  if (!is_create && !run.exists()) {
    return Refusal{RefusalCode::kNotFound, fmt::format("there is no run {}", run.id.value)};
  }
  if (const Expectation* expected = ExpectationOf(command)) {
    if (auto broken = BrokenExpectation(run, *expected)) return *broken;
  }
  // A vote explains itself better: who decided the gate, and when.
  const bool is_vote = std::holds_alternative<CastVote>(command);
  if (!is_create && !is_vote && !IsAdmissible(run.status, KindOf(command))) {
    return NotAdmissible(run, KindOf(command));
  }
  const Case at{run, workflow, world, now};
  return std::visit(Decider(at), command);
}

}  // namespace gatewright::core
