// server/main.cpp: the composition root: the only place that knows every concrete class, and where
// their lifetimes are decided.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/definition/workflow_loader.h"
#include "engine/runtime/engine.h"
#include "engine/simulation/happy_path.h"
#include "engine/simulation/report.h"
#include "engine/simulation/script_workflow.h"
#include "engine/simulation/stand_ins.h"
#include "engine/storage/sqlite_store.h"
#include "plugins/check/child.h"
#include "plugins/check/recording_plugins.h"
#include "plugins/host/child/serve.h"
#include "server/api/api.h"
#include "server/cli/any_plugins.h"
#include "server/cli/commands.h"
#include "server/cli/folder_watch.h"
#include "server/cli/log.h"
#include "server/cli/open_plugins.h"
#include "server/cli/recordings.h"
#include "server/cli/secret_source.h"
#include "server/cli/service_manager.h"
#include "server/cli/signals.h"
#include "server/cli/site_files.h"
#include "server/cli/workflow_folder.h"
#include "server/http/server.h"

namespace gatewright {
namespace {

runtime::EngineOptions EngineOptionsFrom(const cli::Settings& settings,
                                         codec::SecretReader read_secret) {
  runtime::EngineOptions options;
  options.queue_limit = static_cast<std::size_t>(settings.queued_commands);
  options.attempt_workers = static_cast<std::size_t>(settings.attempts);
  options.plugin_workers = static_cast<std::size_t>(settings.plugin_workers);
  options.approver_limit = settings.approver_limit;
  options.policy_limit = settings.policy_limit;
  options.notifier_limit = settings.notifier_limit;
  options.output_limit = settings.attempt_output_bytes;
  options.answers_kept = settings.answers_kept;
  options.read_secret = std::move(read_secret);
  return options;
}

http::ServerOptions HttpOptionsFrom(const cli::Settings& settings) {
  http::ServerOptions options;
  options.host = settings.host;
  options.port = settings.port;
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  options.workers = settings.threads > 0 ? settings.threads : std::clamp(cores, 1, 16);
  options.max_body = static_cast<std::size_t>(settings.body_bytes);
  options.max_header_block = static_cast<std::size_t>(settings.header_bytes);
  options.max_connections = static_cast<std::size_t>(settings.connections);
  return options;
}

// What was published once stays usable, whatever became of the plugins it names.
Result<core::Workflow> ParseStored(const std::string& source) {
  const cli::AnyPlugins any;
  definition::LoadResult loaded = definition::LoadStored(source, "(stored)", any);
  if (loaded.ok() && loaded.workflows.size() == 1) {
    return std::move(loaded.workflows.front().workflow);
  }
  std::string message = "a stored workflow cannot be read any more";
  for (const auto& diagnostic : loaded.diagnostics) message += "; " + Format(diagnostic);
  return Error{ErrorCode::kCorrupt, std::move(message)};
}

// A workflow that comes over HTTP is held to what a file is held to.
api::CheckedSource CheckSource(std::string_view source, std::string_view file,
                               const ports::Plugins& plugins) {
  definition::LoadResult loaded = definition::LoadWorkflows(source, file, plugins);
  api::CheckedSource checked;
  for (const auto& diagnostic : loaded.diagnostics) {
    const std::string where = diagnostic.where.empty() ? "" : diagnostic.where + ": ";
    checked.problems.push_back(
        {"", diagnostic.line, diagnostic.column, where + diagnostic.message});
  }
  if (loaded.ok() && loaded.workflows.size() != 1) {
    checked.problems.push_back(
        {"", 1, 1, fmt::format("expected one workflow, found {}", loaded.workflows.size())});
  }
  if (checked.problems.empty()) checked.workflow = std::move(loaded.workflows.front().workflow);
  return checked;
}

api::AuthOptions AuthOptionsFrom(const cli::Settings& settings) {
  api::AuthOptions options;
  if (settings.auth == cli::Auth::kNone) return options;
  options.secrets.push_back(settings.token_secret);
  if (!settings.previous_token_secret.empty()) {
    options.secrets.push_back(settings.previous_token_secret);
  }
  options.access_length = std::chrono::minutes{settings.token_expire_minutes};
  options.session_length = std::max(options.session_length, options.access_length);
  options.is_https = settings.public_url.starts_with("https://");
  return options;
}

std::string FolderOf(const std::string& file) {
  const auto folder = std::filesystem::path(file).parent_path().string();
  return folder.empty() ? "." : folder;
}

std::string BaseUrl(const std::string& host, std::uint16_t port) {
  const std::string name =
      host.find(':') != std::string::npos && host.front() != '[' ? fmt::format("[{}]", host) : host;
  return fmt::format("http://{}:{}", name, port);
}

// How others reach this server, as far as it can know.
std::string PublicUrl(const cli::Settings& settings, std::uint16_t port) {
  return settings.public_url.empty() ? BaseUrl(settings.host, port) : settings.public_url;
}

void PrintHello(const std::string& base) {
  fmt::print(
      "\nGatewright {} answers on {}: open it in a browser. (The API, with forms to try it: "
      "{}/docs.) For example:\n\n"
      "  curl -X POST {}/deployments -H 'Content-Type: application/json' "
      "-d '{{\"name\": \"Deploy Feature X\"}}'\n"
      "  curl -X POST {}/deployments/1/approve\n"
      "  curl {}/deployments/1\n\n",
      GATEWRIGHT_VERSION, base, base, base, base, base);
  std::fflush(stdout);
}

void LogPlugins(const ports::Plugins& plugins, ports::Log& log) {
  for (const ports::PluginInfo& plugin : plugins.List()) {
    if (plugin.health == ports::PluginHealth::kBroken) {
      log.Error(fmt::format("plugin {} is not used: {}", plugin.name, plugin.problem));
    }
  }
}

constexpr auto kPluginFiles = cli::WatchedFiles::kPlugins;

// True: there is something new. The pins are read again, because a new file has a new one.
bool ReloadPlugins(host::PluginHost& plugins, const cli::Arguments& arguments,
                   const cli::Settings& settings, ports::Log& log) {
  const auto configuration = cli::Configure(arguments);
  const auto& pins = configuration ? configuration->settings.plugin_pins : settings.plugin_pins;
  const auto changed = plugins.Reload(pins);
  if (!changed) log.Error(fmt::format("the plugins stay: {}", changed.error().message));
  return changed && *changed;
}

http::Hooks WithLog(http::Hooks hooks, ports::Log& log) {
  if (hooks.log) return hooks;
  hooks.log = [&log](http::LogLevel level, std::string_view text) {
    switch (level) {
      case http::LogLevel::kInfo:
        return log.Info(text);
      case http::LogLevel::kWarning:
        return log.Warning(text);
      case http::LogLevel::kError:
        return log.Error(text);
    }
  };
  return hooks;
}

// Everything between an open store and the order to stop. Returns the exit code.
int ServeWith(ports::Store& store, host::PluginHost& host, const cli::Arguments& arguments,
              const cli::Settings& settings, cli::Signals& signals, ports::Log& log) {
  const ports::SystemClock clock;
  auto recordings = cli::OpenRecordings(settings, cli::SecretsFrom(settings.secrets_path), log);
  if (!recordings) {
    cli::PrintError(recordings.error().message);
    return cli::kExitFailure;
  }
  std::optional<check::RecordingPlugins> recorded;
  if (recordings->recorder != nullptr) {
    recorded.emplace(host, *recordings->recorder);
    log.Warning(fmt::format("what these plugins are asked is kept in '{}': {}",
                            settings.recordings_path, fmt::join(settings.recorded_plugins, ", ")));
  }
  ports::Plugins& plugins = recorded ? static_cast<ports::Plugins&>(*recorded) : host;
  runtime::Engine engine(store, plugins, clock, log,
                         EngineOptionsFrom(settings, recordings->read_secret));
  api::ApiOptions api_options;
  api_options.public_url = settings.public_url;
  api_options.auth = AuthOptionsFrom(settings);
  if (settings.auth == cli::Auth::kToken) api_options.auth_mode = "token";
  api_options.check_source = [&plugins](std::string_view source, std::string_view file) {
    return CheckSource(source, file, plugins);
  };
  api_options.simulate = [&plugins, &engine](core::Workflow workflow, const std::string& subject) {
    // Plugins are known, and none is asked.
    simulation::StandIns stand_ins(plugins);
    return simulation::ToJson(simulation::WalkHappyPath(
        {stand_ins, simulation::MakePlayable(std::move(workflow), stand_ins),
         *engine.surroundings().calendars(), subject}));
  };
  api::ApiContext api(engine, std::move(api_options));
  engine.SetFeedListener(api.MakeFeedListener());
  engine.SetOutputListener(api.MakeOutputListener());
  engine.SetPublicUrl(PublicUrl(settings, settings.port));
  if (auto started = engine.Start(ParseStored); !started) {
    cli::PrintError(started.error().message);
    return cli::kExitFailure;
  }
  const Duration grace = settings.shutdown_grace;
  const auto plugins_seen = cli::FolderFingerprint(settings.plugins_path, kPluginFiles);

  cli::WorkflowFolder folder(settings.workflows_path, engine, log);
  cli::SiteFiles site(settings.calendars_path, settings.directory_path, engine, log);
  site.OnAccess([&api](access::DirectoryPtr directory) { api.SetDirectory(std::move(directory)); });
  const std::string seen = cli::FolderFingerprint(settings.workflows_path);
  const std::string calendars_seen = cli::FolderFingerprint(settings.calendars_path);
  const std::string people_folder = FolderOf(settings.directory_path);
  const std::string people_seen = cli::FolderFingerprint(people_folder);
  site.Load();
  folder.Load();
  site.ReportMissing();
  if (settings.auth == cli::Auth::kToken && !site.has_directory()) {
    log.Warning(
        fmt::format("nobody can log in: '{}' lists nobody who can be read; see "
                    "examples/directory.yaml and `gatewright user hash`",
                    settings.directory_path));
  }
  if (engine.workflows().AllCurrent().empty()) {
    cli::PrintError(fmt::format(
        "there is no usable workflow: neither in '{}' nor from earlier. See the mistakes above, or "
        "name another folder with --workflows or APPROVAL_WORKFLOWS",
        settings.workflows_path));
    engine.Stop(grace);
    return cli::kExitFailure;
  }

  http::Router router;
  Mount(router, api);
  http::Server server(HttpOptionsFrom(settings), std::move(router), WithLog(api.MakeHooks(), log),
                      api.MakeFeedSource());
  api.Attach(&server);
  auto port = server.Start();
  if (!port) {
    cli::PrintError(port.error().message);
    engine.Stop(grace);
    return cli::kExitFailure;
  }
  engine.SetPublicUrl(PublicUrl(settings, *port));  // port 0 was any free one
  log.Info(fmt::format("listening on {}:{}, database {}, workflows {}", settings.host, *port,
                       settings.db_path, settings.workflows_path));
  if (arguments.is_hello || ::isatty(STDOUT_FILENO) == 1) PrintHello(BaseUrl(settings.host, *port));
  {
    std::mutex reading;  // one reads at a time
    const auto read_site = [&] {
      const std::lock_guard lock(reading);
      site.Load();
    };
    cli::FolderWatch watch(settings.workflows_path, seen, [&] {
      const std::lock_guard lock(reading);
      folder.Load();
      site.ReportMissing();
    });
    cli::FolderWatch calendars(settings.calendars_path, calendars_seen, read_site);
    cli::FolderWatch people(people_folder, people_seen, read_site);
    cli::WatchOptions of_plugins;
    of_plugins.files = kPluginFiles;
    const auto read_plugins = [&] {
      // A workflow file that named what was not there may be right by now.
      if (ReloadPlugins(host, arguments, settings, log)) watch.Poke();
    };
    cli::FolderWatch libraries(settings.plugins_path, plugins_seen, read_plugins, of_plugins);
    signals.OnHangup([&] {
      libraries.Poke();
      watch.Poke();
      calendars.Poke();
      people.Poke();
    });
    cli::TellServiceManager("READY=1");
    signals.WaitForStop();
    signals.OnHangup({});
  }

  log.Info("stopping: no new requests; finishing those that are under way");
  cli::TellServiceManager("STOPPING=1");
  api.BeginShutdown();
  server.Shutdown(std::chrono::ceil<std::chrono::milliseconds>(grace));
  engine.Stop(grace);
  api.Attach(nullptr);
  log.Info("stopped");
  return cli::kExitOk;
}

int Serve(const cli::Arguments& arguments) {
  cli::Signals signals;  // before any other thread
  const auto configuration = cli::Configure(arguments);
  if (!configuration) return cli::kExitUsage;
  const cli::Settings& settings = configuration->settings;
  if (settings.workflows_path.empty()) {
    cli::PrintError(
        "no folder of workflows was found; name one with --workflows or APPROVAL_WORKFLOWS");
    return cli::kExitUsage;
  }
  cli::ProgramLog log(settings.log_format, settings.log_level);
  if (settings.auth == cli::Auth::kNone) {
    log.Warning(
        "DEVELOPMENT MODE: authentication is off (auth: none); everybody who reaches this address "
        "may do everything");
  }

  auto plugins = cli::OpenPlugins(settings, log);
  if (!plugins) {
    cli::PrintError(plugins.error().message);
    return cli::kExitFailure;
  }
  LogPlugins(**plugins, log);
  storage::StoreOptions store_options;
  store_options.path = settings.db_path;
  auto store = storage::OpenSqlite(std::move(store_options));
  if (!store) {
    cli::PrintError(store.error().message);
    return cli::kExitFailure;
  }
  return ServeWith(**store, **plugins, arguments, settings, signals, log);
}

int Run(const cli::Arguments& arguments) {
  switch (arguments.command) {
    case cli::Command::kServe:
      return Serve(arguments);
    case cli::Command::kLint:
      return RunLint(arguments);
    case cli::Command::kGraph:
      return RunGraph(arguments);
    case cli::Command::kProve:
      return RunProve(arguments);
    case cli::Command::kSimulate:
      return RunSimulate(arguments);
    case cli::Command::kTest:
      return RunTest(arguments);
    case cli::Command::kPolicyTest:
      return RunPolicyTest(arguments);
    case cli::Command::kConfigShow:
      return RunConfigShow(arguments);
    case cli::Command::kDbBackup:
      return RunDbBackup(arguments);
    case cli::Command::kDbCheck:
      return RunDbCheck(arguments);
    case cli::Command::kDbMigrate:
      return RunDbMigrate(arguments);
    case cli::Command::kDbRestore:
      return RunDbRestore(arguments);
    case cli::Command::kPluginList:
      return RunPluginList(arguments);
    case cli::Command::kVersion:
      return RunVersion(arguments);
    case cli::Command::kHealth:
      return RunHealth(arguments);
    case cli::Command::kClient:
      return RunClient(arguments);
    case cli::Command::kAuthor:
      return RunAuthor(arguments);
  }
  return cli::kExitUsage;
}

}  // namespace
}  // namespace gatewright

int main(int argc, char** argv) {
  // Before anything else has started a thread or opened a file.
  if (argc > 1 && std::string_view(argv[1]) == "plugin-host") {
    return gatewright::host::RunPluginHost(argc, argv);
  }
  if (argc > 1 && std::string_view(argv[1]) == "plugin-check-child") {
    return gatewright::check::RunCheckChild();
  }
  const auto parsed = gatewright::cli::ParseArguments(argc, argv);
  if (const int* code = std::get_if<int>(&parsed)) return *code;
  return gatewright::Run(std::get<gatewright::cli::Arguments>(parsed));
}
