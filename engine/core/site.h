// engine/core/site.h: what holds for every run of an installation: emergency stops, delegations,
// and what lets people in.
// An aggregate like a run, with commands, events and a chained log of its own, kept under run id 0.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "engine/base/ids.h"
#include "engine/base/time.h"
#include "engine/core/credential.h"
#include "engine/core/principal.h"
#include "engine/core/refusal.h"
#include "engine/core/run.h"
#include "engine/core/workflow.h"

namespace gatewright::core {

// The log of the installation itself.
inline constexpr RunId kSite{0};

// Which runs something is about. What is empty does not restrict; all empty = every run.
struct Selector {
  WorkflowName workflow;
  StageName stage;
  std::vector<std::pair<std::string, std::string>> labels;  // of the workflow; all must be there
  std::string lock_key;

  bool is_everything() const;
  bool operator==(const Selector&) const = default;
};

// `stage`: the one that wants to act; empty = whichever.
bool Matches(const Selector& selector, const Run& run, const Workflow& workflow,
             const StageName& stage);
std::string Describe(const Selector& selector);  // "workflow 'deployment', stage 'Execute'"

// Nothing that it selects starts an action while it stands.
struct Stop {
  std::int64_t id = 0;
  Selector selector;
  std::string reason;
  PrincipalId by;
  Time since;
  std::optional<Time> until;  // lifts itself

  bool operator==(const Stop&) const = default;
};

// `to` may vote in the place of `from`.
struct Delegation {
  std::int64_t id = 0;
  PrincipalId from;
  PrincipalId to;
  Selector scope;
  Time valid_from;
  Time valid_until;
  std::string reason;
  // Of `from`, when it was made; used where no directory knows better.
  std::vector<std::string> roles;
  std::vector<std::string> groups;
  PrincipalId by;

  bool operator==(const Delegation&) const = default;
};

struct Site {
  Sequence version;
  std::int64_t newest_id = 0;
  std::vector<Stop> stops;
  std::vector<Delegation> delegations;
  std::vector<Credential> credentials;  // by id; those that may still be used

  bool operator==(const Site&) const = default;
};

// Null when there is none, or it has been revoked.
const Credential* FindCredential(const Site& site, std::string_view id);

struct StopSet {
  Stop stop;
  bool operator==(const StopSet&) const = default;
};
struct StopLifted {
  std::int64_t id = 0;
  std::string reason;
  bool operator==(const StopLifted&) const = default;
};
struct DelegationAdded {
  Delegation delegation;
  bool operator==(const DelegationAdded&) const = default;
};
struct DelegationRevoked {
  std::int64_t id = 0;
  std::string reason;
  bool operator==(const DelegationRevoked&) const = default;
};

using SiteEvent = std::variant<StopSet, StopLifted, DelegationAdded, DelegationRevoked,
                               CredentialIssued, SessionRefreshed, CredentialRevoked>;

struct SetStop {
  Principal actor;
  Selector selector;
  std::string reason;
  std::optional<Time> until;
};
struct LiftStop {
  Principal actor;
  std::int64_t id = 0;  // 0 = every one
  std::string reason;
};
struct AddDelegation {
  Principal actor;
  Delegation delegation;  // its id is given
};
struct RevokeDelegation {
  Principal actor;
  std::int64_t id = 0;
  std::string reason;
};

using SiteCommand = std::variant<SetStop, LiftStop, AddDelegation, RevokeDelegation,
                                 IssueCredential, RefreshSession, RevokeCredential>;
PrincipalId ActorOf(const SiteCommand& command);

struct SiteAccepted {
  std::vector<SiteEvent> events;
  Site site;
};
using SiteDecision = std::variant<SiteAccepted, Refusal>;

SiteDecision DecideSite(const Site& site, const SiteCommand& command, Time now);
void ApplySite(Site& site, const SiteEvent& event);
void ApplySiteEntry(Site& site, const std::vector<SiteEvent>& events);

// The stops that keep this run from acting at this stage now.
std::vector<const Stop*> StopsFor(const Site& site, const Run& run, const Workflow& workflow,
                                  const StageName& stage, Time now);

// In whose place somebody may vote: whoever delegated to them, directly or through others, at most
// three steps, never in a circle, every step valid now and for this gate.
struct Delegator {
  PrincipalId id;
  std::vector<std::string> roles;
  std::vector<std::string> groups;
  std::vector<PrincipalId> through;  // who stands between, nearest to the delegator first

  bool operator==(const Delegator&) const = default;
};
inline constexpr std::size_t kMaxDelegationSteps = 3;
std::vector<Delegator> DelegatorsOf(const Site& site, const PrincipalId& delegate, const Run& run,
                                    const Workflow& workflow, const StageName& stage, Time now);

}  // namespace gatewright::core
