// server/cli/client_commands.cpp: which command asks for what, and what they share; the inbox.
#include "server/cli/client_commands.h"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "server/cli/commands.h"
#include "server/cli/files.h"

namespace gatewright::cli {
namespace {

int Run(Client& client, const ClientArguments& arguments) {
  switch (arguments.command) {
    case ClientCommand::kExplain:
      return ExplainRun(client, arguments);
    case ClientCommand::kInbox:
      return ShowInbox(client, arguments);
    case ClientCommand::kSubmit:
      return SubmitDraft(client, arguments);
    case ClientCommand::kSmoke:
      return SmokeTest(client, arguments);
    case ClientCommand::kPlan:
      return PlanWorkflow(client, arguments);
    case ClientCommand::kMigrate:
      return MigrateRuns(client, arguments);
    case ClientCommand::kStop:
      return SetStop(client, arguments);
    case ClientCommand::kLift:
      return LiftStops(client, arguments);
    case ClientCommand::kStops:
      return ShowStops(client, arguments);
    case ClientCommand::kLog:
      return ShowLog(client, arguments);
    case ClientCommand::kDeliveries:
      return ListDeliveries(client, arguments);
    case ClientCommand::kReplay:
      return ReplayDeliveries(client, arguments);
    case ClientCommand::kLogIn:
      return LogIn(client, arguments);
    case ClientCommand::kTokens:
      return ListTokens(client, arguments);
    case ClientCommand::kMakeToken:
      return MakeToken(client, arguments);
    case ClientCommand::kRevokeToken:
      return RevokeToken(client, arguments);
    case ClientCommand::kHashPassword:
      break;
  }
  return kExitUsage;
}

// The first line.
Result<std::string> ReadTokenFile(const std::string& path) {
  GW_TRY(text, ReadFile(path, 64 * 1024));
  text.resize(std::min(text.find_first_of("\r\n"), text.size()));
  return text;
}

}  // namespace

int RunClient(const Arguments& arguments) {
  if (arguments.client.command == ClientCommand::kHashPassword) return HashPassword();
  ClientOptions options = arguments.client.options;
  if (const std::string& file = arguments.client.token_file; !file.empty()) {
    auto token = ReadTokenFile(file);
    if (!token) {
      PrintError(token.error().message);
      return kExitUsage;
    }
    options.token = *std::move(token);
  }
  auto client = Client::Open(std::move(options));
  if (!client) {
    PrintError(client.error().message);
    return kExitUsage;
  }
  return Run(*client, arguments.client);
}

Fetched Fetch(Client& client, const Request& request) {
  const Answer answer = client.Send(request);
  if (answer.exit_code != kExitOk) {
    PrintError(answer.problem);
    return {answer.exit_code, {}};
  }
  auto document = codec::ParseJson(answer.body);
  if (!document) {
    PrintError(fmt::format("the server's answer is not JSON: {}", document.error().message));
    return {kExitFailure, {}};
  }
  return {kExitOk, *std::move(document)};
}

Fetched FetchAll(Client& client, const std::string& path) {
  boost::json::array items;
  std::string cursor;
  do {
    const std::string query = fmt::format("{}limit=200{}{}", path.ends_with('&') ? "" : "?",
                                          cursor.empty() ? "" : "&cursor=", UrlEncoded(cursor));
    Fetched page = Fetch(client, {.path = path + query});
    if (page.exit_code != kExitOk) return page;
    const JsonView view(page.document);
    cursor = view["next_cursor"].raw_text();
    if (auto* found = page.document.as_object()["items"].if_array()) {
      for (auto& item : *found) items.push_back(std::move(item));
    }
  } while (!cursor.empty());
  boost::json::object all;
  all["items"] = std::move(items);
  return {kExitOk, std::move(all)};
}

int ShowInbox(Client& client, const ClientArguments& arguments) {
  const Fetched fetched = FetchAll(client, "/api/v1/inbox");
  if (fetched.exit_code != kExitOk) return fetched.exit_code;
  const JsonView inbox(fetched.document);
  if (arguments.is_json) {
    fmt::print("{}\n", inbox.json());
    return kExitOk;
  }
  const auto items = inbox["items"].items();
  if (items.empty()) fmt::print("nothing waits for you\n");
  for (const JsonView& item : items) {
    const JsonView run = item["run"];
    const JsonView explanation = item["explanation"];
    const JsonView deadline = explanation["gate"]["deadline"];
    const JsonView stage = explanation["stage"];
    fmt::print("{:>6}  {}  ({}, {}){}\n        {}\n", run["id"].number(), run["name"].text(),
               run["workflow"].text(), stage.is_null() ? run["status"].text() : stage.text(),
               deadline.is_null() ? "" : fmt::format("  until {}", TimeText(deadline)),
               explanation["summary"].text());
  }
  return kExitOk;
}

int SubmitDraft(Client& client, const ClientArguments& arguments) {
  const Fetched fetched =
      Fetch(client, {.method = "POST",
                     .path = fmt::format("/api/v1/runs/{}/submit", arguments.id),
                     .body = "{}"});
  if (fetched.exit_code != kExitOk) return fetched.exit_code;
  const JsonView run(fetched.document);
  if (arguments.is_json) {
    fmt::print("{}\n", run.json());
  } else {
    fmt::print("run {} is submitted: {}, in state {}\n", run["id"].number(), run["status"].text(),
               run["state"].text());
  }
  return kExitOk;
}

std::string TimeText(const JsonView& moment) {
  std::string text = moment.text();
  const auto t = text.find('T');
  if (t == std::string::npos || !text.ends_with('Z')) return text;
  text[t] = ' ';
  text.resize(std::min(text.find('.'), text.size() - 1));
  return text + " UTC";
}

}  // namespace gatewright::cli
