// server/cli/configuration.cpp: one pass over the layers, then the rules that span settings.
#include "server/cli/configuration.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <map>

#include "engine/storage/url.h"
#include "server/cli/config_file.h"
#include "server/cli/environment.h"

namespace gatewright::cli {
namespace {

bool IsLoopback(std::string_view host) {
  return host == "localhost" || host == "::1" || host == "[::1]" || host.starts_with("127.");
}

// Secrets are never repeated, not even wrong ones.
std::string Shown(const Setting* setting, std::string_view text) {
  if (setting != nullptr && setting->is_secret) return "a text of that kind";
  return fmt::format("'{}'", text.substr(0, 200));
}

std::string ReadOne(Settings& settings, const Given& given) {
  const std::string_view key = given.key;
  const Setting* setting = FindSetting(key);
  const std::string expected =
      setting != nullptr ? setting->read(settings, given.text)
      : key.starts_with(kPinPrefix)
          ? ReadPin(settings, key.substr(kPinPrefix.size()), given.text)
          : ReadGrants(settings, key.substr(kGrantPrefix.size()), given.text);
  if (expected.empty()) return {};
  if (setting != nullptr && setting->is_secret) {
    return fmt::format("{}: {}: expected {}", given.place, key, expected);
  }
  return fmt::format("{}: {}: expected {}, found {}", given.place, key, expected,
                     Shown(setting, given.text));
}

// The database may be named in two ways; who said it last, in order of precedence, is meant.
void ChooseDatabase(std::map<std::string, Given>& winners, Settings& settings,
                    std::vector<std::string>& problems) {
  const auto url = winners.find("db.url");
  const auto path = winners.find("db.path");
  if (url == winners.end()) return;
  if (path != winners.end()) {
    if (path->second.origin == url->second.origin) {
      problems.push_back(
          fmt::format("{} and {}: the database is named twice; keep one of db.path and db.url",
                      path->second.place, url->second.place));
      return;
    }
    if (path->second.origin > url->second.origin) {
      winners.erase(url);
      settings.db_url.clear();
      return;
    }
  }
  auto parsed = storage::ParseStoreUrl(settings.db_url);
  if (!parsed) {
    problems.push_back(fmt::format("{}: db.url: {}", url->second.place, parsed.error().message));
    return;
  }
  settings.db_path = *parsed;
  if (path != winners.end()) winners.erase(path);
}

void CheckAuth(const std::map<std::string, Given>& winners, const Settings& settings,
               std::vector<std::string>& problems) {
  const std::string place = winners.contains("auth") ? winners.at("auth").place : "auth";
  if (settings.auth == Auth::kOidc) {
    problems.push_back(
        fmt::format("{}: auth: 'oidc' is not available yet; this version knows 'token' (users of "
                    "directory.path) and 'none' (development mode, on a loopback address)",
                    place));
  } else if (settings.auth == Auth::kToken && settings.token_secret.empty()) {
    problems.push_back(
        fmt::format("{}: auth: 'token' signs tokens: expected token.secret, from "
                    "APPROVAL_JWT_SECRET or APPROVAL_JWT_SECRET_FILE, of at least 32 bytes",
                    place));
  } else if (settings.auth != Auth::kNone) {
    return;
  } else if (!settings.host.empty() && !IsLoopback(settings.host)) {
    problems.push_back(fmt::format(
        "{}: server.host: auth 'none' lets everybody do everything, so it listens only on a "
        "loopback address (127.0.0.1, ::1, localhost), not on '{}'",
        winners.at("server.host").place, settings.host));
  }
}

void CheckRecordings(const std::map<std::string, Given>& winners, const Settings& settings,
                     std::vector<std::string>& problems) {
  if (settings.recorded_plugins.empty() || !settings.recordings_path.empty()) return;
  problems.push_back(fmt::format(
      "{}: plugins.record: expected plugins.recordings, the folder to write to, with it",
      winners.at("plugins.record").place));
}

}  // namespace

std::string_view ToString(Origin origin) {
  switch (origin) {
    case Origin::kDefault:
      return "default";
    case Origin::kFile:
      return "file";
    case Origin::kEnvironment:
      return "environment";
    case Origin::kFlag:
      return "flag";
  }
  return "?";
}

Result<Configuration> Combine(const std::vector<Layer>& layers) {
  Configuration made;
  std::vector<std::string> problems;
  std::map<std::string, Given> winners;
  for (const Layer& layer : layers) {
    problems.insert(problems.end(), layer.problems.begin(), layer.problems.end());
    for (const Given& given : layer.values) {
      // Also what another source overrides must be right: nobody should find out later.
      Settings scratch;
      if (auto problem = ReadOne(scratch, given); !problem.empty()) problems.push_back(problem);
      winners[given.key] = given;
    }
  }
  if (problems.empty()) {
    for (const auto& [key, given] : winners) ReadOne(made.settings, given);
    ChooseDatabase(winners, made.settings, problems);
    CheckAuth(winners, made.settings, problems);
    CheckRecordings(winners, made.settings, problems);
  }
  if (!problems.empty()) {
    std::string message;
    for (const std::string& problem : problems) {
      message += fmt::format("{}{}", message.empty() ? "" : "\n", problem);
    }
    return Error{ErrorCode::kInvalid, std::move(message)};
  }
  for (const Setting& setting : AllSettings()) {
    const auto found = winners.find(std::string(setting.key));
    if (found != winners.end()) made.values.push_back(found->second);
  }
  for (const auto& [key, given] : winners) {
    if (key.starts_with(kPinPrefix) || key.starts_with(kGrantPrefix)) made.values.push_back(given);
  }
  return made;
}

Result<Configuration> LoadConfiguration(const Places& places, const std::string& config_file,
                                        Layer flags) {
  Layer defaults;
  for (const Setting& setting : AllSettings()) {
    if (setting.initial.data() == nullptr) continue;
    defaults.values.push_back(
        {std::string(setting.key), std::string(setting.initial), Origin::kDefault, "default"});
  }
  defaults.values.push_back({"db.path", places.database, Origin::kDefault, "default"});
  if (!places.plugins.empty()) {
    defaults.values.push_back({"plugins.path", places.plugins, Origin::kDefault, "default"});
  }
  if (!places.config.empty()) {
    defaults.values.push_back(
        {"workflows.path", places.config + "/workflows", Origin::kDefault, "default"});
    defaults.values.push_back(
        {"calendars.path", places.config + "/calendars", Origin::kDefault, "default"});
    defaults.values.push_back(
        {"directory.path", places.config + "/directory.yaml", Origin::kDefault, "default"});
  }

  std::string file = config_file;
  if (file.empty() && !places.config.empty()) {
    file = places.config + "/server.yaml";
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) file.clear();
  }
  std::vector<Layer> layers{std::move(defaults)};
  if (!file.empty()) layers.push_back(ReadConfigFile(file));
  layers.push_back(ReadEnvironment(environ));
  layers.push_back(std::move(flags));

  GW_TRY(made, Combine(layers));
  made.file = std::move(file);
  return made;
}

}  // namespace gatewright::cli
