// server/cli/client_arguments.cpp: the subcommands that ask a running server, and their options.
#include "server/cli/client_arguments.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>

#include "engine/base/time.h"
#include "server/cli/arguments.h"

namespace gatewright::cli {
namespace {

constexpr double kLongestTimeout = 600;  // seconds
constexpr std::size_t kMostDigits = 18;  // of an id

std::string CheckPair(const std::string& text) {
  return SplitPair(text) ? "" : "expected NAME=VALUE, found '" + text + "'";
}

std::string CheckId(const std::string& text) {
  const bool is_id = !text.empty() && text.size() <= kMostDigits && text.front() != '0' &&
                     std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  return is_id ? "" : "expected a number from 1 on, found '" + text + "'";
}

std::string CheckLength(const std::string& text) {
  const auto length = ParseDuration(text);
  return length && *length > Duration::zero()
             ? ""
             : "expected a length of time like 90m or 2h, found '" + text + "'";
}

// Not CLI11's own: of several subcommands with the same variable each would set it, used or not.
std::string Variable(std::string_view name, const std::string& otherwise) {
  const char* text = std::getenv(std::string(name).c_str());
  return text == nullptr || *text == '\0' ? otherwise : text;
}

class ClientCommandLine {
 public:
  ClientCommandLine(CLI::App& app, Arguments& arguments)
      : app_(app), arguments_(arguments), client_(arguments.client) {
    client_.options.server = Variable(kServerVariable, "http://127.0.0.1:8003");
    client_.options.actor = Variable(kActorVariable, "");
    client_.options.token = Variable(kTokenVariable, "");
    client_.token_file = Variable(kTokenFileVariable, "");
  }

  void AddAll() {
    CLI::App* explain =
        Add("explain", "Why a run waits, who can change that, and what happens next",
            ClientCommand::kExplain);
    explain->add_option("ID", client_.id, "The run")->required()->check(CheckId);

    CLI::App* log = Add("log", "What an action wrote", ClientCommand::kLog, Output::kAsItIs);
    log->add_option("RUN", client_.id, "The run")->required()->check(CheckId);
    log->add_option("ATTEMPT", client_.attempt, "Which attempt; else the newest")->check(CheckId);
    log->add_flag("--follow,-f", client_.does_follow,
                  "Go on with what is written until the attempt has ended");
    log->add_option("--offset", client_.offset, "Begin after so many bytes")
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{1} << 40));

    Add("inbox", "The runs that wait for you", ClientCommand::kInbox);

    CLI::App* submit = Add("submit", "Submit a draft", ClientCommand::kSubmit);
    submit->add_option("ID", client_.id, "The run")->required()->check(CheckId);

    CLI::App* plan =
        Add("plan", "What publishing a workflow would mean for open runs", ClientCommand::kPlan);
    plan->add_option("FILE", client_.file, "A workflow file")->required();

    CLI::App* migrate = Add("migrate", "Move waiting runs to another version of their workflow",
                            ClientCommand::kMigrate);
    migrate->add_option("WORKFLOW", client_.workflow, "The name of the workflow")->required();
    migrate->add_option("--from", client_.from, "Runs of this revision, or version")->required();
    migrate->add_option("--to", client_.to, "To this revision or version, or 'current'")
        ->required();
    migrate->add_option("--map", client_.mappings, "OLD=NEW: what a stage is called there")
        ->allow_extra_args(false)
        ->check(CheckPair);
    migrate->add_flag("--dry-run", client_.is_dry_run, "Print what would be moved, and do nothing");

    CLI::App* stop = Add("stop",
                         "Emergency stop: no action of what is named starts; all when "
                         "nothing is named",
                         ClientCommand::kStop);
    stop->add_option("--reason", client_.reason, "Why")->required();
    stop->add_option("--workflow", client_.workflow, "Only runs of this workflow");
    stop->add_option("--stage", client_.stage, "Only this stage");
    stop->add_option("--label", client_.labels, "NAME=VALUE: only workflows with this label")
        ->allow_extra_args(false)
        ->check(CheckPair);
    stop->add_option("--lock", client_.lock_key, "Only runs that need this lock");
    stop->add_option("--for", client_.lasts, "How long, for example 2h; else until it is lifted")
        ->check(CheckLength);

    CLI::App* lift = Add("lift", "Lift an emergency stop", ClientCommand::kLift);
    lift->add_option("ID", client_.id, "The stop; all of them when it is missing")->check(CheckId);
    lift->add_option("--reason", client_.reason, "Why")->required();

    Add("stops", "The emergency stops that stand", ClientCommand::kStops);
    Add("smoke", "Does this server do its work? 0: yes; publishes, runs and removes a workflow",
        ClientCommand::kSmoke, Output::kAsItIs);
    AddDeliveries();
    AddIdentity();
  }

 private:
  enum class Output { kTextOrJson = 1, kAsItIs };

  void AddDeliveries() {
    CLI::App* delivery = app_.add_subcommand("delivery", "What became of notifications");
    delivery->require_subcommand(1);
    CLI::App* list = AddTo(*delivery, "list", "The deliveries of notifications, newest first",
                           ClientCommand::kDeliveries, Output::kTextOrJson);
    AddDeliveryFilter(*list, {"pending", "delivered", "failed", "disabled", "dropped"});
    CLI::App* replay = AddTo(*delivery, "replay", "Deliver once more, with the same event id",
                             ClientCommand::kReplay, Output::kTextOrJson);
    replay->add_option("ID", client_.id, "The delivery")->check(CheckId);
    AddDeliveryFilter(*replay, {"failed", "disabled"});
  }

  void AddIdentity() {
    CLI::App* login = Add("login", "Say your password, and get a token that is good for a while",
                          ClientCommand::kLogIn);
    login->add_option("NAME", client_.name, "Who you are")->required();

    CLI::App* token = app_.add_subcommand("token", "Tokens for programs");
    token->require_subcommand(1);
    CLI::App* list = AddTo(*token, "list", "Your tokens and sessions", ClientCommand::kTokens,
                           Output::kTextOrJson);
    list->add_option("--owner", client_.owner, "Those of somebody else");
    CLI::App* create = AddTo(*token, "create", "Make a token; it is shown once",
                             ClientCommand::kMakeToken, Output::kTextOrJson);
    create->add_option("NAME", client_.name, "What it is for")->required();
    create->add_option("--owner", client_.owner, "The service it is for; else it is your own");
    create->add_option("--verb", client_.verbs, "Good for this verb only; again for each")
        ->allow_extra_args(false);
    create->add_option("--for", client_.lasts, "How long, for example 720h; else 90 days")
        ->check(CheckLength);
    CLI::App* revoke = AddTo(*token, "revoke", "End a token or a session",
                             ClientCommand::kRevokeToken, Output::kTextOrJson);
    revoke->add_option("ID", client_.name, "Its id, as `token list` shows it")->required();

    CLI::App* user = app_.add_subcommand("user", "Users of the directory");
    user->require_subcommand(1);
    CLI::App* hash = user->add_subcommand("hash", "The hash of a password, for directory.yaml");
    hash->callback([arguments = &arguments_] {
      arguments->command = Command::kClient;
      arguments->client.command = ClientCommand::kHashPassword;
    });
  }

  void AddDeliveryFilter(CLI::App& to, std::vector<std::string> states) {
    to.add_option("--run", client_.run, "Only of this run")->check(CheckId);
    to.add_option("--state", client_.state, "Only these")->check(CLI::IsMember(std::move(states)));
    to.add_option("--notifier", client_.notifier, "Only of this notifier");
  }

  CLI::App* Add(const std::string& name, const std::string& help, ClientCommand command,
                Output output = Output::kTextOrJson) {
    return AddTo(app_, name, help, command, output);
  }

  CLI::App* AddTo(CLI::App& app, const std::string& name, const std::string& help,
                  ClientCommand command, Output output) {
    CLI::App* added = app.add_subcommand(name, help);
    added->callback([arguments = &arguments_, command] {
      arguments->command = Command::kClient;
      arguments->client.command = command;
    });
    added->add_option("--server", client_.options.server,
                      "The server's address (http://127.0.0.1:8003) [APPROVAL_SERVER]");
    added->add_option("--as", client_.options.actor,
                      "Who you are, for example \"alice; roles=qa\" [APPROVAL_ACTOR]");
    added->add_option("--token-file", client_.token_file,
                      "File with your token [APPROVAL_TOKEN_FILE, or APPROVAL_TOKEN itself]");
    added
        ->add_option_function<double>(
            "--timeout",
            [client = &client_](double seconds) {
              client->options.timeout =
                  std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
            },
            "How many seconds an answer may take (30)")
        ->check(CLI::Range(0.001, kLongestTimeout));
    if (output == Output::kAsItIs) return added;
    added
        ->add_option_function<std::string>(
            "--output,-o",
            [client = &client_](const std::string& text) { client->is_json = text == "json"; },
            "text or json")
        ->check(CLI::IsMember({"text", "json"}));
    return added;
  }

  CLI::App& app_;
  Arguments& arguments_;
  ClientArguments& client_;
};

}  // namespace

void AddClientCommands(CLI::App& app, Arguments& arguments) {
  ClientCommandLine(app, arguments).AddAll();
}

std::optional<std::pair<std::string, std::string>> SplitPair(const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0) return std::nullopt;
  return std::pair(text.substr(0, equals), text.substr(equals + 1));
}

}  // namespace gatewright::cli
