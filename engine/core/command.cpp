#include "engine/core/command.h"

namespace gatewright::core {

PrincipalId ActorOf(const Command& command) {
  struct Actors {
    PrincipalId operator()(const CreateRun& c) const { return c.actor.id; }
    PrincipalId operator()(const CastVote& c) const { return c.actor.id; }
    PrincipalId operator()(const RecordPolicyVote& c) const {
      return PrincipalId{"policy:" + c.auto_voter};
    }
    PrincipalId operator()(const CancelRun& c) const { return c.actor.id; }
    PrincipalId operator()(const GateDue&) const { return PrincipalId{"timer"}; }
    PrincipalId operator()(const ExpireLocks&) const { return PrincipalId{"timer"}; }
    PrincipalId operator()(const TryStart&) const { return PrincipalId{"engine"}; }
    PrincipalId operator()(const SupersedeRun&) const { return PrincipalId{"engine"}; }
    PrincipalId operator()(const MarkStale&) const { return PrincipalId{"engine"}; }
    PrincipalId operator()(const HandOver&) const { return PrincipalId{"engine"}; }
    PrincipalId operator()(const RecordEligible&) const { return PrincipalId{"engine"}; }
    PrincipalId operator()(const ChangeSubject& c) const { return c.actor.id; }
    PrincipalId operator()(const ClaimGate& c) const { return c.actor.id; }
    PrincipalId operator()(const ReleaseGate& c) const { return c.actor.id; }
    PrincipalId operator()(const ExtendDeadline& c) const { return c.actor.id; }
    PrincipalId operator()(const OverrideRule& c) const { return c.actor.id; }
    PrincipalId operator()(const RetryRun& c) const { return c.actor.id; }
    PrincipalId operator()(const RollBackRun& c) const { return c.actor.id; }
    PrincipalId operator()(const MigrateRun& c) const { return c.actor.id; }
    PrincipalId operator()(const StartAttempt&) const { return PrincipalId{"timer"}; }
    PrincipalId operator()(const FinishAttempt&) const { return PrincipalId{"engine"}; }
    PrincipalId operator()(const ResolveIncident& c) const { return c.actor.id; }
    PrincipalId operator()(const RaiseIncident&) const { return PrincipalId{"engine"}; }
  };
  return std::visit(Actors{}, command);
}

}  // namespace gatewright::core
