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
    PrincipalId operator()(const ExpireGate&) const { return PrincipalId{"timer"}; }
    PrincipalId operator()(const StartAttempt&) const { return PrincipalId{"timer"}; }
    PrincipalId operator()(const FinishAttempt&) const { return PrincipalId{"engine"}; }
    PrincipalId operator()(const ResolveIncident& c) const { return c.actor.id; }
    PrincipalId operator()(const RaiseIncident&) const { return PrincipalId{"engine"}; }
  };
  return std::visit(Actors{}, command);
}

}  // namespace gatewright::core
