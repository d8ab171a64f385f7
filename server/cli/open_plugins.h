// server/cli/open_plugins.h: the plugins of the configured folder. One thread; what it returns is
// thread-safe.
#pragma once

#include <memory>

#include "engine/base/result.h"
#include "engine/ports/log.h"
#include "plugins/host/plugin_host.h"
#include "server/cli/settings.h"

namespace gatewright::cli {

// `log` gets what plugins say, and must outlive them. No folder configured = no plugins.
Result<std::unique_ptr<host::PluginHost>> OpenPlugins(const Settings& settings, ports::Log& log);

}  // namespace gatewright::cli
