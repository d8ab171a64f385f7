#include "engine/core/transitions.h"

#include <algorithm>

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
    case CommandKind::kGateDeadline:
      return "gate deadline";
    case CommandKind::kStartAttempt:
      return "start attempt";
    case CommandKind::kFinishAttempt:
      return "finish attempt";
    case CommandKind::kResolve:
      return "resolve";
    case CommandKind::kRaiseIncident:
      return "raise incident";
  }
  GW_ASSERT(false);
}

CommandKind KindOf(const Command& command) {
  struct Kinds {
    CommandKind operator()(const CreateRun&) const { return CommandKind::kCreate; }
    CommandKind operator()(const CastVote&) const { return CommandKind::kVote; }
    CommandKind operator()(const RecordPolicyVote&) const { return CommandKind::kPolicyVote; }
    CommandKind operator()(const CancelRun&) const { return CommandKind::kCancel; }
    CommandKind operator()(const ExpireGate&) const { return CommandKind::kGateDeadline; }
    CommandKind operator()(const StartAttempt&) const { return CommandKind::kStartAttempt; }
    CommandKind operator()(const FinishAttempt&) const { return CommandKind::kFinishAttempt; }
    CommandKind operator()(const ResolveIncident&) const { return CommandKind::kResolve; }
    CommandKind operator()(const RaiseIncident&) const { return CommandKind::kRaiseIncident; }
  };
  return std::visit(Kinds{}, command);
}

bool IsAdmissible(std::optional<RunStatus> from, CommandKind command) {
  return std::ranges::any_of(kTransitions, [&](const Transition& row) {
    return row.from == from && row.command == command;
  });
}

std::vector<std::string_view> AllowedActions(RunStatus status) {
  std::vector<std::string_view> actions;
  if (IsAdmissible(status, CommandKind::kVote)) actions = {"approve", "reject"};
  if (IsAdmissible(status, CommandKind::kResolve)) actions.push_back("resolve");
  if (IsAdmissible(status, CommandKind::kCancel)) actions.push_back("cancel");
  return actions;
}

}  // namespace gatewright::core
