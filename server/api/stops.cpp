// The emergency stop: nothing that a stop selects starts an action while it stands.
#include "engine/codec/site_requests.h"
#include "engine/codec/views.h"
#include "server/api/body.h"
#include "server/api/lists.h"
#include "server/api/parameters.h"
#include "server/api/resources.h"
#include "server/api/site_commands.h"

namespace gatewright::api {
namespace {

constexpr std::string_view kStopsPath = "/api/v1/stop";

Outcome Set(Call& call) {
  GW_TRY(body, ReadBody(call.request, codec::ReadStopBody));
  core::SetStop command;
  command.actor = call.caller;
  command.selector = std::move(body.selector);
  command.reason = std::move(body.reason);
  command.until = body.until;
  if (body.lasts) command.until = call.engine().Now() + *body.lasts;
  return AddToSite(call, std::move(command), kStopsPath);
}

Outcome ListStops(Call& call) {
  const auto site = call.engine().surroundings().site();
  const Time now = call.engine().Now();
  std::string body;
  codec::OpenPage(body);
  for (const core::Stop& stop : site->site.stops) {
    if (!stop.until || *stop.until > now) codec::AppendStop(body, stop);
  }
  codec::ClosePage(body);
  return AnswerList(call.request, std::move(body));
}

Outcome LiftOne(Call& call) {
  GW_TRY(id, PathNumber(call.request, "stop"));
  GW_TRY(reason, ReadLiftReason(call));
  return ChangeSite(call, core::LiftStop{call.caller, id, std::move(reason)});
}

Outcome LiftAll(Call& call) {
  GW_TRY(reason, ReadLiftReason(call));
  return ChangeSite(call, core::LiftStop{call.caller, 0, std::move(reason)});
}

}  // namespace

void MountStops(Routes& routes) {
  routes.Get(std::string(kStopsPath), Access::To(access::Verb::kView, Somewhere), {}, ListStops);
  routes.Post(std::string(kStopsPath), Access::To(access::Verb::kOperate, Everywhere), {}, Set);
  routes.Delete(std::string(kStopsPath), Access::To(access::Verb::kOperate, Everywhere),
                {.query = {"reason"}}, LiftAll);
  routes.Delete("/api/v1/stop/:id", Access::To(access::Verb::kOperate, Everywhere),
                {.query = {"reason"}}, LiftOne);
}

}  // namespace gatewright::api
