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
  kGateDue,
  kStartAttempt,
  kFinishAttempt,
  kResolve,
  kRaiseIncident,
  kChangeSubject,
  kClaim,
  kRelease,
  kExtend,
  kOverride,
  kRetry,
  kMigrate,
  kEligible,
  kTryStart,
  kExpireLocks,
  kSupersede,
  kStale,
  kHandOver,
  kSubmit,
  kExpireDraft,
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
    {std::nullopt, CommandKind::kCreate, kBlocked,
     "something keeps the first stage from acting, or its locks are taken"},
    {std::nullopt, CommandKind::kCreate, kExecuting, "the first stage acts without a gate"},
    {std::nullopt, CommandKind::kCreate, kSucceeded, "no stage has anything to ask or to do"},
    {std::nullopt, CommandKind::kCreate, kDraft, "it was asked for as a draft"},

    {kDraft, CommandKind::kChangeSubject, kDraft, "its requester goes on writing"},
    {kDraft, CommandKind::kSubmit, kWaiting, "the first stage has a gate"},
    {kDraft, CommandKind::kSubmit, kBlocked,
     "something keeps the first stage from acting, or its locks are taken"},
    {kDraft, CommandKind::kSubmit, kExecuting, "the first stage acts without a gate"},
    {kDraft, CommandKind::kSubmit, kSucceeded, "no stage has anything to ask or to do"},
    {kDraft, CommandKind::kCancel, kCancelled, ""},
    {kDraft, CommandKind::kExpireDraft, kExpired, "nobody has touched it for too long"},

    {kWaiting, CommandKind::kVote, kWaiting, "votes are missing, or the next gate opens"},
    {kWaiting, CommandKind::kVote, kBlocked,
     "the gate is satisfied; something keeps the stage from acting"},
    {kWaiting, CommandKind::kVote, kExecuting, "the gate is satisfied and the stage acts"},
    {kWaiting, CommandKind::kVote, kSucceeded, "the last gate is satisfied"},
    {kWaiting, CommandKind::kVote, kRejected, "the gate is rejected"},
    {kWaiting, CommandKind::kVote, kFailed, "the review of an override is over"},
    {kWaiting, CommandKind::kVote, kExpired, "the review of an override is over"},
    {kWaiting, CommandKind::kVote, kCancelled, "the review of an override is over"},
    {kWaiting, CommandKind::kVote, kSuperseded, "the review of an override is over"},
    {kWaiting, CommandKind::kVote, kStale, "the review of an override is over"},
    {kBlocked, CommandKind::kVote, kBlocked, "kept for a gate that is not open yet"},
    {kExecuting, CommandKind::kVote, kExecuting, "kept for a gate that is not open yet"},
    {kWaiting, CommandKind::kPolicyVote, kWaiting, "votes are missing, or the next gate opens"},
    {kWaiting, CommandKind::kPolicyVote, kBlocked,
     "the gate is satisfied; something keeps the stage from acting"},
    {kWaiting, CommandKind::kPolicyVote, kExecuting, "the gate is satisfied and the stage acts"},
    {kWaiting, CommandKind::kPolicyVote, kSucceeded, "the last gate is satisfied"},
    {kWaiting, CommandKind::kPolicyVote, kRejected, "the gate is rejected"},
    {kWaiting, CommandKind::kGateDue, kWaiting,
     "a reminder, a level, or onTimeout: approve opens the next gate"},
    {kWaiting, CommandKind::kGateDue, kExpired, "onTimeout: expire"},
    {kWaiting, CommandKind::kGateDue, kRejected, "onTimeout: reject"},
    {kWaiting, CommandKind::kGateDue, kBlocked,
     "onTimeout: approve; something keeps the stage from acting"},
    {kWaiting, CommandKind::kGateDue, kExecuting, "onTimeout: approve, and the stage acts"},
    {kWaiting, CommandKind::kGateDue, kSucceeded, "onTimeout: approve, and it was the last gate"},
    {kWaiting, CommandKind::kGateDue, kFailed, "the review of an override is over"},
    {kWaiting, CommandKind::kGateDue, kCancelled, "the review of an override is over"},
    {kWaiting, CommandKind::kGateDue, kSuperseded, "the review of an override is over"},
    {kWaiting, CommandKind::kGateDue, kStale, "the review of an override is over"},
    {kWaiting, CommandKind::kEligible, kWaiting, "the people are listed"},
    {kWaiting, CommandKind::kEligible, kNeedsAttention, "too few people are eligible"},
    {kWaiting, CommandKind::kEligible, kBlocked,
     "need: all is there; something keeps the stage from acting"},
    {kWaiting, CommandKind::kEligible, kExecuting, "need: all is there, and the stage acts"},
    {kWaiting, CommandKind::kEligible, kSucceeded, "need: all is there, and it was the last gate"},
    {kWaiting, CommandKind::kEligible, kRejected, "the review of an override is over"},
    {kWaiting, CommandKind::kEligible, kFailed, "the review of an override is over"},
    {kWaiting, CommandKind::kEligible, kExpired, "the review of an override is over"},
    {kWaiting, CommandKind::kEligible, kCancelled, "the review of an override is over"},
    {kWaiting, CommandKind::kEligible, kSuperseded, "the review of an override is over"},
    {kWaiting, CommandKind::kEligible, kStale, "the review of an override is over"},
    {kWaiting, CommandKind::kClaim, kWaiting, ""},
    {kWaiting, CommandKind::kRelease, kWaiting, ""},
    {kWaiting, CommandKind::kExtend, kWaiting, ""},
    {kWaiting, CommandKind::kOverride, kWaiting,
     "a second person is needed, or the next gate opens"},
    {kWaiting, CommandKind::kOverride, kBlocked,
     "the gate is passed; something keeps the stage from acting"},
    {kWaiting, CommandKind::kOverride, kExecuting, "the gate is passed and the stage acts"},
    {kWaiting, CommandKind::kOverride, kSucceeded, "the last gate is passed; nobody reviews it"},
    {kWaiting, CommandKind::kOverride, kRejected, "early votes reject the next gate"},
    {kWaiting, CommandKind::kCancel, kCancelled, ""},
    {kWaiting, CommandKind::kCancel, kWaiting, "an override of it is reviewed first"},
    {kWaiting, CommandKind::kSupersede, kSuperseded, ""},
    {kWaiting, CommandKind::kSupersede, kWaiting, "an override of it is reviewed first"},
    {kWaiting, CommandKind::kExpireLocks, kWaiting, "its locks go to others while people decide"},
    {kWaiting, CommandKind::kFinishAttempt, kWaiting, "a late answer is written down"},

    {kWaiting, CommandKind::kChangeSubject, kWaiting, "gates are asked again"},
    {kWaiting, CommandKind::kChangeSubject, kBlocked,
     "votes are kept; something keeps the stage from acting"},
    {kWaiting, CommandKind::kChangeSubject, kExecuting, "votes are kept and the stage acts"},
    {kWaiting, CommandKind::kChangeSubject, kSucceeded, "votes are kept and nothing is left to do"},
    {kWaiting, CommandKind::kChangeSubject, kRejected, "early votes reject the next gate"},
    {kBlocked, CommandKind::kChangeSubject, kWaiting, "gates are asked again"},
    {kBlocked, CommandKind::kChangeSubject, kBlocked,
     "votes are kept; something keeps the stage from acting"},
    {kBlocked, CommandKind::kChangeSubject, kExecuting, "votes are kept and the stage acts"},
    {kBlocked, CommandKind::kChangeSubject, kSucceeded, "votes are kept and nothing is left to do"},
    {kBlocked, CommandKind::kChangeSubject, kRejected, "early votes reject the next gate"},
    {kWaiting, CommandKind::kMigrate, kWaiting, "gates are asked again"},
    {kWaiting, CommandKind::kMigrate, kBlocked,
     "votes are kept; something keeps the stage from acting"},
    {kWaiting, CommandKind::kMigrate, kExecuting, "votes are kept and the stage acts"},
    {kWaiting, CommandKind::kMigrate, kSucceeded, "votes are kept and nothing is left to do"},
    {kWaiting, CommandKind::kMigrate, kRejected, "votes that are kept reject what is asked now"},
    {kBlocked, CommandKind::kMigrate, kWaiting, "gates are asked again"},
    {kBlocked, CommandKind::kMigrate, kBlocked,
     "votes are kept; something keeps the stage from acting"},
    {kBlocked, CommandKind::kMigrate, kExecuting, "votes are kept and the stage acts"},
    {kBlocked, CommandKind::kMigrate, kSucceeded, "votes are kept and nothing is left to do"},
    {kBlocked, CommandKind::kMigrate, kRejected, "votes that are kept reject what is asked now"},

    {kBlocked, CommandKind::kTryStart, kBlocked, "something still keeps it"},
    {kBlocked, CommandKind::kTryStart, kExecuting, "nothing keeps it any more"},
    {kBlocked, CommandKind::kTryStart, kWaiting,
     "it has its locks and asks, or its votes are too old"},
    {kBlocked, CommandKind::kTryStart, kSucceeded, "it has its locks, and nothing is left to ask"},
    {kBlocked, CommandKind::kTryStart, kRejected, "it has its locks, and early votes reject it"},
    {kBlocked, CommandKind::kOverride, kBlocked,
     "a second person is needed, or more than the calendar keeps it"},
    {kBlocked, CommandKind::kOverride, kExecuting, "the calendar is overridden"},
    {kBlocked, CommandKind::kOverride, kWaiting, "the votes have grown too old meanwhile"},
    {kBlocked, CommandKind::kCancel, kCancelled, ""},
    {kBlocked, CommandKind::kCancel, kWaiting, "an override of it is reviewed first"},
    {kBlocked, CommandKind::kSupersede, kSuperseded, ""},
    {kBlocked, CommandKind::kSupersede, kWaiting, "an override of it is reviewed first"},
    {kBlocked, CommandKind::kFinishAttempt, kBlocked, "a late answer is written down"},

    {kExecuting, CommandKind::kStartAttempt, kExecuting, "its time has come"},
    {kExecuting, CommandKind::kStartAttempt, kBlocked, "its time has come, but something keeps it"},
    {kExecuting, CommandKind::kStartAttempt, kWaiting,
     "its time has come, but its votes are too old"},
    {kExecuting, CommandKind::kHandOver, kExecuting, "the work goes on outside"},
    {kExecuting, CommandKind::kFinishAttempt, kWaiting, "succeeded; the next gate opens"},
    {kExecuting, CommandKind::kFinishAttempt, kExecuting,
     "failed and tried again, or the next action"},
    {kExecuting, CommandKind::kFinishAttempt, kBlocked, "something keeps the next action"},
    {kExecuting, CommandKind::kFinishAttempt, kSucceeded, "succeeded; it was the last stage"},
    {kExecuting, CommandKind::kFinishAttempt, kRejected, "early votes reject the next gate"},
    {kExecuting, CommandKind::kFinishAttempt, kFailed, "failed for good"},
    {kExecuting, CommandKind::kFinishAttempt, kCancelled, "stopped on request"},
    {kExecuting, CommandKind::kFinishAttempt, kNeedsAttention, "nobody knows how it ended"},
    {kExecuting, CommandKind::kStale, kStale, "the subject is not the approved one"},
    {kExecuting, CommandKind::kStale, kWaiting, "an override of it is reviewed first"},
    {kExecuting, CommandKind::kCancel, kExecuting, "the attempt is asked to stop"},
    {kExecuting, CommandKind::kCancel, kCancelled, "no attempt was running"},
    {kExecuting, CommandKind::kCancel, kWaiting, "an override of it is reviewed first"},
    {kExecuting, CommandKind::kOverride, kExecuting, "its locks are taken away"},
    {kExecuting, CommandKind::kRaiseIncident, kNeedsAttention, "the engine cannot go on"},

    {kNeedsAttention, CommandKind::kResolve, kExecuting, "retry"},
    {kNeedsAttention, CommandKind::kResolve, kBlocked, "retry, but something keeps it"},
    {kNeedsAttention, CommandKind::kResolve, kWaiting,
     "succeeded and the next gate opens, or the gate is asked again"},
    {kNeedsAttention, CommandKind::kResolve, kSucceeded, "succeeded; it was the last stage"},
    {kNeedsAttention, CommandKind::kResolve, kRejected, "early votes reject the next gate"},
    {kNeedsAttention, CommandKind::kResolve, kFailed, "failed"},
    {kNeedsAttention, CommandKind::kResolve, kCancelled,
     "succeeded, but a stop had been asked for"},
    {kNeedsAttention, CommandKind::kOverride, kNeedsAttention, "its locks are taken away"},
    {kNeedsAttention, CommandKind::kCancel, kCancelled, ""},
    {kNeedsAttention, CommandKind::kCancel, kWaiting, "an override of it is reviewed first"},
    {kNeedsAttention, CommandKind::kFinishAttempt, kNeedsAttention,
     "a late answer is written down"},

    {kFailed, CommandKind::kRetry, kWaiting, "the stage is asked again"},
    {kFailed, CommandKind::kRetry, kExecuting, "votes are reused, or there is no gate"},
    {kFailed, CommandKind::kRetry, kBlocked,
     "votes are reused; something keeps the stage from acting"},
    {kExpired, CommandKind::kRetry, kWaiting, "the stage is asked again"},
    {kExpired, CommandKind::kRetry, kBlocked, "it stands in line before it asks again"},

    {kSucceeded, CommandKind::kFinishAttempt, kSucceeded, "a late answer is written down"},
    {kRejected, CommandKind::kFinishAttempt, kRejected, "a late answer is written down"},
    {kExpired, CommandKind::kFinishAttempt, kExpired, "a late answer is written down"},
    {kFailed, CommandKind::kFinishAttempt, kFailed, "a late answer is written down"},
    {kCancelled, CommandKind::kFinishAttempt, kCancelled, "a late answer is written down"},
    {kSuperseded, CommandKind::kFinishAttempt, kSuperseded, "a late answer is written down"},
    {kStale, CommandKind::kFinishAttempt, kStale, "a late answer is written down"},
});

bool IsAdmissible(std::optional<RunStatus> from, CommandKind command);

// The commands a caller may send to a run in this status: what `allowed_actions` is made of.
std::vector<std::string_view> AllowedActions(RunStatus status);

}  // namespace gatewright::core
