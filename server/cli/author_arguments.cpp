// server/cli/author_arguments.cpp: `gatewright plugin …` for authors of plugins, and its options.
#include "server/cli/author_arguments.h"

#include <CLI/CLI.hpp>

#include "server/cli/arguments.h"

namespace gatewright::cli {
namespace {

class AuthorCommandLine {
 public:
  AuthorCommandLine(CLI::App& plugin, Arguments& arguments)
      : plugin_(plugin), arguments_(arguments), author_(arguments.author) {}

  void AddAll() {
    CLI::App* check = Add("check",
                          "Hold a plugin to its contract: 0 it holds, 1 it does not, 2 usage, or "
                          "not everything could be looked at",
                          AuthorCommand::kCheck);
    AddLibrary(*check);
    AddOutput(*check);
    check->add_option("--offer", author_.offer, "Only this one of what it offers");
    check->add_option("--config", author_.configs,
                      "A file with a config as JSON, instead of those made from the schema; again "
                      "for each");
  }

 private:
  CLI::App* Add(const std::string& name, const std::string& help, AuthorCommand command) {
    CLI::App* added = plugin_.add_subcommand(name, help);
    added->callback([arguments = &arguments_, command] {
      arguments->command = Command::kAuthor;
      arguments->author.command = command;
    });
    return added;
  }

  void AddLibrary(CLI::App& app) {
    app.add_option("FILE", author_.library, "The plugin, a .so file")->required();
    app.add_option("--grant", author_.grants,
                   "What it may do beyond computing, as in server.yaml; again for each")
        ->check(CLI::IsMember({"network", "files", "processes", "in-server"}));
  }

  void AddOutput(CLI::App& app) {
    app.add_option_function<std::string>(
           "--output,-o",
           [author = &author_](const std::string& text) { author->is_json = text == "json"; },
           "text or json")
        ->check(CLI::IsMember({"text", "json"}));
    app.add_flag("--json", author_.is_json, "The same as --output json");
  }

  CLI::App& plugin_;
  Arguments& arguments_;
  AuthorArguments& author_;
};

}  // namespace

void AddAuthorCommands(CLI::App& plugin, Arguments& arguments) {
  AuthorCommandLine(plugin, arguments).AddAll();
}

}  // namespace gatewright::cli
