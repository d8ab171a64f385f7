// The deployments facade: small, stable, and the same runs as /api/v1/runs shows.
#include "engine/codec/views.h"
#include "server/api/body.h"
#include "server/api/commands.h"
#include "server/api/lists.h"
#include "server/api/parameters.h"
#include "server/api/resources.h"

namespace gatewright::api {
namespace {

Outcome CreateDeployment(Call& call) {
  GW_TRY(body, ReadBody(call.request, codec::ReadDeploymentBody));
  runtime::CreateRequest request;
  request.actor = call.caller;
  request.workflow = WorkflowName(body.workflow.value_or(call.api.options().default_workflow));
  request.name = std::move(body.name);
  request.subject_json = std::move(body.subject_json);
  Submission submission;
  submission.view = RunView::kDeployment;
  submission.is_create = true;
  submission.idempotency = std::move(body.idempotency);
  submission.send = [&call, &request](auto idempotency, runtime::Answer answer) {
    request.idempotency = std::move(idempotency);
    call.engine().Create(std::move(request), std::move(answer));
  };
  return Submit(call, std::move(submission));
}

Outcome Decide(Call& call, core::Choice choice) {
  GW_TRY(run, PathRun(call.request));
  GW_TRY(body, ReadBody(call.request, codec::ReadDeploymentDecision));
  GW_TRY(wait, QueryDuration(call.request, "wait", call.api.options().facade_wait,
                             call.api.options().longest_wait));
  GW_TRY(expected, WithIfMatch(call, run, std::move(body.expected)));
  if (auto refusal = RefuseBlindApproval(call.api, choice, expected, false)) return refusal;
  runtime::VoteRequest request;
  request.actor = call.caller;
  request.run = run;
  request.choice = choice;
  request.comment = std::move(body.comment);
  request.expected = std::move(expected);
  Submission submission;
  submission.view = RunView::kDeployment;
  submission.wait = wait;
  submission.idempotency = std::move(body.idempotency);
  submission.send = [&call, &request](auto idempotency, runtime::Answer answer) {
    request.idempotency = std::move(idempotency);
    call.engine().Vote(std::move(request), std::move(answer));
  };
  return Submit(call, std::move(submission));
}

// "executing" is the facade's own word: such runs are found by their status.
void FilterState(ports::RunQuery& query) {
  if (query.state.empty()) return;
  if (query.state == codec::kExecutingState) {
    query.state.clear();
    query.statuses = {core::RunStatus::kExecuting};
    return;
  }
  for (std::size_t i = 1; i <= core::kRunStatuses; ++i) {
    const auto status = static_cast<core::RunStatus>(i);
    if (status != core::RunStatus::kExecuting) query.statuses.push_back(status);
  }
}

Outcome ListDeployments(Call& call) {
  GW_TRY(query, ReadPageQuery(call.request));
  GW_TRY(state, QueryText(call.request, "state"));
  GW_TRY(workflow, QueryText(call.request, "workflow"));
  query.state = std::move(state);
  query.workflow = std::move(workflow);
  FilterState(query);
  const auto page = call.engine().ListRuns(query);
  if (!page) return Failed(page.error());
  std::string body = "[";
  for (const ports::RunRow& row : page->rows) {
    if (IsHidden(call.api, call.identity, row)) continue;
    codec::AppendDeployment(body, codec::SummaryOf(row));
  }
  body += ']';
  return AnswerList(call.request, std::move(body), page->next_before);
}

Outcome GetDeployment(Call& call) {
  GW_TRY(id, PathRun(call.request));
  GW_TRY(row, FindRow(call, id));
  std::string body;
  codec::AppendDeployment(body, codec::SummaryOf(row));
  return AnswerRun(call.request, row.id, row.version, std::move(body));
}

}  // namespace

void MountDeployments(Routes& routes) {
  const RouteRules decision{.query = {"wait"}, .answer_time = AnswerTime(routes.api().options())};
  routes.Post("/deployments", Access::To(access::Verb::kRequest, WorkflowOfBody), {},
              CreateDeployment);
  routes.Get("/deployments", Access::To(access::Verb::kView, Somewhere),
             {.query = {"state", "q", "workflow", "limit", "cursor"}}, ListDeployments);
  routes.Get("/deployments/:id", Access::To(access::Verb::kView, RunOfPath), {}, GetDeployment);
  routes.Post("/deployments/:id/approve", Access::To(access::Verb::kVote, RunOfPath), decision,
              [](Call& call) { return Decide(call, core::Choice::kApprove); });
  routes.Post("/deployments/:id/reject", Access::To(access::Verb::kVote, RunOfPath), decision,
              [](Call& call) { return Decide(call, core::Choice::kReject); });
}

}  // namespace gatewright::api
