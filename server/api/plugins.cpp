// The plugins that were found, and what they offer to workflows.
#include "engine/codec/views.h"
#include "server/api/lists.h"
#include "server/api/resources.h"

namespace gatewright::api {
namespace {

Outcome ListPlugins(Call& call) {
  std::string body;
  codec::OpenPage(body);
  for (const ports::PluginInfo& plugin : call.engine().plugins().List()) {
    codec::AppendPlugin(body, plugin);
  }
  codec::ClosePage(body);
  return AnswerList(call.request, std::move(body));
}

// Only what can be used from now on: what a broken plugin would offer is not a stage type, nor what
// an old version did.
Outcome ListStageTypes(Call& call) {
  std::string body;
  codec::OpenPage(body);
  for (const ports::PluginInfo& plugin : call.engine().plugins().List()) {
    if (plugin.health != ports::PluginHealth::kOk) continue;
    if (plugin.state != ports::PluginState::kCurrent) continue;
    for (const ports::Offer& offer : plugin.offers) {
      codec::AppendStageType(body, offer);
    }
  }
  codec::ClosePage(body);
  return AnswerList(call.request, std::move(body));
}

}  // namespace

void MountPlugins(Routes& routes) {
  routes.Get("/api/v1/plugins", Access::To(access::Verb::kView, Somewhere), {}, ListPlugins);
  routes.Get("/api/v1/stage-types", Access::To(access::Verb::kView, Somewhere), {}, ListStageTypes);
}

}  // namespace gatewright::api
