// Runs: create, list, get. The commands on them: run_commands.cpp.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/codec/views.h"
#include "server/api/body.h"
#include "server/api/commands.h"
#include "server/api/conditions.h"
#include "server/api/cursor.h"
#include "server/api/inbox.h"
#include "server/api/lists.h"
#include "server/api/parameters.h"
#include "server/api/progress.h"
#include "server/api/resources.h"

namespace gatewright::api {
namespace {

Outcome CreateRun(Call& call) {
  GW_TRY(body, ReadBody(call.request, codec::ReadRunBody));
  runtime::CreateRequest request;
  request.actor = call.caller;
  request.workflow = WorkflowName(*body.workflow);
  request.name = std::move(body.name);
  request.subject_json = std::move(body.subject_json);
  request.not_before = body.not_before;
  request.parent = body.parent;
  request.is_draft = body.is_draft;
  Submission submission;
  submission.is_create = true;
  submission.send = [&call, &request](auto idempotency, runtime::Answer answer) {
    request.idempotency = std::move(idempotency);
    call.engine().Create(std::move(request), std::move(answer));
  };
  return Submit(call, std::move(submission));
}

std::vector<std::string_view> StatusWords() {
  std::vector<std::string_view> words;
  for (std::size_t i = 1; i <= core::kRunStatuses; ++i) {
    words.push_back(ToString(static_cast<core::RunStatus>(i)));
  }
  return words;
}

Checked<std::vector<core::RunStatus>> ReadStatuses(const http::Request& request) {
  std::vector<core::RunStatus> statuses;
  GW_TRY(text, QueryText(request, "status"));
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::string_view word = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(word.size() + 1, rest.size()));
    const auto status = core::ParseRunStatus(word);
    if (!status) {
      return BadParameter(
          "status",
          fmt::format("one or several, separated by commas, of {}", fmt::join(StatusWords(), ", ")),
          word);
    }
    statuses.push_back(*status);
  }
  return statuses;
}

Checked<ports::RunQuery> ReadRunQuery(const http::Request& request) {
  GW_TRY(query, ReadPageQuery(request));
  GW_TRY(statuses, ReadStatuses(request));
  GW_TRY(workflow, QueryText(request, "workflow"));
  GW_TRY(state, QueryText(request, "state"));
  GW_TRY(stage, QueryText(request, "stage"));
  GW_TRY(requester, QueryText(request, "requester"));
  GW_TRY(sort, QueryText(request, "sort"));
  if (!sort.empty() && sort != "-created_at") {
    return BadParameter("sort", "-created_at, the only order this version knows", sort);
  }
  query.statuses = std::move(statuses);
  query.workflow = std::move(workflow);
  query.state = std::move(state);
  query.stage = std::move(stage);
  query.requester = std::move(requester);
  return query;
}

Outcome ListRuns(Call& call) {
  GW_TRY(query, ReadRunQuery(call.request));
  if (const auto who = call.request.Query("waiting_on")) {
    if (*who == "me") return ListWaitingOnMe(call, std::move(query));
    return BadParameter("waiting_on", "me", *who);
  }
  const auto page = call.engine().ListRuns(query);
  if (!page) return Failed(page.error());
  std::string body;
  codec::OpenPage(body);
  for (const ports::RunRow& row : page->rows) {
    if (IsHidden(call.api, call.identity, row)) continue;
    codec::AppendRunSummary(body, codec::SummaryOf(row));
  }
  codec::ClosePage(body, page->next_before.value > 0 ? WriteCursor(page->next_before) : "");
  return AnswerList(call.request, std::move(body), page->next_before);
}

Outcome GetRun(Call& call) {
  GW_TRY(id, PathRun(call.request));
  GW_TRY(run, FindRun(call, id));
  const auto revision = call.engine().workflows().Pinned(run->workflow_version);
  std::string body;
  const auto progress = ProgressOf(call, id);
  codec::AppendRun(body, *run, revision ? &revision->workflow : nullptr, progress);
  if (!progress.empty()) {
    // Progress moves without a new version: never "you have it already".
    http::Response response = Json(200, std::move(body));
    response.headers.push_back({"ETag", RunTag(run->id, run->version)});
    return response;
  }
  return AnswerRun(call.request, run->id, run->version, std::move(body));
}

}  // namespace

void MountRuns(Routes& routes) {
  const RouteRules list{.query = {"workflow", "state", "status", "stage", "requester", "q", "sort",
                                  "cursor", "limit", "waiting_on"}};
  routes.Post("/api/v1/runs", Access::To(access::Verb::kRequest, WorkflowOfBody), {}, CreateRun);
  routes.Get("/api/v1/runs", Access::To(access::Verb::kView, Somewhere), list, ListRuns);
  routes.Get("/api/v1/runs/:id", Access::To(access::Verb::kView, RunOfPath), {}, GetRun);
}

}  // namespace gatewright::api
