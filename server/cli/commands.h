// server/cli/commands.h: every subcommand but `serve`. Each prints its result to standard output
// and its errors to standard error, and returns the exit code. One thread.
#pragma once

#include <optional>
#include <string_view>

#include "server/cli/arguments.h"

namespace gatewright::cli {

int RunLint(const Arguments& arguments);
int RunGraph(const Arguments& arguments);
int RunProve(const Arguments& arguments);
int RunSimulate(const Arguments& arguments);
int RunTest(const Arguments& arguments);
int RunPolicyTest(const Arguments& arguments);
int RunConfigShow(const Arguments& arguments);
int RunDbBackup(const Arguments& arguments);
int RunDbCheck(const Arguments& arguments);
int RunDbMigrate(const Arguments& arguments);
int RunDbRestore(const Arguments& arguments);
int RunPluginList(const Arguments& arguments);
int RunVersion(const Arguments& arguments);
int RunHealth(const Arguments& arguments);
int RunClient(const Arguments& arguments);
int RunAuthor(const Arguments& arguments);
int RunPluginCheck(const AuthorArguments& arguments);
int RunPluginNew(const AuthorArguments& arguments);
int RunPluginRun(const AuthorArguments& arguments);

// The configuration for these arguments; prints what is wrong and returns nothing when it is.
std::optional<Configuration> Configure(const Arguments& arguments);

// "gatewright: …" on standard error, one line per line of `text`.
void PrintError(std::string_view text);

}  // namespace gatewright::cli
