#include "server/api/site_commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "engine/codec/site_requests.h"
#include "engine/codec/views.h"
#include "server/api/body.h"
#include "server/api/commands.h"
#include "server/api/parameters.h"
#include "server/api/parts.h"

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

// The answer is kept in the transaction of its effect, so it has to be known before that. Deciding
// is pure, and additions take turns, so that nothing else gets this id meanwhile.
std::string Foresee(const runtime::Engine& engine, const core::SiteCommand& command) {
  const auto site = engine.surroundings().site();
  const auto decision = core::DecideSite(site->site, command, engine.Now());
  const auto* accepted = std::get_if<core::SiteAccepted>(&decision);
  return accepted == nullptr ? "" : NewestOf(accepted->site);
}

void Add(runtime::Engine& engine, const std::shared_ptr<std::string>& added,
         runtime::SiteRequest request, runtime::Answer answer, std::function<void()> done) {
  *added = Foresee(engine, request.command);
  const bool is_kept = request.idempotency.has_value();
  engine.Change(std::move(request), [&engine, added, is_kept, answer = std::move(answer),
                                     done = std::move(done)](runtime::Reply reply) {
    if (reply.kind == runtime::ReplyKind::kDone && !is_kept) {
      *added = NewestOf(engine.surroundings().site()->site);
    }
    answer(std::move(reply));
    done();
  });
}

}  // namespace

Outcome AddToSite(Call& call, core::SiteCommand command, std::string_view list) {
  const auto added = std::make_shared<std::string>();
  Submission submission;
  submission.done = [added, list = std::string(list)](const runtime::Reply&) {
    if (added->empty()) return Failed({ErrorCode::kInternal, "what was added is not there"});
    http::Response response = Json(201, *added);
    response.headers.push_back({"Location", list});
    return response;
  };
  submission.send = [&](auto idempotency, runtime::Answer answer) {
    call.api.parts().site_additions.Take(
        [&engine = call.engine(), added, answer = std::move(answer),
         request = runtime::SiteRequest{std::move(command), std::move(idempotency)}](
            std::function<void()> done) { Add(engine, added, request, answer, std::move(done)); });
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
