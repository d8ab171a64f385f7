// server/cli/plugin_run.cpp: `gatewright plugin run`, and which command of an author it is.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "engine/codec/json.h"
#include "plugins/check/case.h"
#include "plugins/check/replay.h"
#include "server/cli/commands.h"
#include "server/cli/files.h"

namespace gatewright::cli {
namespace {

constexpr std::size_t kLargestCase = 4 * 1024 * 1024;

Result<check::Case> ReadCaseFile(const std::string& path) {
  GW_TRY(text, ReadFile(path, kLargestCase));
  auto read = check::ReadCase(text);
  if (read) return read;
  return Error{read.error().code, fmt::format("{}: {}", path, read.error().message)};
}

bool WriteWhole(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  return file.good();
}

}  // namespace

int RunPluginRun(const AuthorArguments& arguments) {
  check::ReplayOptions options;
  std::error_code problem;
  options.library = std::filesystem::canonical(arguments.library, problem);
  if (problem) {
    PrintError(fmt::format("expected a plugin, '{}': {}", arguments.library, problem.message()));
    return kExitUsage;
  }
  for (const std::string& name : arguments.grants) {
    if (const auto grant = host::GrantFrom(name)) options.grants.insert(*grant);
    if (name == "in-server") options.has_walls = false;
  }
  options.program = "/proc/self/exe";
  options.log = [](host::LogSeverity, std::string_view offer, std::string_view line) {
    fmt::print(stderr, "{}: {}\n", offer, line);
  };
  const auto recorded = ReadCaseFile(arguments.case_file);
  if (!recorded) {
    PrintError(recorded.error().message);
    return kExitUsage;
  }
  const auto answer = check::Replay(options, *recorded);
  if (!answer) {
    PrintError(answer.error().message);
    return kExitUsage;
  }
  fmt::print("{}\n", codec::ToJson(*answer));
  if (arguments.does_write_case) {
    if (WriteWhole(arguments.case_file, check::WriteCase(*recorded, *answer))) return kExitOk;
    PrintError(fmt::format("could not write '{}'", arguments.case_file));
    return kExitUsage;
  }
  const auto differences = check::Differences(recorded->expect, *answer);
  for (const std::string& difference : differences) PrintError(difference);
  return differences.empty() ? kExitOk : kExitFailure;
}

int RunAuthor(const Arguments& arguments) {
  switch (arguments.author.command) {
    case AuthorCommand::kCheck:
      return RunPluginCheck(arguments.author);
    case AuthorCommand::kNew:
      return RunPluginNew(arguments.author);
    case AuthorCommand::kRun:
      return RunPluginRun(arguments.author);
  }
  return kExitUsage;
}

}  // namespace gatewright::cli
