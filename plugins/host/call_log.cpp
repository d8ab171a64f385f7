#include <spdlog/spdlog.h>

#include "plugins/host/environment.h"

namespace gatewright::host {
namespace {

spdlog::level::level_enum LevelOf(LogSeverity severity) {
  switch (severity) {
    case LogSeverity::kDebug:
      return spdlog::level::debug;
    case LogSeverity::kInfo:
      return spdlog::level::info;
    case LogSeverity::kWarning:
      return spdlog::level::warn;
    case LogSeverity::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

}  // namespace

void LogToDefaultLogger(LogSeverity severity, std::string_view offer, std::string_view line) {
  spdlog::log(LevelOf(severity), "plugin {}: {}", offer, line);
}

}  // namespace gatewright::host
