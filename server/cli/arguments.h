// server/cli/arguments.h: the command line as a value. CLI11 stays behind it.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "server/cli/author_arguments.h"
#include "server/cli/client_arguments.h"
#include "server/cli/configuration.h"

namespace gatewright::cli {

enum class Command {
  kServe = 1,
  kLint,
  kGraph,
  kProve,
  kSimulate,
  kTest,
  kPolicyTest,
  kConfigShow,
  kDbBackup,
  kDbCheck,
  kDbMigrate,
  kDbRestore,
  kPluginList,
  kVersion,
  kHealth,
  kClient,  // one of ClientCommand
  kAuthor,  // one of AuthorCommand
};

// The same numbers for every command, in docs/command-line.md.
constexpr int kExitOk = 0;
constexpr int kExitFailure = 1;
constexpr int kExitUsage = 2;
constexpr int kExitNotProven = 3;
constexpr int kExitNotFound = 3;
constexpr int kExitNotAllowed = 4;
constexpr int kExitConflict = 5;
constexpr int kExitUnreachable = 8;

struct Arguments {
  Command command = Command::kServe;
  std::string config_file;         // --config
  Layer flags;                     // settings given as flags
  std::vector<std::string> files;  // lint, prove, test
  std::string graph_of;            // a file, or the name of a workflow
  std::string graph_format = "mermaid";
  bool is_lifecycle = false;
  bool is_json = false;
  bool with_origin = false;
  bool is_plan = false;
  std::string copy;                   // db backup, db restore: a file
  bool is_replacing = false;          // db restore
  std::size_t state_limit = 200'000;  // prove
  std::size_t seconds = 60;           // prove; 0 = no limit
  std::vector<std::string> people;    // prove: "alice:qa,devops"
  bool is_strict = false;             // prove
  std::string simulated_file;         // simulate, policy test: a workflow
  std::string script;                 // simulate; empty = everybody agrees
  std::string subject_json = "{}";    // simulate
  std::size_t last_runs = 50;         // policy test
  bool is_hello = false;  // serve: say how to try it, also when nobody is at the terminal
  ClientArguments client;
  AuthorArguments author;
};

// What to do, or the exit code when help was asked for or something was wrong (already printed).
std::variant<Arguments, int> ParseArguments(int argc, char** argv);

}  // namespace gatewright::cli
