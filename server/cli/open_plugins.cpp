// server/cli/open_plugins.cpp: settings → host options.
#include "server/cli/open_plugins.h"

#include <fmt/format.h>

#include <filesystem>

#include "plugins/host/plugin_host.h"

namespace gatewright::cli {
namespace {

ports::LogLevel ToLevel(host::LogSeverity severity) {
  switch (severity) {
    case host::LogSeverity::kDebug:
      return ports::LogLevel::kDebug;
    case host::LogSeverity::kInfo:
      return ports::LogLevel::kInfo;
    case host::LogSeverity::kWarning:
      return ports::LogLevel::kWarning;
    case host::LogSeverity::kError:
      return ports::LogLevel::kError;
  }
  return ports::LogLevel::kInfo;
}

}  // namespace

Result<std::unique_ptr<ports::Plugins>> OpenPlugins(const Settings& settings, ports::Log& log) {
  if (settings.plugins_path.empty()) {
    return Error{ErrorCode::kNotFound,
                 "no plugins folder was found beside this program; name one with --plugins or "
                 "APPROVAL_PLUGINS"};
  }
  host::PluginHostOptions options;
  std::error_code error;
  options.folder = std::filesystem::absolute(settings.plugins_path, error).lexically_normal();
  options.pins = settings.plugin_pins;
  options.trust = settings.plugins_trust == PluginTrust::kOwners ? host::FolderTrust::kOnlyOwners
                                                                 : host::FolderTrust::kAnybody;
  options.log = [&log](host::LogSeverity severity, std::string_view offer, std::string_view line) {
    log.Write(ToLevel(severity), fmt::format("plugin {}: {}", offer, line));
  };
  GW_TRY(plugins, host::PluginHost::Load(std::move(options)));
  return std::unique_ptr<ports::Plugins>(std::move(plugins));
}

}  // namespace gatewright::cli
