// server/cli/log.cpp: spdlog carries the lines; how they look is decided here.
#include "server/cli/log.h"

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include "engine/codec/json.h"

namespace gatewright::cli {
namespace {

constexpr std::size_t kMaxText = 16 * 1024;

std::string_view NameOf(ports::LogLevel level) {
  switch (level) {
    case ports::LogLevel::kDebug:
      return "debug";
    case ports::LogLevel::kInfo:
      return "info";
    case ports::LogLevel::kWarning:
      return "warning";
    case ports::LogLevel::kError:
      return "error";
  }
  return "info";
}

spdlog::level::level_enum ToSpdlog(ports::LogLevel level) {
  switch (level) {
    case ports::LogLevel::kDebug:
      return spdlog::level::debug;
    case ports::LogLevel::kInfo:
      return spdlog::level::info;
    case ports::LogLevel::kWarning:
      return spdlog::level::warn;
    case ports::LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

ports::LogLevel FromSpdlog(spdlog::level::level_enum level) {
  if (level <= spdlog::level::debug) return ports::LogLevel::kDebug;
  if (level == spdlog::level::info) return ports::LogLevel::kInfo;
  if (level == spdlog::level::warn) return ports::LogLevel::kWarning;
  return ports::LogLevel::kError;
}

// Printable as it is; everything that a terminal or a reader of lines would act on, escaped.
void AppendEscaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
}

class EntryFormatter final : public spdlog::formatter {
 public:
  explicit EntryFormatter(LogFormat format) : format_(format) {}

  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    const auto at = std::chrono::time_point_cast<Duration>(message.time);
    const std::string_view text(message.payload.data(), message.payload.size());
    const std::string line = FormatEntry(format_, at, FromSpdlog(message.level), text);
    out.append(line.data(), line.data() + line.size());
  }

  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<EntryFormatter>(format_);
  }

 private:
  LogFormat format_;
};

}  // namespace

std::string FormatEntry(LogFormat format, Time at, ports::LogLevel level, std::string_view text) {
  const bool is_cut = text.size() > kMaxText;
  if (is_cut) text = text.substr(0, kMaxText);
  std::string line;
  line.reserve(text.size() + 80);
  if (format == LogFormat::kJson) {
    line += R"({"time":")";
    AppendTime(line, at);
    line += fmt::format(R"(","level":"{}","message":)", NameOf(level));
    codec::AppendJsonString(line, text);
    if (is_cut) line += R"(,"cut":true)";
    line += "}\n";
    return line;
  }
  AppendTime(line, at);
  line += fmt::format(" {:<7} ", NameOf(level));
  AppendEscaped(line, text);
  if (is_cut) line += " …";
  line += '\n';
  return line;
}

ProgramLog::ProgramLog(LogFormat format, ports::LogLevel least) {
  auto sink = std::make_shared<spdlog::sinks::stdout_sink_mt>();
  logger_ = std::make_shared<spdlog::logger>("gatewright", std::move(sink));
  logger_->set_formatter(std::make_unique<EntryFormatter>(format));
  logger_->set_level(ToSpdlog(least));
  logger_->flush_on(spdlog::level::info);
  // Standard output that is gone (a closed pipe) must not end the server.
  logger_->set_error_handler([](const std::string&) {});
}

ProgramLog::~ProgramLog() { logger_->flush(); }

void ProgramLog::Write(ports::LogLevel level, std::string_view text) {
  logger_->log(ToSpdlog(level), spdlog::string_view_t(text.data(), text.size()));
}

}  // namespace gatewright::cli
