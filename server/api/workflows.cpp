// Workflows: the published ones, their revisions and pictures, and publishing another.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <boost/json/array.hpp>

#include "engine/base/edit_distance.h"
#include "engine/codec/json_writer.h"
#include "engine/codec/site_requests.h"
#include "engine/codec/views.h"
#include "engine/codec/views_workflow.h"
#include "engine/core/graph.h"
#include "server/api/body.h"
#include "server/api/idempotency.h"
#include "server/api/lists.h"
#include "server/api/parameters.h"
#include "server/api/parts.h"
#include "server/api/resources.h"

namespace gatewright::api {
namespace {

constexpr auto kYamlTypes = std::to_array<std::string_view>(
    {"application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml"});

Checked<runtime::RevisionPtr> FindWorkflow(Call& call) {
  const std::string_view name = call.request.Param("name");
  auto revision = call.engine().workflows().Current(WorkflowName(name));
  if (revision) return revision;
  std::vector<std::string> names;
  for (const auto& known : call.engine().workflows().AllCurrent()) {
    names.push_back(known->row.name);
  }
  return http::Problem(
      404, "not_found",
      fmt::format("there is no workflow '{}' (published: {}).{}", name,
                  names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", ")),
                  DidYouMeanSuffix(name, names)));
}

Outcome ListWorkflows(Call& call) {
  std::string body;
  codec::OpenPage(body);
  for (const auto& revision : call.engine().workflows().AllCurrent()) {
    codec::AppendWorkflowSummary(body, revision->workflow, revision->row, revision->problems);
  }
  codec::ClosePage(body);
  return AnswerList(call.request, std::move(body));
}

std::string WorkflowJson(const runtime::Revision& revision) {
  std::string body;
  codec::AppendWorkflow(body, revision.workflow, revision.row, revision.problems);
  return body;
}

Outcome GetWorkflow(Call& call) {
  GW_TRY(revision, FindWorkflow(call));
  return AnswerList(call.request, WorkflowJson(*revision));
}

Outcome Revisions(Call& call) {
  GW_TRY(current, FindWorkflow(call));
  std::string body;
  codec::OpenPage(body);
  const auto revisions = call.engine().workflows().Revisions(current->workflow.name);
  for (auto revision = revisions.rbegin(); revision != revisions.rend(); ++revision) {
    codec::AppendRevision(body, (*revision)->row);
  }
  codec::ClosePage(body);
  return AnswerList(call.request, std::move(body));
}

void WriteGraph(codec::JsonWriter& json, const std::vector<core::GraphEdge>& edges) {
  json.OpenObject().Key("edges").OpenArray();
  for (const core::GraphEdge& edge : edges) {
    json.OpenObject();
    json.Key("from").Text(edge.from);
    json.Key("to").Text(edge.to);
    json.Key("label").Text(edge.label);
    json.CloseObject();
  }
  json.CloseArray().CloseObject();
}

Outcome Graph(Call& call) {
  GW_TRY(revision, FindWorkflow(call));
  GW_TRY(format, QueryText(call.request, "format"));
  const auto edges = core::EdgesOf(revision->workflow);
  http::Response response;
  if (format == "mermaid") {
    response.content_type = "text/plain; charset=utf-8";
    response.body = core::DrawMermaid(edges);
    return response;
  }
  if (format == "dot") {
    response.content_type = "text/vnd.graphviz; charset=utf-8";
    response.body = core::DrawDot(edges, revision->row.name);
    return response;
  }
  if (!format.empty() && format != "json") {
    return BadParameter("format", "mermaid, dot or json", format);
  }
  codec::JsonWriter json(response.body);
  WriteGraph(json, edges);
  return response;
}

// Every mistake with its place: `detail` for people, the rest for editors.
http::Response BrokenSource(std::string_view file, const std::vector<SourceProblem>& problems) {
  std::string errors;
  codec::JsonWriter json(errors);
  json.OpenArray();
  for (const SourceProblem& problem : problems) {
    json.OpenObject();
    json.Key("pointer").Text(problem.pointer);
    json.Key("detail").Text(
        fmt::format("{}:{}:{}: {}", file, problem.line, problem.column, problem.message));
    json.Key("line").Integer(static_cast<std::int64_t>(problem.line));
    json.Key("column").Integer(static_cast<std::int64_t>(problem.column));
    json.CloseObject();
  }
  json.CloseArray();
  http::Response response =
      http::Problem(422, "validation_failed",
                    fmt::format("the workflow has {} mistake{}; the version in force stays",
                                problems.size(), problems.size() == 1 ? "" : "s"));
  AddMember(response, "errors", errors);
  return response;
}

// How many runs that are not finished stand on another version than `version`.
Result<std::int64_t> CountOpenRuns(runtime::Engine& engine, const std::string& workflow,
                                   const std::string& version) {
  constexpr std::int64_t kEnough = 10'000;
  ports::RunQuery query;
  query.workflow = workflow;
  query.statuses = {core::RunStatus::kWaiting, core::RunStatus::kExecuting,
                    core::RunStatus::kNeedsAttention, core::RunStatus::kBlocked};
  query.limit = 200;
  std::int64_t count = 0;
  do {
    GW_TRY(page, engine.ListRuns(query));
    for (const ports::RunRow& row : page.rows) count += row.workflow_version == version ? 0 : 1;
    query.before = page.next_before;
  } while (query.before.value > 0 && count < kEnough);
  return count;
}

void WriteImpact(codec::JsonWriter& json, const core::Impact& impact) {
  json.Key("impact").OpenObject();
  json.Key("open_runs").Integer(static_cast<std::int64_t>(impact.open_runs));
  json.Key("complete").Boolean(impact.is_complete);
  json.Key("affected").OpenArray();
  for (const core::RunImpact& run : impact.affected) {
    json.OpenObject();
    json.Key("run").Integer(run.run.value);
    json.Key("name").Text(run.name);
    json.Key("stage").TextOrNull(run.stage.value);
    json.Key("notes").OpenArray();
    for (const core::ImpactNote& note : run.notes) {
      json.OpenObject();
      json.Key("kind").Word(ToString(note.kind));
      json.Key("detail").Text(note.detail);
      json.CloseObject();
    }
    json.CloseArray().CloseObject();
  }
  json.CloseArray().CloseObject();
}

// What publishing would do, without doing it.
http::Response DryRun(runtime::Engine& engine, const core::Workflow& workflow) {
  const auto current = engine.workflows().Current(workflow.name);
  const auto open_runs = CountOpenRuns(engine, workflow.name.value, workflow.version.value);
  if (!open_runs) return Failed(open_runs.error());
  const auto impact = engine.ImpactOf(workflow);
  if (!impact) return Failed(impact.error());
  std::string body;
  codec::JsonWriter json(body);
  json.OpenObject();
  json.Key("dry_run").Boolean(true);
  json.Key("name").Text(workflow.name.value);
  json.Key("version").Text(workflow.version.value);
  json.Key("change").Word(impact->is_new    ? "new_workflow"
                          : impact->is_same ? "unchanged"
                                            : "new_revision");
  json.Key("current_revision");
  if (current) {
    json.Integer(current->row.revision);
  } else {
    json.Null();
  }
  json.Key("open_runs_on_other_versions").Integer(*open_runs);
  WriteImpact(json, *impact);
  codec::WriteLooks(json, workflow);
  json.Key("graph");
  WriteGraph(json, core::EdgesOf(workflow));
  json.CloseObject();
  return Json(200, std::move(body));
}

http::Response Publish(runtime::Engine& engine, core::Principal actor, core::Workflow workflow,
                       std::string source) {
  const WorkflowName name = workflow.name;
  const auto before = engine.workflows().Current(name);
  runtime::PublishRequest request;
  request.published_by = actor.id.value;
  request.actor = std::move(actor);
  request.workflow = std::move(workflow);
  request.source = std::move(source);
  const auto revision = engine.Publish(std::move(request));
  if (!revision) return Failed(revision.error());
  const bool is_new = !before || before->row.revision != (*revision)->row.revision;
  http::Response response = Json(is_new ? 201 : 200, WorkflowJson(**revision));
  if (is_new) {
    response.headers.push_back({"Location", fmt::format("/api/v1/workflows/{}", name.value)});
  }
  return response;
}

http::Response CheckAndPublish(ApiContext& api, const auth::Identity& caller,
                               const std::string& source, bool is_dry_run) {
  constexpr std::string_view kFile = "workflow.yaml";
  CheckedSource checked = api.options().check_source(source, kFile);
  if (!checked.workflow) return BrokenSource(kFile, checked.problems);
  access::Resource resource;
  resource.workflow = checked.workflow->name.value;
  resource.labels = checked.workflow->labels;
  if (auto refusal = RefuseVerb(api, caller, access::Verb::kPublish, resource)) return *refusal;
  if (is_dry_run) return DryRun(api.engine(), *checked.workflow);
  return Publish(api.engine(), caller.principal, *std::move(checked.workflow), source);
}

Outcome Post(Call& call) {
  GW_TRY(is_dry_run, QueryFlag(call.request, "dry_run"));
  if (auto refusal = RefuseMediaType(call.request, kYamlTypes)) return refusal;
  // Publishing the same content again changes nothing, so a key has nothing to add but its form.
  GW_TRY(key, ReadIdempotency(call.request, call.caller, std::nullopt));
  if (!call.api.options().check_source) {
    return Failed({ErrorCode::kUnavailable, "this server does not take workflows over HTTP"});
  }
  const bool is_posted = call.api.parts().background.Post(
      [&api = call.api, responder = call.responder, caller = call.identity,
       source = call.request.body,
       is_dry_run] { responder.Send(CheckAndPublish(api, caller, source, is_dry_run)); });
  if (!is_posted) {
    return Failed({ErrorCode::kUnavailable, "too many workflows are being published; try again"});
  }
  return std::nullopt;
}

// Nothing is stored, no action is made, nobody is told.
http::Response PlayThrough(ApiContext& api, const codec::SimulationBody& body) {
  constexpr std::string_view kFile = "workflow.yaml";
  CheckedSource checked = api.options().check_source(body.source, kFile);
  if (!checked.workflow) return BrokenSource(kFile, checked.problems);
  return Json(200, api.options().simulate(*std::move(checked.workflow), body.subject_json));
}

Outcome Simulate(Call& call) {
  GW_TRY(body, ReadBody(call.request, codec::ReadSimulationBody));
  // Nothing changes, so a key has nothing to add but its form.
  GW_TRY(key, ReadIdempotency(call.request, call.caller, std::nullopt));
  if (!call.api.options().check_source || !call.api.options().simulate) {
    return Failed({ErrorCode::kUnavailable, "this server plays no workflows"});
  }
  return AnswerInBackground(call,
                            [body](ApiContext& api, const http::Request&, const core::Principal&) {
                              return PlayThrough(api, body);
                            });
}

http::Response RetireOne(runtime::Engine& engine, const WorkflowName& name) {
  const auto open = engine.Retire(name);
  if (!open) return Failed(open.error());
  http::Response response;
  response.status = 204;
  if (open->empty()) return response;
  std::vector<std::int64_t> ids;
  for (const RunId run : *open) ids.push_back(run.value);
  response = http::Problem(
      409, "workflow_in_use",
      fmt::format("workflow '{}' has runs that are still open: expected none, found {}{}; wait for "
                  "them, cancel them or migrate them",
                  name.value, fmt::join(ids, ", "), ids.size() < 50 ? "" : " and maybe more"));
  AddMember(response, "runs", fmt::format("[{}]", fmt::join(ids, ",")));
  return response;
}

Outcome Delete(Call& call) {
  GW_TRY(revision, FindWorkflow(call));
  // Asking again finds nothing to delete, so a key has nothing to add but its form.
  GW_TRY(key, ReadIdempotency(call.request, call.caller, std::nullopt));
  return AnswerInBackground(call,
                            [name = revision->workflow.name](ApiContext& api, const http::Request&,
                                                             const core::Principal&) {
                              return RetireOne(api.engine(), name);
                            });
}

}  // namespace

void MountWorkflows(Routes& routes) {
  routes.Get("/api/v1/workflows", Access::To(access::Verb::kView, Somewhere), {}, ListWorkflows);
  routes.Post("/api/v1/workflows", Access::To(access::Verb::kPublish, Somewhere),
              {.query = {"dry_run"}}, Post);
  routes.Post("/api/v1/simulate", Access::To(access::Verb::kView, Somewhere), {}, Simulate);
  routes.Get("/api/v1/workflows/:name", Access::To(access::Verb::kView, WorkflowOfPath), {},
             GetWorkflow);
  routes.Delete("/api/v1/workflows/:name", Access::To(access::Verb::kPublish, WorkflowOfPath), {},
                Delete);
  routes.Get("/api/v1/workflows/:name/revisions", Access::To(access::Verb::kView, WorkflowOfPath),
             {}, Revisions);
  routes.Get("/api/v1/workflows/:name/graph", Access::To(access::Verb::kView, WorkflowOfPath),
             {.query = {"format"}}, Graph);
}

}  // namespace gatewright::api
