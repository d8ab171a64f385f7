// Runs: create, list, get, and the commands on them.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "engine/base/edit_distance.h"
#include "engine/codec/views.h"
#include "server/api/body.h"
#include "server/api/commands.h"
#include "server/api/cursor.h"
#include "server/api/lists.h"
#include "server/api/parameters.h"
#include "server/api/resources.h"

namespace gatewright::api {
namespace {

Checked<Duration> ReadWait(Call& call) {
  return QueryDuration(call.request, "wait", Duration::zero(), call.api.options().longest_wait);
}

Outcome Create(Call& call) {
  GW_TRY(body, ReadBody(call.request, codec::ReadRunBody));
  runtime::CreateRequest request;
  request.actor = call.caller;
  request.workflow = WorkflowName(*body.workflow);
  request.name = std::move(body.name);
  request.subject_json = std::move(body.subject_json);
  Submission submission;
  submission.is_create = true;
  submission.send = [&call, &request](auto idempotency, runtime::Answer answer) {
    request.idempotency = std::move(idempotency);
    call.engine().Create(std::move(request), std::move(answer));
  };
  return Submit(call, std::move(submission));
}

// What every command on a run has: `read` reads its body, `fill` moves the body into the request,
// `send` is the engine's function.
template <class Request, class Read, class Fill>
Outcome Command(Call& call, Read read, Fill fill,
                void (runtime::Engine::*send)(Request, runtime::Answer)) {
  GW_TRY(run, PathRun(call.request));
  GW_TRY(body, ReadBody(call.request, read));
  GW_TRY(wait, ReadWait(call));
  GW_TRY(expected, WithIfMatch(call, run, std::move(body.expected)));
  Request request;
  request.actor = call.caller;
  request.run = run;
  request.expected = std::move(expected);
  fill(request, std::move(body));
  Submission submission;
  submission.wait = wait;
  submission.send = [&call, &request, send](auto idempotency, runtime::Answer answer) {
    request.idempotency = std::move(idempotency);
    (call.engine().*send)(std::move(request), std::move(answer));
  };
  return Submit(call, std::move(submission));
}

void FillVote(runtime::VoteRequest& request, codec::VoteBody body) {
  request.stage = std::move(body.stage);
  request.epoch = body.epoch;
  request.choice = body.choice;
  request.comment = std::move(body.comment);
}

Outcome Vote(Call& call) {
  return Command(call, codec::ReadVoteBody, FillVote, &runtime::Engine::Vote);
}

CallHandler ShortVote(core::Choice choice) {
  return [choice](Call& call) {
    const auto read = [choice](std::string_view json) {
      return codec::ReadShortVoteBody(json, choice);
    };
    return Command(call, read, FillVote, &runtime::Engine::Vote);
  };
}

Outcome Cancel(Call& call) {
  const auto fill = [](runtime::CancelRequest& request, codec::CancelBody body) {
    request.reason = std::move(body.reason);
  };
  return Command(call, codec::ReadCancelBody, fill, &runtime::Engine::Cancel);
}

Outcome Resolve(Call& call) {
  const auto fill = [](runtime::ResolveRequest& request, codec::ResolveBody body) {
    request.resolution = body.resolution;
    request.reason = std::move(body.reason);
  };
  return Command(call, codec::ReadResolveBody, fill, &runtime::Engine::Resolve);
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
      constexpr auto kWords =
          std::to_array<std::string_view>({"waiting", "executing", "needs_attention", "succeeded",
                                           "rejected", "expired", "cancelled", "failed"});
      return BadParameter(
          "status",
          fmt::format("one or several, separated by commas, of {}", fmt::join(kWords, ", ")), word);
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

Outcome List(Call& call) {
  GW_TRY(query, ReadRunQuery(call.request));
  const auto page = call.engine().ListRuns(query);
  if (!page) return Failed(page.error());
  std::string body;
  codec::OpenPage(body);
  for (const ports::RunRow& row : page->rows) {
    codec::AppendRunSummary(body, codec::SummaryOf(row));
  }
  codec::ClosePage(body, page->next_before.value > 0 ? WriteCursor(page->next_before) : "");
  return AnswerList(call.request, std::move(body), page->next_before);
}

Outcome Get(Call& call) {
  GW_TRY(id, PathRun(call.request));
  GW_TRY(run, FindRun(call, id));
  const auto revision = call.engine().workflows().Pinned(run->workflow_version);
  std::string body;
  codec::AppendRun(body, *run, revision ? &revision->workflow : nullptr);
  return AnswerRun(call.request, run->id, run->version, std::move(body));
}

}  // namespace

void MountRuns(Routes& routes) {
  const RouteRules list{.query = {"workflow", "state", "status", "stage", "requester", "q", "sort",
                                  "cursor", "limit"},
                        .later_query = {"waiting_on"}};
  const RouteRules command{.query = {"wait"}, .answer_time = AnswerTime(routes.api().options())};
  routes.Post("/api/v1/runs", {}, Create);
  routes.Get("/api/v1/runs", list, List);
  routes.Get("/api/v1/runs/:id", {}, Get);
  routes.Post("/api/v1/runs/:id/votes", command, Vote);
  routes.Post("/api/v1/runs/:id/approve", command, ShortVote(core::Choice::kApprove));
  routes.Post("/api/v1/runs/:id/reject", command, ShortVote(core::Choice::kReject));
  routes.Post("/api/v1/runs/:id/cancel", command, Cancel);
  routes.Post("/api/v1/runs/:id/resolve", command, Resolve);
}

}  // namespace gatewright::api
