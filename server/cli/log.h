// server/cli/log.h: the program's log on standard output, one line per entry, as text or JSON.
// What is written may come from outside (names, plugin output): line breaks and control characters
// are escaped, so that nobody can forge an entry. Thread-safe.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "engine/base/time.h"
#include "engine/ports/log.h"
#include "server/cli/settings.h"

namespace spdlog {
class logger;
}

namespace gatewright::cli {

// One entry with its newline. Pure.
std::string FormatEntry(LogFormat format, Time at, ports::LogLevel level, std::string_view text);

class ProgramLog final : public ports::Log {
 public:
  ProgramLog(LogFormat format, ports::LogLevel least);
  ~ProgramLog() override;

  void Write(ports::LogLevel level, std::string_view text) override;

 private:
  std::shared_ptr<spdlog::logger> logger_;
};

}  // namespace gatewright::cli
