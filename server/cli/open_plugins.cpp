// server/cli/open_plugins.cpp: settings → host options.
#include "server/cli/open_plugins.h"

#include <fmt/format.h>

#include <filesystem>

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

// Ours are built on the same SDK, but with us: they need no wall between.
constexpr std::string_view kShipped[] = {GATEWRIGHT_SHIPPED_PLUGINS};

host::LibraryRules RulesOf(const PluginGrants& grants) {
  if (grants.in_server) return {host::Isolation::kNone, {}};
  host::LibraryRules rules{host::Isolation::kProcess, {}};
  if (grants.network) rules.grants.insert(host::Grant::kNetwork);
  if (grants.files) rules.grants.insert(host::Grant::kFiles);
  if (grants.processes) rules.grants.insert(host::Grant::kProcesses);
  return rules;
}

}  // namespace

Result<std::unique_ptr<host::PluginHost>> OpenPlugins(const Settings& settings, ports::Log& log) {
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
  options.rules = {host::Isolation::kProcess, {}};
  for (const std::string_view file : kShipped) {
    options.rules_of[std::string(file)] = {host::Isolation::kNone, {}};
  }
  for (const auto& [file, grants] : settings.plugin_grants) {
    options.rules_of[file] = RulesOf(grants);
  }
  options.child_program = "/proc/self/exe";
  options.child_memory = settings.plugin_memory;
  options.most_children = static_cast<std::size_t>(settings.plugin_processes);
  options.log = [&log](host::LogSeverity severity, std::string_view offer, std::string_view line) {
    log.Write(ToLevel(severity), fmt::format("plugin {}: {}", offer, line));
  };
  return host::PluginHost::Load(std::move(options));
}

}  // namespace gatewright::cli
