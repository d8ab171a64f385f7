// server/cli/settings.cpp: the table of settings and how their texts are read.
#include "server/cli/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace gatewright::cli {
namespace {

std::string ReadInteger(std::int64_t& out, std::string_view text, std::int64_t least,
                        std::int64_t most) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < least || number > most) {
    return fmt::format("a whole number from {} to {}", least, most);
  }
  out = number;
  return {};
}

// "65536", "64KiB", "1MiB".
std::string ReadBytes(std::int64_t& out, std::string_view text, std::int64_t least,
                      std::int64_t most) {
  std::int64_t unit = 1;
  std::string_view digits = text;
  if (text.ends_with("KiB")) unit = 1024;
  if (text.ends_with("MiB")) unit = 1024 * 1024;
  if (unit > 1) digits.remove_suffix(3);
  std::int64_t number = 0;
  if (!ReadInteger(number, digits, 0, std::numeric_limits<std::int64_t>::max() / unit).empty() ||
      number * unit < least || number * unit > most) {
    return fmt::format("a size from {} to {} bytes, like 65536, 64KiB or 1MiB", least, most);
  }
  out = number * unit;
  return {};
}

std::string ReadSpan(Duration& out, std::string_view text, Duration least, Duration most) {
  const auto span = ParseDuration(text);
  if (!span || *span < least || *span > most) {
    return fmt::format("a time from {} to {}, like 500ms, 10s or 24h", FormatDuration(least),
                       FormatDuration(most));
  }
  out = *span;
  return {};
}

std::string ReadText(std::string& out, std::string_view text, std::string_view expected) {
  const bool has_control =
      std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
  if (text.empty() || has_control) return std::string(expected);
  out = text;
  return {};
}

template <class Choice>
std::string ReadChoice(Choice& out, std::string_view text,
                       std::initializer_list<std::pair<std::string_view, Choice>> choices) {
  std::string expected;
  for (const auto& [name, value] : choices) {
    if (name == text) {
      out = value;
      return {};
    }
    expected += fmt::format("{}{}", expected.empty() ? "" : " or ", name);
  }
  return expected;
}

std::string ReadRecorded(Settings& s, std::string_view text) {
  for (std::string_view rest = text; !rest.empty();) {
    const auto space = rest.find(' ');
    const std::string_view file = rest.substr(0, space);
    rest.remove_prefix(space == rest.npos ? rest.size() : space + 1);
    if (file.empty()) continue;
    if (!file.ends_with(".so") || file.find('/') != file.npos) {
      return "names of files in the plugins folder, such as on-call.so, with spaces between";
    }
    s.recorded_plugins.emplace_back(file);
  }
  return {};
}

std::string ReadPort(Settings& s, std::string_view text) {
  std::int64_t port = 0;
  std::string expected = ReadInteger(port, text, 0, 65535);
  s.port = static_cast<std::uint16_t>(port);
  return expected.empty() ? expected : expected + " (0 takes any free port)";
}

std::string ReadThreads(Settings& s, std::string_view text) {
  std::int64_t threads = 0;
  std::string expected = ReadInteger(threads, text, 0, 256);
  s.threads = static_cast<int>(threads);
  return expected.empty() ? expected : expected + " (0 = one per core)";
}

std::string ReadSecret(std::string& out, std::string_view text) {
  if (text.size() < 32) {
    return "a secret of at least 32 bytes, for example from `openssl rand -base64 48`";
  }
  out = text;
  return {};
}

bool IsHttpAddress(std::string_view text) {
  return text.starts_with("http://") || text.starts_with("https://");
}

std::string ReadPublicUrl(Settings& s, std::string_view text) {
  constexpr std::string_view kUnfit = "?# ";
  if (!IsHttpAddress(text) || text.find_first_of(kUnfit) != text.npos) {
    return "an address that begins with http:// or https://, without ? and #";
  }
  while (text.ends_with('/')) text.remove_suffix(1);
  s.public_url = text;
  return {};
}

std::string ReadAssistants(Settings& s, std::string_view text) {
  if (!IsHttpAddress(text)) return "an address that begins with http:// or https://";
  return ReadText(s.assistants_base, text, "an address");
}

using namespace std::chrono_literals;
constexpr std::int64_t kMiB = 1024 * 1024;
// Where `{}` is the default, places.h finds it.
const std::vector<Setting> kSettings = {
    {"server.host", "APPROVAL_HOST", "--host", "127.0.0.1", "Address to listen on",
     [](Settings& s, std::string_view t) { return ReadText(s.host, t, "a host or an address"); }},
    {"server.port", "APPROVAL_PORT", "--port", "8003", "Port to listen on; 0 takes any free one",
     ReadPort},
    {"server.threads", "", "--threads", "0", "Threads that serve connections; 0 = one per core",
     ReadThreads},
    {"server.publicUrl",
     "APPROVAL_PUBLIC_URL",
     "",
     {},
     "How others reach this server, for links and callbacks; unset = by host and port",
     ReadPublicUrl},
    {"db.path",
     "APPROVAL_DB_PATH",
     "--db",
     {},
     "The SQLite file; made when missing",
     [](Settings& s, std::string_view t) { return ReadText(s.db_path, t, "the path of a file"); }},
    {"db.url",
     "APPROVAL_DB_URL",
     "--db-url",
     {},
     "The database as sqlite://PATH",
     [](Settings& s, std::string_view t) { return ReadText(s.db_url, t, "sqlite://PATH"); }},
    {"workflows.path",
     "APPROVAL_WORKFLOWS",
     "--workflows",
     {},
     "Folder of workflow files",
     [](Settings& s, std::string_view t) { return ReadText(s.workflows_path, t, "a folder"); }},
    {"calendars.path",
     "APPROVAL_CALENDARS",
     "--calendars",
     {},
     "Folder of calendar files",
     [](Settings& s, std::string_view t) { return ReadText(s.calendars_path, t, "a folder"); }},
    {"directory.path",
     "APPROVAL_DIRECTORY",
     "--directory",
     {},
     "File that lists the people there are",
     [](Settings& s, std::string_view t) { return ReadText(s.directory_path, t, "a file"); }},
    {"plugins.path",
     "APPROVAL_PLUGINS",
     "--plugins",
     {},
     "Folder of plugins (*.so)",
     [](Settings& s, std::string_view t) { return ReadText(s.plugins_path, t, "a folder"); }},
    {"plugins.trust", "", "--plugins-trust", "owners",
     "owners: only files that nobody but root and us may write; anybody: no such check",
     [](Settings& s, std::string_view t) {
       return ReadChoice<PluginTrust>(
           s.plugins_trust, t,
           {{"owners", PluginTrust::kOwners}, {"anybody", PluginTrust::kAnybody}});
     }},
    {"plugins.memory", "", "", "1024MiB", "Address space of a process that runs a plugin",
     [](Settings& s, std::string_view t) {
       return ReadBytes(s.plugin_memory, t, 16 * kMiB, 1024 * 1024 * kMiB);
     }},
    {"plugins.processes", "", "", "16", "Processes of one plugin at once; further calls wait",
     [](Settings& s, std::string_view t) { return ReadInteger(s.plugin_processes, t, 1, 1'000); }},
    {"plugins.record",
     "",
     "",
     {},
     "Files of plugins whose calls are kept as cases, with spaces between; unset = none",
     ReadRecorded},
    {"plugins.recordings",
     "",
     "",
     {},
     "Folder for these cases",
     [](Settings& s, std::string_view t) { return ReadText(s.recordings_path, t, "a folder"); }},
    {"plugins.recordingsSize", "", "", "16MiB", "Cases kept of each plugin; the oldest make room",
     [](Settings& s, std::string_view t) {
       return ReadBytes(s.recordings_bytes, t, 64 * 1024, 1024 * kMiB);
     }},
    {"secrets.path", "APPROVAL_SECRETS", "", "/run/secrets",
     "Folder whose files workflows may name as secrets",
     [](Settings& s, std::string_view t) { return ReadText(s.secrets_path, t, "a folder"); }},
    {"log.level", "", "--log-level", "info", "debug, info, warning or error",
     [](Settings& s, std::string_view t) {
       return ReadChoice<ports::LogLevel>(s.log_level, t,
                                          {{"debug", ports::LogLevel::kDebug},
                                           {"info", ports::LogLevel::kInfo},
                                           {"warning", ports::LogLevel::kWarning},
                                           {"error", ports::LogLevel::kError}});
     }},
    {"log.format", "", "--log-format", "text", "text or json, one line per entry",
     [](Settings& s, std::string_view t) {
       return ReadChoice<LogFormat>(s.log_format, t,
                                    {{"text", LogFormat::kText}, {"json", LogFormat::kJson}});
     }},
    {"auth", "APPROVAL_AUTH", "--auth", "none", "none (development, loopback only), token or oidc",
     [](Settings& s, std::string_view t) {
       return ReadChoice<Auth>(
           s.auth, t, {{"none", Auth::kNone}, {"token", Auth::kToken}, {"oidc", Auth::kOidc}});
     }},
    {"token.secret",
     "APPROVAL_JWT_SECRET",
     "",
     {},
     "Signs tokens; at least 32 bytes",
     [](Settings& s, std::string_view t) { return ReadSecret(s.token_secret, t); },
     /*is_secret=*/true},
    {"token.previousSecret",
     "APPROVAL_JWT_SECRET_PREVIOUS",
     "",
     {},
     "Signed tokens before, and is still accepted",
     [](Settings& s, std::string_view t) { return ReadSecret(s.previous_token_secret, t); },
     /*is_secret=*/true},
    {"token.expireMinutes", "APPROVAL_TOKEN_EXPIRE_MINUTES", "", "60", "How long a token lives",
     [](Settings& s, std::string_view t) {
       return ReadInteger(s.token_expire_minutes, t, 1, 525'600);
     }},
    {"assistants.base",
     "ASSISTANTS_BASE",
     "",
     {},
     "Where approved assistants are published",
     ReadAssistants},
    {"limits.body", "", "", "1MiB", "Size of a request body; more = 413",
     [](Settings& s, std::string_view t) { return ReadBytes(s.body_bytes, t, 1024, 64 * kMiB); }},
    {"limits.header", "", "", "32KiB", "Size of a request's header block; more = 431",
     [](Settings& s, std::string_view t) { return ReadBytes(s.header_bytes, t, 1024, kMiB); }},
    {"limits.connections", "", "", "20000", "Open connections; more are closed at once",
     [](Settings& s, std::string_view t) { return ReadInteger(s.connections, t, 1, 1'000'000); }},
    {"limits.queuedCommands", "", "", "10000", "Commands waiting to be decided; more = 503",
     [](Settings& s, std::string_view t) {
       return ReadInteger(s.queued_commands, t, 1, 1'000'000);
     }},
    {"limits.attempts", "", "", "8", "Actions running at once; more wait their turn",
     [](Settings& s, std::string_view t) { return ReadInteger(s.attempts, t, 1, 1024); }},
    {"limits.pluginWorkers", "", "", "4", "Threads for policies and for approvers that do I/O",
     [](Settings& s, std::string_view t) { return ReadInteger(s.plugin_workers, t, 1, 256); }},
    {"limits.attemptOutput", "", "", "1MiB", "Output kept of one attempt",
     [](Settings& s, std::string_view t) {
       return ReadBytes(s.attempt_output_bytes, t, 1024, 64 * kMiB);
     }},
    {"limits.approverTime", "", "", "5s", "How long an approver may take to answer",
     [](Settings& s, std::string_view t) { return ReadSpan(s.approver_limit, t, 10ms, 10min); }},
    {"limits.policyTime", "", "", "30s", "How long a policy may take to answer",
     [](Settings& s, std::string_view t) { return ReadSpan(s.policy_limit, t, 10ms, 10min); }},
    {"limits.notifierTime", "", "", "10s", "How long a notifier may take to deliver",
     [](Settings& s, std::string_view t) { return ReadSpan(s.notifier_limit, t, 10ms, 10min); }},
    {"limits.idempotencyKept", "", "", "24h", "How long an Idempotency-Key is remembered",
     [](Settings& s, std::string_view t) { return ReadSpan(s.answers_kept, t, 1min, 720h); }},
    {"limits.shutdownGrace", "", "", "10s", "How long a stop waits for answers and attempts",
     [](Settings& s, std::string_view t) { return ReadSpan(s.shutdown_grace, t, 0ms, 1h); }},
};

}  // namespace

const std::vector<Setting>& AllSettings() { return kSettings; }

const Setting* FindSetting(std::string_view key) {
  const auto found = std::find_if(kSettings.begin(), kSettings.end(),
                                  [key](const Setting& setting) { return setting.key == key; });
  return found == kSettings.end() ? nullptr : &*found;
}

std::string ReadPin(Settings& settings, std::string_view file, std::string_view text) {
  const bool is_hex = text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
                        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                      });
  if (!is_hex) return "a SHA-256 as 64 lower-case hex digits, as sha256sum prints it";
  settings.plugin_pins[std::string(file)] = text;
  return {};
}

std::string ReadGrants(Settings& settings, std::string_view file, std::string_view text) {
  PluginGrants grants;
  for (std::string_view rest = text; !rest.empty();) {
    const auto space = rest.find(' ');
    const std::string_view word = rest.substr(0, space);
    rest.remove_prefix(space == rest.npos ? rest.size() : space + 1);
    if (word == "network") {
      grants.network = true;
    } else if (word == "files") {
      grants.files = true;
    } else if (word == "processes") {
      grants.processes = true;
    } else if (word == "in-server") {
      grants.in_server = true;
    } else if (!word.empty()) {
      return "words out of network, files, processes and in-server";
    }
  }
  settings.plugin_grants[std::string(file)] = grants;
  return {};
}

}  // namespace gatewright::cli
