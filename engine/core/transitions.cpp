#include "engine/core/transitions.h"

#include <algorithm>
#include <array>

#include "engine/base/assert.h"

namespace gatewright::core {

std::string_view ToString(CommandKind kind) {
  switch (kind) {
    case CommandKind::kCreate:
      return "create";
    case CommandKind::kVote:
      return "vote";
    case CommandKind::kPolicyVote:
      return "policy vote";
    case CommandKind::kCancel:
      return "cancel";
    case CommandKind::kGateDue:
      return "gate due";
    case CommandKind::kStartAttempt:
      return "start attempt";
    case CommandKind::kFinishAttempt:
      return "finish attempt";
    case CommandKind::kResolve:
      return "resolve";
    case CommandKind::kRaiseIncident:
      return "raise incident";
    case CommandKind::kChangeSubject:
      return "change subject";
    case CommandKind::kClaim:
      return "claim";
    case CommandKind::kRelease:
      return "release";
    case CommandKind::kExtend:
      return "extend";
    case CommandKind::kOverride:
      return "override";
    case CommandKind::kRetry:
      return "retry";
    case CommandKind::kMigrate:
      return "migrate";
    case CommandKind::kEligible:
      return "list eligible";
    case CommandKind::kTryStart:
      return "try start";
    case CommandKind::kExpireLocks:
      return "expire locks";
    case CommandKind::kSupersede:
      return "supersede";
    case CommandKind::kStale:
      return "mark stale";
    case CommandKind::kHandOver:
      return "hand over";
    case CommandKind::kRollBack:
      return "roll back";
  }
  GW_ASSERT(false);
}

CommandKind KindOf(const Command& command) {
  struct Kinds {
    CommandKind operator()(const CreateRun&) const { return CommandKind::kCreate; }
    CommandKind operator()(const CastVote&) const { return CommandKind::kVote; }
    CommandKind operator()(const RecordPolicyVote&) const { return CommandKind::kPolicyVote; }
    CommandKind operator()(const CancelRun&) const { return CommandKind::kCancel; }
    CommandKind operator()(const GateDue&) const { return CommandKind::kGateDue; }
    CommandKind operator()(const StartAttempt&) const { return CommandKind::kStartAttempt; }
    CommandKind operator()(const FinishAttempt&) const { return CommandKind::kFinishAttempt; }
    CommandKind operator()(const ResolveIncident&) const { return CommandKind::kResolve; }
    CommandKind operator()(const RaiseIncident&) const { return CommandKind::kRaiseIncident; }
    CommandKind operator()(const ChangeSubject&) const { return CommandKind::kChangeSubject; }
    CommandKind operator()(const ClaimGate&) const { return CommandKind::kClaim; }
    CommandKind operator()(const ReleaseGate&) const { return CommandKind::kRelease; }
    CommandKind operator()(const ExtendDeadline&) const { return CommandKind::kExtend; }
    CommandKind operator()(const OverrideRule&) const { return CommandKind::kOverride; }
    CommandKind operator()(const RetryRun&) const { return CommandKind::kRetry; }
    CommandKind operator()(const MigrateRun&) const { return CommandKind::kMigrate; }
    CommandKind operator()(const RecordEligible&) const { return CommandKind::kEligible; }
    CommandKind operator()(const TryStart&) const { return CommandKind::kTryStart; }
    CommandKind operator()(const ExpireLocks&) const { return CommandKind::kExpireLocks; }
    CommandKind operator()(const SupersedeRun&) const { return CommandKind::kSupersede; }
    CommandKind operator()(const MarkStale&) const { return CommandKind::kStale; }
    CommandKind operator()(const HandOver&) const { return CommandKind::kHandOver; }
    CommandKind operator()(const RollBackRun&) const { return CommandKind::kRollBack; }
  };
  return std::visit(Kinds{}, command);
}

bool IsAdmissible(std::optional<RunStatus> from, CommandKind command) {
  return std::ranges::any_of(kTransitions, [&](const Transition& row) {
    return row.from == from && row.command == command;
  });
}

std::vector<std::string_view> AllowedActions(RunStatus status) {
  struct Action {
    CommandKind kind;
    std::string_view name;
  };
  constexpr auto kActions = std::to_array<Action>({{CommandKind::kResolve, "resolve"},
                                                   {CommandKind::kChangeSubject, "change_subject"},
                                                   {CommandKind::kCancel, "cancel"},
                                                   {CommandKind::kRetry, "retry"}});
  std::vector<std::string_view> actions;
  if (status == RunStatus::kWaiting) actions = {"approve", "reject"};
  for (const Action& action : kActions) {
    if (IsAdmissible(status, action.kind)) actions.push_back(action.name);
  }
  if (IsFinished(status)) actions.push_back("resubmit");
  return actions;
}

}  // namespace gatewright::core
