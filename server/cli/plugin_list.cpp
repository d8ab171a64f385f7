// server/cli/plugin_list.cpp: `gatewright plugin list`: what the plugins folder holds.
#include <fmt/format.h>

#include "engine/codec/json.h"
#include "server/cli/commands.h"
#include "server/cli/open_plugins.h"

namespace gatewright::cli {
namespace {

void PrintText(const ports::PluginInfo& plugin) {
  if (plugin.health == ports::PluginHealth::kBroken) {
    fmt::print("{}  BROKEN: {}\n", plugin.name, plugin.problem);
    return;
  }
  fmt::print("{} {}  (ABI {}, {}, {})\n", plugin.name, plugin.version, plugin.abi,
             plugin.is_isolated ? "in its own process" : "in the server", plugin.path);
  for (const ports::Offer& offer : plugin.offers) {
    fmt::print("  {:<9} {:<12} {}\n", ToString(offer.kind), offer.name, offer.summary);
  }
}

void AppendJson(std::string& json, const ports::PluginInfo& plugin) {
  const auto member = [&json](std::string_view name, std::string_view text) {
    if (json.back() != '{') json += ',';
    codec::AppendJsonString(json, name);
    json += ':';
    codec::AppendJsonString(json, text);
  };
  json += '{';
  member("name", plugin.name);
  member("version", plugin.version);
  member("abi", plugin.abi);
  member("path", plugin.path);
  member("sha256", plugin.sha256);
  member("health", plugin.health == ports::PluginHealth::kOk ? "ok" : "broken");
  member("problem", plugin.problem);
  member("isolation", plugin.is_isolated ? "process" : "none");
  json += R"(,"offers":[)";
  for (const ports::Offer& offer : plugin.offers) {
    if (json.back() != '[') json += ',';
    json += '{';
    member("kind", ToString(offer.kind));
    member("name", offer.name);
    member("summary", offer.summary);
    json += '}';
  }
  json += "]}";
}

}  // namespace

int RunPluginList(const Arguments& arguments) {
  const auto configuration = Configure(arguments);
  if (!configuration) return kExitUsage;
  ports::NullLog log;
  auto plugins = OpenPlugins(configuration->settings, log);
  if (!plugins) {
    PrintError(plugins.error().message);
    return kExitFailure;
  }
  bool is_any_broken = false;
  std::string json = "[";
  for (const ports::PluginInfo& plugin : (*plugins)->List()) {
    is_any_broken |= plugin.health == ports::PluginHealth::kBroken;
    if (!arguments.is_json) {
      PrintText(plugin);
      continue;
    }
    if (json.size() > 1) json += ',';
    AppendJson(json, plugin);
  }
  if (arguments.is_json) fmt::print("{}]\n", json);
  return is_any_broken ? kExitFailure : kExitOk;
}

}  // namespace gatewright::cli
