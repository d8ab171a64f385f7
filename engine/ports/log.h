// engine/ports/log.h: where the engine says what it does, for operators. Thread-safe, never blocks
// for long, and never given a secret.
#pragma once

#include <string_view>

namespace gatewright::ports {

enum class LogLevel { kDebug = 1, kInfo, kWarning, kError };

class Log {
 public:
  virtual ~Log() = default;
  virtual void Write(LogLevel level, std::string_view text) = 0;

  void Debug(std::string_view text) { Write(LogLevel::kDebug, text); }
  void Info(std::string_view text) { Write(LogLevel::kInfo, text); }
  void Warning(std::string_view text) { Write(LogLevel::kWarning, text); }
  void Error(std::string_view text) { Write(LogLevel::kError, text); }
};

class NullLog final : public Log {
 public:
  void Write(LogLevel, std::string_view) override {}
};

}  // namespace gatewright::ports
