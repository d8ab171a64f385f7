// server/cli/client_arguments.h: the subcommands that ask a running server, as a value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/cli/client.h"

namespace CLI {
class App;
}

namespace gatewright::cli {

// What stands in the environment when the flags --server and --as are not given.
inline constexpr std::string_view kServerVariable = "APPROVAL_SERVER";
inline constexpr std::string_view kActorVariable = "APPROVAL_ACTOR";
inline constexpr std::string_view kTokenVariable = "APPROVAL_TOKEN";
inline constexpr std::string_view kTokenFileVariable = "APPROVAL_TOKEN_FILE";

enum class ClientCommand {
  kExplain = 1,
  kInbox,
  kPlan,
  kMigrate,
  kStop,
  kLift,
  kStops,
  kLog,
  kDeliveries,
  kReplay,
  kSubmit,
  kSmoke,
  kLogIn,
  kTokens,
  kMakeToken,
  kRevokeToken,
  kHashPassword,
};

struct ClientArguments {
  ClientCommand command = ClientCommand::kInbox;
  ClientOptions options;
  bool is_json = false;
  std::int64_t id = 0;   // explain, log, submit: the run; lift: the stop, 0 for all; replay
  std::string file;      // plan
  std::string workflow;  // migrate, stop
  std::string from;      // migrate: a version or a revision
  std::string to;
  std::vector<std::string> mappings;  // migrate: "old=new"
  bool is_dry_run = false;
  std::string reason;               // stop, lift
  std::string stage;                // stop
  std::vector<std::string> labels;  // stop: "name=value"
  std::string lock_key;             // stop
  std::string lasts;                // stop: "2h"
  std::int64_t attempt = 0;         // log: 0 for the newest
  std::int64_t offset = 0;          // log
  bool does_follow = false;         // log
  std::int64_t run = 0;             // delivery: 0 for all
  std::string state;                // delivery
  std::string notifier;             // delivery
  std::string token_file;           // holds options.token; empty: none
  std::string name;                 // login: the user; token create: what for; token revoke: its id
  std::string owner;                // token; empty: whoever asks
  std::vector<std::string> verbs;   // token create
};

struct Arguments;

// Adds the subcommands to `app`, which fills `arguments` while it parses.
void AddClientCommands(CLI::App& app, Arguments& arguments);

// "old=new" in two; nothing when there is no "=", or no name before it.
std::optional<std::pair<std::string, std::string>> SplitPair(const std::string& text);

}  // namespace gatewright::cli
