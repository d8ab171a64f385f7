#include "server/api/site_commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/codec/site_requests.h"
#include "engine/codec/views.h"
#include "server/api/body.h"
#include "server/api/commands.h"
#include "server/api/parameters.h"

namespace gatewright::api {
namespace {

// What was added last.
std::string NewestOf(const core::Site& site) {
  std::string body;
  const auto stop = std::ranges::find(site.stops, site.newest_id, &core::Stop::id);
  if (stop != site.stops.end()) {
    codec::AppendStop(body, *stop);
    return body;
  }
  const auto one = std::ranges::find(site.delegations, site.newest_id, &core::Delegation::id);
  if (one != site.delegations.end()) codec::AppendDelegation(body, *one);
  return body;
}

}  // namespace

Outcome AddToSite(Call& call, core::SiteCommand command, std::string_view list) {
  Submission submission;
  submission.done = [list = std::string(list)](const runtime::Reply& reply) {
    http::Response response = Json(201, NewestOf(*reply.site));
    response.headers.push_back({"Location", list});
    return response;
  };
  submission.send = [&](auto idempotency, runtime::Answer answer) {
    call.engine().Change({std::move(command), std::move(idempotency)}, std::move(answer));
  };
  return Submit(call, std::move(submission));
}

Outcome ChangeSite(Call& call, core::SiteCommand command) {
  Submission submission;
  submission.done = [](const runtime::Reply& reply) {
    return Json(200, fmt::format(R"({{"changed":{}}})", reply.changed));
  };
  submission.send = [&](auto idempotency, runtime::Answer answer) {
    call.engine().Change({std::move(command), std::move(idempotency)}, std::move(answer));
  };
  return Submit(call, std::move(submission));
}

Checked<std::string> ReadLiftReason(Call& call) {
  GW_TRY(body, ReadBody(call.request, codec::ReadLiftBody));
  GW_TRY(query, QueryText(call.request, "reason"));
  if (!body.reason.empty() && !query.empty() && body.reason != query) {
    return BadParameter("reason", "the reason of the body again, or only one of them", query);
  }
  return query.empty() ? std::move(body.reason) : std::move(query);
}

}  // namespace gatewright::api
