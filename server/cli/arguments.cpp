// server/cli/arguments.cpp: the subcommands and their options.
#include "server/cli/arguments.h"

#include <CLI/CLI.hpp>
#include <iostream>

namespace gatewright::cli {
namespace {

void AddSetting(CLI::App& app, Layer& flags, const Setting& setting) {
  std::string help(setting.help);
  if (!setting.environment.empty()) help += " [" + std::string(setting.environment) + "]";
  app.add_option_function<std::string>(
      std::string(setting.flag),
      [&flags, &setting](const std::string& text) {
        flags.values.push_back(
            {std::string(setting.key), text, Origin::kFlag, std::string(setting.flag)});
      },
      help);
}

// The flags of these settings, or of all when none is named.
void AddSettings(CLI::App& app, Arguments& arguments, std::vector<std::string_view> keys = {}) {
  app.add_option("--config", arguments.config_file, "The server.yaml to read");
  for (const Setting& setting : AllSettings()) {
    if (setting.flag.empty()) continue;
    if (!keys.empty() && std::find(keys.begin(), keys.end(), setting.key) == keys.end()) continue;
    AddSetting(app, arguments.flags, setting);
  }
}

void AddOutput(CLI::App& app, Arguments& arguments) {
  app.add_option_function<std::string>(
         "--output,-o",
         [&arguments](const std::string& text) { arguments.is_json = text == "json"; },
         "text or json")
      ->check(CLI::IsMember({"text", "json"}));
}

class CommandLine {
 public:
  explicit CommandLine(Arguments& arguments) : arguments_(arguments) {
    app_.require_subcommand(1);
    app_.failure_message(CLI::FailureMessage::simple);

    CLI::App* serve = Add(app_, "serve", "Run the server", Command::kServe);
    serve->add_flag("--hello", arguments_.is_hello, "Print the address and three requests to try");
    AddSettings(*serve, arguments_);

    CLI::App* lint =
        Add(app_, "lint", "Check workflow files: 0 good, 1 mistakes, 2 unreadable", Command::kLint);
    lint->add_option("FILE", arguments_.files, "Workflow files")->required();
    AddOutput(*lint, arguments_);
    AddSettings(*lint, arguments_, {"plugins.path", "plugins.trust"});

    CLI::App* graph = Add(app_, "graph", "Draw a workflow", Command::kGraph);
    graph->add_option("FILE|NAME", arguments_.graph_of, "A file, or a workflow of the folder");
    graph->add_option("--format", arguments_.graph_format, "mermaid or dot")
        ->check(CLI::IsMember({"mermaid", "dot"}));
    graph->add_flag("--lifecycle", arguments_.is_lifecycle,
                    "Draw what can happen to any run, from the engine's transition table");
    AddSettings(*graph, arguments_, {"workflows.path"});

    CLI::App* prove = Add(app_, "prove",
                          "Prove a workflow: 0 proven, 1 a property is violated, 2 usage, 3 not "
                          "proven (a limit was reached)",
                          Command::kProve);
    prove->add_option("FILE", arguments_.files, "Workflow files")->required();
    prove->add_option("--limit", arguments_.state_limit, "States at most, for each exploration")
        ->check(CLI::Range(std::size_t{1}, std::size_t{50'000'000}))
        ->capture_default_str();
    prove
        ->add_option("--seconds", arguments_.seconds,
                     "Seconds at most, for each file; 0 = no limit")
        ->capture_default_str();
    prove->add_option(
        "--people", arguments_.people,
        "Real people instead of as many of each kind as could matter: name:role,role");
    prove->add_flag("--strict", arguments_.is_strict,
                    "Count what may be meant, too: one person alone, policies alone, override, "
                    "approval by time, actions that nobody is asked about");
    AddOutput(*prove, arguments_);

    AddSimulation();

    CLI::App* config = app_.add_subcommand("config", "The server's configuration");
    config->require_subcommand(1);
    CLI::App* show = Add(*config, "show", "Print every setting", Command::kConfigShow);
    show->add_flag("--origin", arguments_.with_origin, "Also where each value comes from");
    AddOutput(*show, arguments_);
    AddSettings(*show, arguments_);

    AddDatabase();

    CLI::App* plugin = app_.add_subcommand("plugin", "Plugins");
    plugin->require_subcommand(1);
    CLI::App* list = Add(*plugin, "list", "What is in the plugins folder", Command::kPluginList);
    AddOutput(*list, arguments_);
    AddSettings(*list, arguments_, {"plugins.path", "plugins.trust"});
    AddAuthorCommands(*plugin, arguments_);

    CLI::App* version = Add(app_, "version", "Print the version", Command::kVersion);
    AddOutput(*version, arguments_);

    CLI::App* health =
        Add(app_, "health", "Ask a running server whether it lives", Command::kHealth);
    AddSettings(*health, arguments_, {"server.host", "server.port"});

    AddClientCommands(app_, arguments_);
  }

  std::variant<Arguments, int> Parse(int argc, char** argv) {
    try {
      app_.parse(argc, argv);
      return std::move(arguments_);
    } catch (const CLI::ParseError& error) {
      const int code = app_.exit(error, std::cout, std::cerr);
      return code == 0 ? kExitOk : kExitUsage;
    }
  }

 private:
  void AddDatabase() {
    CLI::App* db = app_.add_subcommand("db", "The database");
    db->require_subcommand(1);
    CLI::App* check = Add(*db, "check", "Replay every event, compare every run, verify the chain",
                          Command::kDbCheck);
    CLI::App* migrate = Add(*db, "migrate", "Bring the schema up to date", Command::kDbMigrate);
    migrate->add_flag("--plan", arguments_.is_plan, "Print what would be done, and do nothing");
    CLI::App* backup =
        Add(*db, "backup", "Copy the database, also while a server uses it", Command::kDbBackup);
    backup->add_option("--to", arguments_.copy, "The new file")->required();
    CLI::App* restore =
        Add(*db, "restore", "Check a copy and put it in the database's place", Command::kDbRestore);
    restore->add_option("--from", arguments_.copy, "What `db backup` wrote")->required();
    restore->add_flag("--replace", arguments_.is_replacing, "Put what is there aside");
    for (CLI::App* command : {check, migrate, backup, restore}) {
      AddSettings(*command, arguments_, {"db.path", "db.url"});
    }
  }

  void AddSimulation() {
    CLI::App* simulate = Add(app_, "simulate",
                             "Play a workflow on a clock of its own, with no side effects: 0 as "
                             "expected, 1 not, 2 usage",
                             Command::kSimulate);
    simulate->add_option("FILE", arguments_.simulated_file, "A workflow file")->required();
    simulate->add_option("--script", arguments_.script,
                         "What happens, step by step; without it everybody agrees");
    simulate->add_option("--subject", arguments_.subject_json, "What the run carries, as JSON")
        ->capture_default_str();
    AddOutput(*simulate, arguments_);
    AddSettings(*simulate, arguments_, {"plugins.path", "plugins.trust", "calendars.path"});

    CLI::App* test = Add(app_, "test",
                         "Play every *_test.yaml below the paths: 0 all passed, 1 "
                         "not, 2 usage",
                         Command::kTest);
    test->add_option("PATH", arguments_.files, "Files and folders")->required();
    AddSettings(*test, arguments_, {"plugins.path", "plugins.trust", "calendars.path"});

    CLI::App* policy = app_.add_subcommand("policy", "Policies that vote");
    policy->require_subcommand(1);
    CLI::App* past = Add(*policy, "test",
                         "What the policies of a file would have said of past "
                         "runs; writes nothing",
                         Command::kPolicyTest);
    past->add_option("FILE", arguments_.simulated_file, "A workflow file")->required();
    past->add_option("--last", arguments_.last_runs, "So many runs, the newest")
        ->check(CLI::Range(std::size_t{1}, std::size_t{10'000}))
        ->capture_default_str();
    AddSettings(*past, arguments_, {"plugins.path", "plugins.trust", "db.path", "db.url"});
  }

  CLI::App* Add(CLI::App& parent, const std::string& name, const std::string& help,
                Command command) {
    CLI::App* added = parent.add_subcommand(name, help);
    added->callback([this, command] { arguments_.command = command; });
    return added;
  }

  Arguments& arguments_;
  CLI::App app_{"Gatewright: a plugin-based workflow engine for approvals", "gatewright"};
};

}  // namespace

std::variant<Arguments, int> ParseArguments(int argc, char** argv) {
  Arguments arguments;
  return CommandLine(arguments).Parse(argc, argv);
}

}  // namespace gatewright::cli
