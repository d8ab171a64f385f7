// server/cli/config_show.cpp: `gatewright config show`: every setting, and who set it.
#include <fmt/format.h>

#include <cstdio>

#include "engine/codec/json.h"
#include "server/cli/commands.h"

namespace gatewright::cli {
namespace {

std::string ShownText(const Given& given) {
  const Setting* setting = FindSetting(given.key);
  return setting != nullptr && setting->is_secret ? "(secret)" : given.text;
}

// "flag --port", "file config/server.yaml:3:9", "default".
std::string ShownOrigin(const Given& given) {
  if (given.origin == Origin::kDefault) return "default";
  return fmt::format("{} {}", ToString(given.origin), given.place);
}

std::string AsJson(const Configuration& configuration) {
  std::string json = "{";
  for (const Given& given : configuration.values) {
    if (json.size() > 1) json += ',';
    codec::AppendJsonString(json, given.key);
    json += R"(:{"value":)";
    codec::AppendJsonString(json, ShownText(given));
    json += R"(,"origin":)";
    codec::AppendJsonString(json, ToString(given.origin));
    json += R"(,"place":)";
    codec::AppendJsonString(json, given.place);
    json += '}';
  }
  return json + "}";
}

}  // namespace

int RunConfigShow(const Arguments& arguments) {
  const auto configuration = Configure(arguments);
  if (!configuration) return kExitUsage;
  if (arguments.is_json) {
    fmt::print("{}\n", AsJson(*configuration));
    return kExitOk;
  }
  for (const Given& given : configuration->values) {
    const std::string line = fmt::format("{} = {}", given.key, ShownText(given));
    if (arguments.with_origin) {
      fmt::print("{:<60} # {}\n", line, ShownOrigin(given));
    } else {
      fmt::print("{}\n", line);
    }
  }
  return kExitOk;
}

}  // namespace gatewright::cli
