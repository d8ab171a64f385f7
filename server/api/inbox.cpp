// Why a run waits, and the gates that the caller can decide now. Both ask the same function of the
// core; both may have to wait for approvers.
#include "server/api/inbox.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/codec/json_writer.h"
#include "engine/codec/views.h"
#include "server/api/cursor.h"
#include "server/api/parameters.h"
#include "server/api/parts.h"
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

// What the caller's roles say about this run, as the routes ask them.
void AddAccess(ApiContext& api, const auth::Identity& caller, RunId id, http::Response& response) {
  const auto run = api.engine().GetRun(id);
  if (!run || !*run || !api.parts().sign_in.is_on()) return;
  const access::Resource resource = ResourceOf(api, **run, "");
  std::string verbs;
  codec::JsonWriter json(verbs);
  json.OpenArray();
  for (std::size_t i = 1; i <= access::kVerbNames.size(); ++i) {
    const auto verb = static_cast<access::Verb>(i);
    const auto decision = DecideFor(api, caller, verb, resource);
    json.OpenObject();
    json.Key("verb").Word(access::ToString(verb));
    json.Key("allowed").Boolean(decision.is_allowed);
    json.Key("why").Text(decision.why);
    json.CloseObject();
  }
  json.CloseArray();
  AddMember(response, "access", verbs);
}

// The command that each action of an explanation is, and the verb that its route asks for.
std::optional<access::Verb> VerbOf(std::string_view action) {
  using access::Verb;
  constexpr auto kVerbs =
      std::to_array<std::pair<std::string_view, Verb>>({{"vote", Verb::kVote},
                                                        {"approve", Verb::kVote},
                                                        {"reject", Verb::kVote},
                                                        {"withdraw", Verb::kVote},
                                                        {"abstain", Verb::kVote},
                                                        {"claim", Verb::kVote},
                                                        {"release", Verb::kVote},
                                                        {"cancel", Verb::kCancel},
                                                        {"resolve", Verb::kExecute},
                                                        {"retry", Verb::kExecute},
                                                        {"rollback", Verb::kExecute},
                                                        {"resubmit", Verb::kRequest},
                                                        {"submit", Verb::kRequest},
                                                        {"subject", Verb::kRequest},
                                                        {"extend", Verb::kOperate},
                                                        {"change_subject", Verb::kRequest},
                                                        {"override", Verb::kOverride},
                                                        {"migrate", Verb::kPublish}});
  const auto found = std::ranges::find(kVerbs, action, &std::pair<std::string_view, Verb>::first);
  return found == kVerbs.end() ? std::nullopt : std::optional(found->second);
}

// What a route would refuse is no action of the caller's.
void DropForbidden(ApiContext& api, const auth::Identity& caller, const core::Run& run,
                   core::Explanation& explanation) {
  if (!explanation.viewer || !api.parts().sign_in.is_on()) return;
  const access::Resource resource = ResourceOf(api, run, "");
  const auto is_forbidden = [&](std::string_view action) {
    const auto verb = VerbOf(action);
    return verb && !DecideFor(api, caller, *verb, resource).is_allowed;
  };
  std::erase_if(explanation.viewer->allowed_actions, is_forbidden);
  std::erase_if(explanation.viewer->own.actions, is_forbidden);
  if (!is_forbidden("approve")) return;
  explanation.viewer->can_decide = false;
  explanation.viewer->if_i_approve.reset();
}

http::Response AnswerExplain(ApiContext& api, const auth::Identity& caller, RunId id) {
  auto explanation = api.engine().Explain(id, caller.principal);
  if (!explanation) return Failed(explanation.error());
  if (!*explanation) return NoSuchRun(fmt::to_string(id.value));
  if (const auto run = api.engine().GetRun(id); run && *run) {
    DropForbidden(api, caller, **run, **explanation);
  }
  std::string body;
  codec::AppendExplanation(body, **explanation);
  http::Response response = Json(200, std::move(body));
  AddAccess(api, caller, id, response);
  return response;
}

Outcome Explain(Call& call) {
  GW_TRY(id, PathRun(call.request));
  return AnswerInBackground(
      call,
      [id, caller = call.identity](ApiContext& api, const http::Request&, const core::Principal&) {
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
  routes.Get("/api/v1/inbox", Access::To(access::Verb::kView, Somewhere),
             {.query = {"cursor", "limit"}}, Inbox);
  routes.Get("/api/v1/runs/:id/explain", Access::To(access::Verb::kView, RunOfPath), {}, Explain);
}

}  // namespace gatewright::api
