// server/cli/author_arguments.cpp: `gatewright plugin …` for authors of plugins, and its options.
#include "server/cli/author_arguments.h"

#include <CLI/CLI.hpp>

#include "server/cli/arguments.h"

namespace gatewright::cli {
namespace {

std::string CheckName(const std::string& text) {
  constexpr std::size_t kLongest = 60;
  const bool is_good =
      !text.empty() && text.size() <= kLongest && text.front() >= 'a' && text.front() <= 'z' &&
      text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
  return is_good ? ""
                 : "expected a name of a-z, 0-9 and -, which begins with a letter, found '" + text +
                       "'";
}

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

    CLI::App* run = Add("run",
                        "Ask a plugin one recorded question: 0 it answers as expected, 1 it does "
                        "not, 2 usage",
                        AuthorCommand::kRun);
    AddLibrary(*run);
    run->add_option("--case", author_.case_file, "The question and the answer, as JSON")
        ->required();
    run->add_flag("--write-case", author_.does_write_case,
                  "Write the answer into the case as what is expected");

    CLI::App* made = Add("new", "Write a project for a plugin of your own", AuthorCommand::kNew);
    made->add_option("NAME", author_.name, "What it is called, such as on-call")
        ->required()
        ->check(CheckName);
    made->add_option("--kind", author_.kind, "approver, policy, executor or notifier")
        ->check(CLI::IsMember({"approver", "policy", "executor", "notifier"}))
        ->capture_default_str();
    made->add_option("--language", author_.language, "c++ or c")
        ->check(CLI::IsMember({"c++", "c"}))
        ->capture_default_str();
    made->add_option("--dir", author_.folder, "Where to; else a new folder NAME");
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
