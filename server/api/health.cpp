// Is it alive, is it ready, how is it: /livez, /readyz and /health.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "engine/codec/json_writer.h"
#include "server/api/parameters.h"
#include "server/api/parts.h"
#include "server/api/problems.h"
#include "server/api/resources.h"

namespace gatewright::api {
namespace {

constexpr std::string_view kDevelopmentMode =
    "development mode: authentication is off; everybody who reaches this address may do everything";

struct Check {
  std::string_view name;
  bool is_ok = true;
  std::string detail;
};

bool AllOk(const std::vector<Check>& checks) {
  for (const Check& check : checks) {
    if (!check.is_ok) return false;
  }
  return true;
}

// What must work for a request to be served. A broken plugin is not among it: it disables only
// what it offers.
std::vector<Check> RunChecks(Call& call, const Result<ports::StoreHealth>& store) {
  std::vector<Check> checks;
  const bool is_draining = call.api.parts().is_draining;
  checks.push_back({"server", !is_draining, is_draining ? "shutting down" : "serving"});
  checks.push_back(
      {"database", store.has_value(),
       store ? fmt::format("{} {}, schema {}", store->backend, store->version, store->schema)
             : store.error().message});
  const std::size_t workflows = call.engine().workflows().AllCurrent().size();
  checks.push_back({"workflows", true, fmt::format("{} published", workflows)});
  return checks;
}

std::string ChecksJson(const std::vector<Check>& checks) {
  std::string out;
  codec::JsonWriter json(out);
  json.OpenArray();
  for (const Check& check : checks) {
    json.OpenObject();
    json.Key("name").Word(check.name);
    json.Key("status").Word(check.is_ok ? "ok" : "failing");
    json.Key("detail").Text(check.detail);
    json.CloseObject();
  }
  json.CloseArray();
  return out;
}

http::Response NotReady(const std::vector<Check>& checks) {
  std::string failing;
  for (const Check& check : checks) {
    if (check.is_ok) continue;
    failing += fmt::format("{}{}: {}", failing.empty() ? "" : "; ", check.name, check.detail);
  }
  http::Response response = http::Problem(503, "not_ready", failing);
  AddMember(response, "checks", ChecksJson(checks));
  response.headers.push_back({"Retry-After", "5"});
  return response;
}

Outcome Live(Call&) { return Json(200, R"({"status":"ok"})"); }

Outcome Ready(Call& call) {
  GW_TRY(is_verbose, QueryFlag(call.request, "verbose"));
  const auto checks = RunChecks(call, call.engine().Health());
  if (!AllOk(checks)) return NotReady(checks);
  std::string body;
  codec::JsonWriter json(body);
  json.OpenObject().Key("status").Word("ok");
  if (is_verbose) json.Key("checks").Raw(ChecksJson(checks));
  json.CloseObject();
  return Json(200, std::move(body));
}

void WritePlugins(codec::JsonWriter& json, const std::vector<ports::PluginInfo>& plugins) {
  const auto loaded = std::ranges::count_if(plugins, [](const ports::PluginInfo& plugin) {
    return plugin.health == ports::PluginHealth::kOk &&
           plugin.state == ports::PluginState::kCurrent;
  });
  json.Key("plugins").OpenObject();
  json.Key("loaded").Integer(loaded);
  json.Key("broken").OpenArray();
  for (const auto& plugin : plugins) {
    if (plugin.health == ports::PluginHealth::kOk) continue;
    json.OpenObject();
    json.Key("name").Text(plugin.name);
    json.Key("problem").Text(plugin.problem);
    json.CloseObject();
  }
  json.CloseArray().CloseObject();
}

bool HasBrokenPlugin(const std::vector<ports::PluginInfo>& plugins) {
  for (const auto& plugin : plugins) {
    if (plugin.health != ports::PluginHealth::kOk) return true;
  }
  return false;
}

Outcome Health(Call& call) {
  const auto store = call.engine().Health();
  const auto checks = RunChecks(call, store);
  if (!AllOk(checks)) return NotReady(checks);
  const auto plugins = call.engine().plugins().List();
  std::string body;
  codec::JsonWriter json(body);
  json.OpenObject();
  json.Key("status").Word(HasBrokenPlugin(plugins) ? "degraded" : "ok");
  json.Key("version").Text(call.api.options().version);
  json.Key("database").OpenObject();
  json.Key("backend").Text(store->backend);
  json.Key("version").Text(store->version);
  json.Key("schema").Integer(store->schema);
  json.Key("head").Integer(store->head.value);
  json.CloseObject();
  WritePlugins(json, plugins);
  json.Key("workflows").OpenObject();
  for (const auto& revision : call.engine().workflows().AllCurrent()) {
    json.ForeignKey(revision->row.name).Integer(revision->row.revision);
  }
  json.CloseObject();
  json.Key("auth").Text(call.api.options().auth_mode);
  json.Key("warnings").OpenArray();
  if (call.api.options().auth_mode == "none") json.Text(kDevelopmentMode);
  for (const std::string& warning : call.api.options().warnings) json.Text(warning);
  json.CloseArray();
  json.Key("checks").Raw(ChecksJson(checks));
  json.CloseObject();
  return Json(200, std::move(body));
}

}  // namespace

void MountHealth(Routes& routes) {
  routes.Get("/health", Access::Open(), {}, Health);
  routes.Get("/livez", Access::Open(), {}, Live);
  routes.Get("/readyz", Access::Open(), {.query = {"verbose"}}, Ready);
}

}  // namespace gatewright::api
