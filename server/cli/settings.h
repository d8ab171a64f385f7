// server/cli/settings.h: everything an operator may set about the server, and the one table that
// says how each of it is called, what it may be and what it is when nobody says anything.
// Plain values; read-only after start.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/time.h"
#include "engine/ports/log.h"

namespace gatewright::cli {

enum class LogFormat { kText = 1, kJson };
enum class PluginTrust { kOwners = 1, kAnybody };

// What a plugin may beyond computing.
struct PluginGrants {
  bool in_server = false;  // runs in the server's own process: may do whatever the server may
  bool network = false;
  bool files = false;
  bool processes = false;
};

enum class Auth { kNone = 1, kToken, kOidc };

struct Settings {
  std::string host;
  std::uint16_t port = 0;
  int threads = 0;
  std::string public_url;  // how others reach this server; empty: by host and port

  std::string db_path;
  std::string db_url;
  std::string workflows_path;
  std::string calendars_path;  // a folder; may be missing
  std::string directory_path;  // a file; may be missing
  std::string plugins_path;
  PluginTrust plugins_trust = PluginTrust::kOwners;
  std::map<std::string, std::string> plugin_pins;     // file name → SHA-256 in hex
  std::map<std::string, PluginGrants> plugin_grants;  // by file name
  std::int64_t plugin_memory = 0;                     // bytes of each plugin's process
  std::int64_t plugin_processes = 0;                  // of one plugin at once

  std::vector<std::string> recorded_plugins;  // file names; their calls are kept as cases
  std::string recordings_path;                // where; a folder
  std::int64_t recordings_bytes = 0;          // of each plugin

  std::string secrets_path;  // files that workflows may refer to

  ports::LogLevel log_level = ports::LogLevel::kInfo;
  LogFormat log_format = LogFormat::kText;

  Auth auth = Auth::kNone;
  std::string token_secret;
  std::string previous_token_secret;  // still accepted; empty: none
  std::int64_t token_expire_minutes = 0;
  std::string assistants_base;

  std::int64_t body_bytes = 0;
  std::int64_t header_bytes = 0;
  std::int64_t connections = 0;
  std::int64_t queued_commands = 0;
  std::int64_t attempts = 0;
  std::int64_t plugin_workers = 0;
  std::int64_t attempt_output_bytes = 0;
  Duration approver_limit{0};
  Duration policy_limit{0};
  Duration notifier_limit{0};
  Duration answers_kept{0};
  Duration shutdown_grace{0};
};

// One line of the table.
struct Setting {
  std::string_view key;          // in server.yaml, and in `config show`
  std::string_view environment;  // empty: none
  std::string_view flag;         // empty: none
  std::string_view initial;      // the default, as text
  std::string_view help;
  // Reads `text` into the settings. Returns what was expected when it is wrong, else nothing.
  std::string (*read)(Settings& settings, std::string_view text);
  bool is_secret = false;
};

const std::vector<Setting>& AllSettings();
const Setting* FindSetting(std::string_view key);

// The keys under which one plugin file's pin is set: "plugins.pins.role.so".
constexpr std::string_view kPinPrefix = "plugins.pins.";
// And what it is granted: "plugins.grants.oncall.so".
constexpr std::string_view kGrantPrefix = "plugins.grants.";
// Each returns what was expected when it is wrong, else nothing.
std::string ReadPin(Settings& settings, std::string_view file, std::string_view text);
std::string ReadGrants(Settings& settings, std::string_view file, std::string_view text);

}  // namespace gatewright::cli
