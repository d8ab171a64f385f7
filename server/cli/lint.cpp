// server/cli/lint.cpp: `gatewright lint FILE…`: against the plugins that are installed here.
#include "engine/definition/lint.h"

#include <fmt/format.h>

#include "server/cli/any_plugins.h"
#include "server/cli/commands.h"
#include "server/cli/open_plugins.h"

namespace gatewright::cli {

int RunLint(const Arguments& arguments) {
  const auto configuration = Configure(arguments);
  if (!configuration) return kExitUsage;
  ports::NullLog log;
  const AnyPlugins any;
  const auto opened = OpenPlugins(configuration->settings, log);
  if (!opened) {
    PrintError(
        fmt::format("names and settings of plugins are not checked: {}", opened.error().message));
  }
  const ports::Plugins& plugins = opened ? **opened : static_cast<const ports::Plugins&>(any);
  const auto format =
      arguments.is_json ? definition::LintFormat::kJson : definition::LintFormat::kText;
  const definition::LintReport report = definition::Lint(arguments.files, plugins, format);
  fmt::print("{}", report.output);
  return report.exit_code;
}

}  // namespace gatewright::cli
