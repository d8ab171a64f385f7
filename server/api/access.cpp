#include "server/api/access.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "engine/codec/json.h"
#include "engine/codec/json_writer.h"
#include "server/api/parameters.h"
#include "server/api/parts.h"
#include "server/api/problems.h"

namespace gatewright::api {
namespace {

// A member of the body that is a text; "" when it is not there. What is wrong with the body is for
// the handler to say.
std::string BodyText(const http::Request& request, std::string_view member) {
  const auto body = codec::ParseJson(request.body);
  const auto* object = body ? body->if_object() : nullptr;
  const auto* value = object != nullptr ? object->if_contains(member) : nullptr;
  const auto* text = value != nullptr ? value->if_string() : nullptr;
  return text != nullptr ? std::string(*text) : "";
}

access::Resource WorkflowNamed(ApiContext& api, std::string name) {
  access::Resource resource;
  const auto revision = api.engine().workflows().Current(WorkflowName(name));
  if (revision) resource.labels = revision->workflow.labels;
  resource.workflow = std::move(name);
  return resource;
}

Checked<access::Resource> OfRun(ApiContext& api, RunId id, std::string_view stage) {
  const auto row = api.engine().GetRow(id);
  if (!row) return Failed(row.error());
  if (!*row) return NoSuchRun(fmt::to_string(id.value));
  access::Resource resource = ResourceOf(api, **row);
  if (!stage.empty()) resource.stage = stage;
  return resource;
}

}  // namespace

Checked<access::Resource> Somewhere(ApiContext&, const http::Request&) {
  access::Resource resource;
  resource.is_somewhere = true;
  return resource;
}

Checked<access::Resource> Everywhere(ApiContext&, const http::Request&) {
  return access::Resource();
}

Checked<access::Resource> RunOfPath(ApiContext& api, const http::Request& request) {
  GW_TRY(id, PathRun(request));
  return OfRun(api, id, request.body.empty() ? "" : BodyText(request, "stage"));
}

Checked<access::Resource> RunOfQuery(ApiContext& api, const http::Request& request) {
  const auto id = ParseCanonicalInteger(request.Query("run").value_or(""));
  if (!id || *id < 1) return access::Resource();
  return OfRun(api, RunId(*id), "");
}

Checked<access::Resource> WorkflowOfPath(ApiContext& api, const http::Request& request) {
  return WorkflowNamed(api, std::string(request.Param("name")));
}

Checked<access::Resource> WorkflowOfBody(ApiContext& api, const http::Request& request) {
  std::string name = BodyText(request, "workflow");
  return WorkflowNamed(api, name.empty() ? api.options().default_workflow : std::move(name));
}

Checked<access::Resource> WorkflowOfQuery(ApiContext& api, const http::Request& request) {
  const auto name = request.Query("workflow");
  if (!name || name->empty()) return access::Resource();
  return WorkflowNamed(api, std::string(*name));
}

access::Resource ResourceOf(ApiContext& api, const ports::RunRow& row) {
  access::Resource resource;
  const auto revision = api.engine().workflows().Pinned(WorkflowVersion(row.workflow_version));
  if (revision) resource.labels = revision->workflow.labels;
  resource.workflow = row.workflow;
  resource.stage = row.stage;
  return resource;
}

access::Resource ResourceOf(ApiContext& api, const core::Run& run, std::string_view stage) {
  access::Resource resource;
  const auto revision = api.engine().workflows().Pinned(run.workflow_version);
  if (revision) resource.labels = revision->workflow.labels;
  resource.workflow = run.workflow.value;
  resource.stage = stage.empty() ? run.current_stage.value : std::string(stage);
  return resource;
}

access::Decision DecideFor(ApiContext& api, const auth::Identity& caller, access::Verb verb,
                           const access::Resource& resource) {
  if (!api.parts().sign_in.is_on()) {
    return {true, "authentication is off: everybody may do everything", {}};
  }
  return access::Decide(api.parts().sign_in.directory()->roles, {caller.principal, caller.only},
                        verb, resource);
}

Outcome RefuseVerb(ApiContext& api, const auth::Identity& caller, access::Verb verb,
                   const access::Resource& resource) {
  const access::Decision decision = DecideFor(api, caller, verb, resource);
  if (decision.is_allowed) return std::nullopt;
  const std::string givers =
      decision.roles.empty() ? ""
                             : fmt::format("; {} {}", decision.roles.size() == 1 ? "role" : "roles",
                                           fmt::join(decision.roles, ", ")) +
                                   " would give it";
  http::Response response = http::Problem(
      403, "not_allowed",
      fmt::format("{}{}. Whoever keeps the directory gives roles.", decision.why, givers));
  std::string roles;
  codec::JsonWriter json(roles);
  json.OpenArray();
  for (const std::string& role : decision.roles) json.Text(role);
  json.CloseArray();
  AddMember(response, "verb", fmt::format("\"{}\"", access::ToString(verb)));
  AddMember(response, "roles", roles);
  return response;
}

bool IsHidden(ApiContext& api, const auth::Identity& caller, const ports::RunRow& row) {
  if (!api.parts().sign_in.is_on()) return false;
  return !DecideFor(api, caller, access::Verb::kView, ResourceOf(api, row)).is_allowed;
}

}  // namespace gatewright::api
