// server/cli/author_arguments.h: the subcommands for authors of plugins, as a value.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace gatewright::cli {

enum class AuthorCommand { kCheck = 1, kNew, kRun };

struct AuthorArguments {
  AuthorCommand command = AuthorCommand::kCheck;
  bool is_json = false;
  std::string library;               // check, run: a file
  std::string offer;                 // check; empty = all
  std::vector<std::string> configs;  // check: files
  std::vector<std::string> grants;   // check, run: as in server.yaml
  std::string case_file;             // run
  bool does_write_case = false;      // run
  std::string name;                  // new
  std::string kind = "approver";     // new
  std::string language = "c++";      // new
  std::string folder;                // new; empty = one named like it, here
};

struct Arguments;

// Adds the subcommands to `plugin`, which fills `arguments` while it parses.
void AddAuthorCommands(CLI::App& plugin, Arguments& arguments);

}  // namespace gatewright::cli
