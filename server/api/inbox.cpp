// Why a run waits, and the gates that the caller can decide now. Both ask the same function of the
// core; both may have to wait for approvers.
#include "server/api/inbox.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/codec/json_writer.h"
#include "engine/codec/views.h"
#include "server/api/cursor.h"
#include "server/api/parameters.h"
#include "server/api/problems.h"
#include "server/api/resources.h"

namespace gatewright::api {
namespace {

http::Response AnswerPage(const http::Request& request, std::string body, RunId next) {
  codec::ClosePage(body, next.value > 0 ? WriteCursor(next) : "");
  http::Response response = Json(200, std::move(body));
  if (next.value > 0) {
    response.headers.push_back({"Link", NextLink(request, WriteCursor(next))});
  }
  return response;
}

http::Response AnswerExplain(ApiContext& api, const core::Principal& caller, RunId id) {
  const auto explanation = api.engine().Explain(id, caller);
  if (!explanation) return Failed(explanation.error());
  if (!*explanation) return NoSuchRun(fmt::to_string(id.value));
  std::string body;
  codec::AppendExplanation(body, **explanation);
  return Json(200, std::move(body));
}

Outcome Explain(Call& call) {
  GW_TRY(id, PathRun(call.request));
  return AnswerInBackground(
      call, [id](ApiContext& api, const http::Request&, const core::Principal& caller) {
        return AnswerExplain(api, caller, id);
      });
}

http::Response AnswerInbox(ApiContext& api, const http::Request& request,
                           const core::Principal& caller, RunId after, std::int64_t limit) {
  const auto page = api.engine().Inbox(caller, after, limit);
  if (!page) return Failed(page.error());
  std::string body;
  codec::OpenPage(body);
  for (const runtime::InboxItem& item : page->items) {
    codec::JsonWriter json(body);
    json.OpenObject().Key("run");
    codec::AppendRunSummary(body, codec::SummaryOf(*item.run));
    json.Key("explanation");
    codec::AppendExplanation(body, item.explanation);
    json.CloseObject();
  }
  return AnswerPage(request, std::move(body), page->next_after);
}

Outcome Inbox(Call& call) {
  GW_TRY(limit, QueryInteger(call.request, "limit", {1, 200, 50}));
  GW_TRY(after, ReadCursor(call.request));
  return AnswerInBackground(call, [after, limit](ApiContext& api, const http::Request& request,
                                                 const core::Principal& caller) {
    return AnswerInbox(api, request, caller, after, limit);
  });
}

std::string Lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

// As lists of the store filter.
bool IsWanted(const ports::RunQuery& query, const core::Run& run) {
  const auto is = [](const std::string& wanted, std::string_view found) {
    return wanted.empty() || wanted == found;
  };
  return is(query.workflow, run.workflow.value) && is(query.state, run.state) &&
         is(query.stage, run.current_stage.value) && is(query.requester, run.requester.value) &&
         (query.statuses.empty() ||
          std::ranges::find(query.statuses, run.status) != query.statuses.end()) &&
         Lower(run.name).find(Lower(query.text)) != std::string::npos;
}

http::Response AnswerWaiting(ApiContext& api, const http::Request& request,
                             const core::Principal& caller, const ports::RunQuery& query) {
  const auto page = api.engine().Inbox(caller, query.before, query.limit);
  if (!page) return Failed(page.error());
  std::string body;
  codec::OpenPage(body);
  for (const runtime::InboxItem& item : page->items) {
    if (IsWanted(query, *item.run)) codec::AppendRunSummary(body, codec::SummaryOf(*item.run));
  }
  return AnswerPage(request, std::move(body), page->next_after);
}

}  // namespace

Outcome ListWaitingOnMe(Call& call, ports::RunQuery query) {
  return AnswerInBackground(
      call, [query = std::move(query)](ApiContext& api, const http::Request& request,
                                       const core::Principal& caller) {
        return AnswerWaiting(api, request, caller, query);
      });
}

void MountInbox(Routes& routes) {
  routes.Get("/api/v1/inbox", {.query = {"cursor", "limit"}}, Inbox);
  routes.Get("/api/v1/runs/:id/explain", {}, Explain);
}

}  // namespace gatewright::api
