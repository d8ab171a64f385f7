// engine/core/transitions.h: the whole life of a run in one table: in which status which command
// is admissible, and where it can lead. `Decide` refuses what is not here; a property test walks
// random runs and fails on a step that is not a row, and on a row that no run ever takes.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/command.h"
#include "engine/core/run.h"

namespace gatewright::core {

enum class CommandKind {
  kCreate = 1,
  kVote,
  kPolicyVote,
  kCancel,
  kGateDeadline,
  kStartAttempt,
  kFinishAttempt,
  kResolve,
  kRaiseIncident,
};

std::string_view ToString(CommandKind kind);
CommandKind KindOf(const Command& command);

struct Transition {
  std::optional<RunStatus> from;  // none = the run does not exist yet
  CommandKind command = CommandKind::kCreate;
  RunStatus to = RunStatus::kWaiting;
  std::string_view when;  // for people: what makes it this row and not another
};

using enum RunStatus;
inline constexpr std::array kTransitions = std::to_array<Transition>({
    {std::nullopt, CommandKind::kCreate, kWaiting, "the first stage has a gate"},
    {std::nullopt, CommandKind::kCreate, kExecuting, "the first stage acts without a gate"},
    {std::nullopt, CommandKind::kCreate, kSucceeded, "no stage has anything to ask or to do"},

    {kWaiting, CommandKind::kVote, kWaiting, "votes are missing, or the next gate opens"},
    {kWaiting, CommandKind::kVote, kExecuting, "the gate is satisfied and the stage acts"},
    {kWaiting, CommandKind::kVote, kSucceeded, "the last gate is satisfied"},
    {kWaiting, CommandKind::kVote, kRejected, "the gate is rejected"},
    {kWaiting, CommandKind::kPolicyVote, kWaiting, "votes are missing, or the next gate opens"},
    {kWaiting, CommandKind::kPolicyVote, kExecuting, "the gate is satisfied and the stage acts"},
    {kWaiting, CommandKind::kPolicyVote, kSucceeded, "the last gate is satisfied"},
    {kWaiting, CommandKind::kPolicyVote, kRejected, "the gate is rejected"},
    {kWaiting, CommandKind::kGateDeadline, kExpired, "onTimeout: expire"},
    {kWaiting, CommandKind::kGateDeadline, kRejected, "onTimeout: reject"},
    {kWaiting, CommandKind::kCancel, kCancelled, ""},
    {kWaiting, CommandKind::kFinishAttempt, kWaiting, "a late answer is written down"},

    {kExecuting, CommandKind::kStartAttempt, kExecuting, "its time has come"},
    {kExecuting, CommandKind::kFinishAttempt, kWaiting, "succeeded; the next gate opens"},
    {kExecuting, CommandKind::kFinishAttempt, kExecuting,
     "failed and tried again, or the next action"},
    {kExecuting, CommandKind::kFinishAttempt, kSucceeded, "succeeded; it was the last stage"},
    {kExecuting, CommandKind::kFinishAttempt, kFailed, "failed for good"},
    {kExecuting, CommandKind::kFinishAttempt, kCancelled, "stopped on request"},
    {kExecuting, CommandKind::kFinishAttempt, kNeedsAttention, "nobody knows how it ended"},
    {kExecuting, CommandKind::kCancel, kExecuting, "the attempt is asked to stop"},
    {kExecuting, CommandKind::kCancel, kCancelled, "no attempt was running"},
    {kExecuting, CommandKind::kRaiseIncident, kNeedsAttention, "the engine cannot go on"},

    {kNeedsAttention, CommandKind::kResolve, kExecuting, "retry"},
    {kNeedsAttention, CommandKind::kResolve, kWaiting, "succeeded; the next gate opens"},
    {kNeedsAttention, CommandKind::kResolve, kSucceeded, "succeeded; it was the last stage"},
    {kNeedsAttention, CommandKind::kResolve, kFailed, "failed"},
    {kNeedsAttention, CommandKind::kResolve, kCancelled,
     "succeeded, but a stop had been asked for"},
    {kNeedsAttention, CommandKind::kCancel, kCancelled, ""},
    {kNeedsAttention, CommandKind::kFinishAttempt, kNeedsAttention,
     "a late answer is written down"},

    {kSucceeded, CommandKind::kFinishAttempt, kSucceeded, "a late answer is written down"},
    {kRejected, CommandKind::kFinishAttempt, kRejected, "a late answer is written down"},
    {kExpired, CommandKind::kFinishAttempt, kExpired, "a late answer is written down"},
    {kFailed, CommandKind::kFinishAttempt, kFailed, "a late answer is written down"},
    {kCancelled, CommandKind::kFinishAttempt, kCancelled, "a late answer is written down"},
});

bool IsAdmissible(std::optional<RunStatus> from, CommandKind command);

// The commands a caller may send to a run in this status: what `allowed_actions` is made of.
std::vector<std::string_view> AllowedActions(RunStatus status);

}  // namespace gatewright::core
