// What became of notifications: each delivery with its tries, and sending it again.
#include <fmt/format.h>

#include "engine/codec/views.h"
#include "engine/codec/views_delivery.h"
#include "server/api/cursor.h"
#include "server/api/lists.h"
#include "server/api/parameters.h"
#include "server/api/problems.h"
#include "server/api/resources.h"

namespace gatewright::api {
namespace {

constexpr std::int64_t kReplayedAtOnce = 200;

http::Response NoSuchDelivery(std::int64_t id) {
  return http::Problem(404, "not_found",
                       fmt::format("there is no delivery {}; those that are over are kept for 30 "
                                   "days, and the newest 100,000",
                                   id));
}

Checked<ports::DeliveryQuery> ReadDeliveryQuery(const http::Request& request) {
  ports::DeliveryQuery query;
  if (const auto run = request.Query("run")) {
    const auto number = ParseCanonicalInteger(*run);
    if (!number || *number < 1) return BadParameter("run", "a run's number", *run);
    query.run = RunId{*number};
  }
  GW_TRY(state, QueryText(request, "state"));
  if (!state.empty()) {
    query.state = codec::DeliveryStateOf(state);
    if (!query.state) {
      return BadParameter("state", "pending, delivered, failed, disabled or dropped", state);
    }
  }
  GW_TRY(notifier, QueryText(request, "notifier"));
  query.notifier = std::move(notifier);
  GW_TRY(before, ReadCursor(request));
  query.before = before.value;
  return query;
}

Outcome ListDeliveries(Call& call) {
  GW_TRY(query, ReadDeliveryQuery(call.request));
  GW_TRY(limit, QueryInteger(call.request, "limit", {1, 200, 50}));
  query.limit = limit;
  return AnswerInBackground(
      call, [query](ApiContext& api, const http::Request& request, const core::Principal&) {
        const auto rows = api.engine().ListDeliveries(query);
        if (!rows) return Failed(rows.error());
        std::string body;
        codec::OpenPage(body);
        for (const ports::DeliveryRow& row : *rows) codec::AppendDelivery(body, row);
        const bool is_full = static_cast<std::int64_t>(rows->size()) == query.limit;
        const RunId next{is_full && rows->back().id > 1 ? rows->back().id : 0};
        codec::ClosePage(body, next.value > 0 ? WriteCursor(next) : "");
        return AnswerList(request, std::move(body), next);
      });
}

Outcome GetDelivery(Call& call) {
  GW_TRY(id, PathNumber(call.request, "delivery"));
  const auto row = call.engine().FindDelivery(id);
  if (!row) return Failed(row.error());
  if (!*row) return NoSuchDelivery(id);
  std::string body;
  codec::AppendDelivery(body, **row);
  return Json(200, std::move(body));
}

Outcome ReplayDelivery(Call& call) {
  GW_TRY(id, PathNumber(call.request, "delivery"));
  const auto row = call.engine().ReplayDelivery(id);
  if (!row) return Failed(row.error());
  if (!*row) return NoSuchDelivery(id);
  std::string body;
  codec::AppendDelivery(body, **row);
  return Json(202, std::move(body));
}

// The newest of those that match; who wants the rest asks again.
Outcome ReplayDeliveries(Call& call) {
  GW_TRY(query, ReadDeliveryQuery(call.request));
  if (query.state != ports::DeliveryState::kFailed &&
      query.state != ports::DeliveryState::kDisabled) {
    return BadParameter("state", "failed or disabled",
                        query.state ? codec::WordOf(*query.state) : "nothing");
  }
  query.limit = kReplayedAtOnce;
  return AnswerInBackground(
      call, [query](ApiContext& api, const http::Request&, const core::Principal&) {
        const auto rows = api.engine().ListDeliveries(query);
        if (!rows) return Failed(rows.error());
        std::string body;
        codec::OpenPage(body);
        for (const ports::DeliveryRow& row : *rows) {
          const auto replayed = api.engine().ReplayDelivery(row.id);
          if (replayed && *replayed) codec::AppendDelivery(body, **replayed);
        }
        const bool is_full = static_cast<std::int64_t>(rows->size()) == query.limit;
        codec::ClosePage(body, is_full ? WriteCursor(RunId{rows->back().id}) : "");
        return Json(202, std::move(body));
      });
}

}  // namespace

void MountDeliveries(Routes& routes) {
  routes.Get("/api/v1/deliveries", Access::To(access::Verb::kOperate, Everywhere),
             {.query = {"run", "state", "notifier", "cursor", "limit"}}, ListDeliveries);
  routes.Post("/api/v1/deliveries/replay", Access::To(access::Verb::kOperate, Everywhere),
              {.query = {"run", "state", "notifier", "cursor"}}, ReplayDeliveries);
  routes.Get("/api/v1/deliveries/:id", Access::To(access::Verb::kOperate, Everywhere), {},
             GetDelivery);
  routes.Post("/api/v1/deliveries/:id/replay", Access::To(access::Verb::kOperate, Everywhere), {},
              ReplayDelivery);
}

}  // namespace gatewright::api
