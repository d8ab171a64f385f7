// plugins/host/environment.h: what every call into a plugin can use of the server. Immutable.
#pragma once

#include <functional>
#include <string_view>

#include "engine/base/time.h"
#include "plugins/host/plugin_host.h"

namespace gatewright::host {

struct Environment {
  std::function<Time()> now;
  std::function<void(LogSeverity, std::string_view offer, std::string_view line)> log;
  Duration create_limit;
};

// Where plugins' lines go when nobody says otherwise: spdlog's default logger.
void LogToDefaultLogger(LogSeverity severity, std::string_view offer, std::string_view line);

}  // namespace gatewright::host
