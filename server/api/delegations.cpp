// Delegations: who may vote in whose place, for how long.
#include "engine/codec/site_requests.h"
#include "engine/codec/views.h"
#include "server/api/body.h"
#include "server/api/lists.h"
#include "server/api/parameters.h"
#include "server/api/resources.h"
#include "server/api/site_commands.h"

namespace gatewright::api {
namespace {

constexpr std::string_view kDelegationsPath = "/api/v1/delegations";

// What is known of whoever delegates, for the time when nobody can be asked.
void FillRoles(const Call& call, core::Delegation& delegation) {
  const core::Principal* from = delegation.from == call.caller.id ? &call.caller : nullptr;
  const auto directory = call.engine().surroundings().directory();
  if (from == nullptr && directory) from = directory->Find(delegation.from);
  if (from == nullptr) return;
  delegation.roles = from->roles;
  delegation.groups = from->groups;
}

Outcome Add(Call& call) {
  GW_TRY(body, ReadBody(call.request, codec::ReadDelegationBody));
  core::AddDelegation command;
  command.actor = call.caller;
  core::Delegation& delegation = command.delegation;
  delegation.from = body.from.value_or(call.caller.id);
  delegation.to = std::move(body.to);
  delegation.scope = std::move(body.scope);
  delegation.valid_from = body.valid_from.value_or(call.engine().Now());
  delegation.valid_until = body.valid_until;
  delegation.reason = std::move(body.reason);
  FillRoles(call, delegation);
  return AddToSite(call, std::move(command), kDelegationsPath);
}

// Those that hold now or will.
Outcome ListDelegations(Call& call) {
  const auto site = call.engine().surroundings().site();
  const Time now = call.engine().Now();
  std::string body;
  codec::OpenPage(body);
  for (const core::Delegation& delegation : site->site.delegations) {
    if (delegation.valid_until > now) codec::AppendDelegation(body, delegation);
  }
  codec::ClosePage(body);
  return AnswerList(call.request, std::move(body));
}

Outcome Revoke(Call& call) {
  GW_TRY(id, PathNumber(call.request, "delegation"));
  GW_TRY(reason, ReadLiftReason(call));
  return ChangeSite(call, core::RevokeDelegation{call.caller, id, std::move(reason)});
}

}  // namespace

void MountDelegations(Routes& routes) {
  routes.Get(std::string(kDelegationsPath), Access::To(access::Verb::kView, Somewhere), {},
             ListDelegations);
  routes.Post(std::string(kDelegationsPath), Access::To(access::Verb::kVote, Somewhere), {}, Add);
  routes.Delete("/api/v1/delegations/:id", Access::To(access::Verb::kVote, Somewhere),
                {.query = {"reason"}}, Revoke);
}

}  // namespace gatewright::api
