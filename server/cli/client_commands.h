// server/cli/client_commands.h: the subcommands that ask a running server. Each prints its result
// and returns the exit code. One thread.
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string>

#include "server/cli/client.h"
#include "server/cli/client_arguments.h"
#include "server/cli/json_view.h"

namespace gatewright::cli {

int ExplainRun(Client& client, const ClientArguments& arguments);
int ShowLog(Client& client, const ClientArguments& arguments);
int ShowInbox(Client& client, const ClientArguments& arguments);
int PlanWorkflow(Client& client, const ClientArguments& arguments);
int MigrateRuns(Client& client, const ClientArguments& arguments);
int SubmitDraft(Client& client, const ClientArguments& arguments);
int SmokeTest(Client& client, const ClientArguments& arguments);
int SetStop(Client& client, const ClientArguments& arguments);
int LiftStops(Client& client, const ClientArguments& arguments);
int ListDeliveries(Client& client, const ClientArguments& arguments);
int ReplayDeliveries(Client& client, const ClientArguments& arguments);
int LogIn(Client& client, const ClientArguments& arguments);
int ListTokens(Client& client, const ClientArguments& arguments);
int MakeToken(Client& client, const ClientArguments& arguments);
int RevokeToken(Client& client, const ClientArguments& arguments);
int HashPassword();  // asks no server
int ShowStops(Client& client, const ClientArguments& arguments);

// A document, or the exit code of what went wrong, which is printed already.
struct Fetched {
  int exit_code = 0;
  boost::json::value document;
};
Fetched Fetch(Client& client, const Request& request);

// Every item of a list, over all its pages. `path` has no query yet, or ends with "&".
Fetched FetchAll(Client& client, const std::string& path);

// "2026-11-22 03:20:00 UTC" for a point in time of the API.
std::string TimeText(const JsonView& moment);

}  // namespace gatewright::cli
