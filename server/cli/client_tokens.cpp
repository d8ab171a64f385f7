// server/cli/client_tokens.cpp: `gatewright login`, `token` and `user hash`.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/codec/json_writer.h"
#include "server/auth/password.h"
#include "server/cli/client_commands.h"
#include "server/cli/commands.h"
#include "server/cli/password_prompt.h"

namespace gatewright::cli {
namespace {

constexpr const char* kTokensPath = "/api/v1/tokens";

std::string TokenBodyOf(const ClientArguments& arguments) {
  std::string body;
  codec::JsonWriter json(body);
  json.OpenObject();
  json.Key("name").Text(arguments.name);
  if (!arguments.owner.empty()) json.Key("owner").Text(arguments.owner);
  if (!arguments.lasts.empty()) json.Key("for").Text(arguments.lasts);
  if (!arguments.verbs.empty()) {
    json.Key("verbs").OpenArray();
    for (const std::string& verb : arguments.verbs) json.Text(verb);
    json.CloseArray();
  }
  json.CloseObject();
  return body;
}

void PrintCredential(const JsonView& one) {
  std::vector<std::string> verbs;
  for (const JsonView& verb : one["verbs"].items()) verbs.push_back(verb.text());
  fmt::print("{}  {:<8}  until {}  {}{}\n", one["id"].text(), one["kind"].text(),
             TimeText(one["expires_at"]), one["name"].text(),
             verbs.empty() ? "" : fmt::format(" (only {})", fmt::join(verbs, ", ")));
}

}  // namespace

int LogIn(Client& client, const ClientArguments& arguments) {
  const auto password = AskPassword("Password of " + arguments.name);
  if (!password) {
    PrintError(password.error().message);
    return kExitUsage;
  }
  std::string body;
  codec::JsonWriter json(body);
  json.OpenObject().Key("username").Text(arguments.name).Key("password").Text(*password);
  json.CloseObject();
  const Fetched fetched =
      Fetch(client, {.method = "POST", .path = "/api/v1/auth/token", .body = body});
  if (fetched.exit_code != kExitOk) return fetched.exit_code;
  const JsonView tokens(fetched.document);
  fmt::print("{}\n", arguments.is_json ? tokens.json() : tokens["access_token"].text());
  return kExitOk;
}

int ListTokens(Client& client, const ClientArguments& arguments) {
  std::string path = kTokensPath;
  if (!arguments.owner.empty()) path += "?owner=" + UrlEncoded(arguments.owner);
  const Fetched fetched = Fetch(client, {.path = path});
  if (fetched.exit_code != kExitOk) return fetched.exit_code;
  const JsonView tokens(fetched.document);
  if (arguments.is_json) {
    fmt::print("{}\n", tokens.json());
    return kExitOk;
  }
  const auto items = tokens["items"].items();
  if (items.empty()) fmt::print("there is none\n");
  for (const JsonView& one : items) PrintCredential(one);
  return kExitOk;
}

int MakeToken(Client& client, const ClientArguments& arguments) {
  const Fetched fetched =
      Fetch(client, {.method = "POST", .path = kTokensPath, .body = TokenBodyOf(arguments)});
  if (fetched.exit_code != kExitOk) return fetched.exit_code;
  const JsonView made(fetched.document);
  fmt::print("{}\n", arguments.is_json ? made.json() : made["token"].text());
  return kExitOk;
}

int RevokeToken(Client& client, const ClientArguments& arguments) {
  const Answer answer = client.Send(
      {.method = "DELETE", .path = fmt::format("{}/{}", kTokensPath, UrlEncoded(arguments.name))});
  if (answer.exit_code != kExitOk) {
    PrintError(answer.problem);
    return answer.exit_code;
  }
  fmt::print("{}\n", arguments.is_json ? R"({"changed":true})" : "revoked");
  return kExitOk;
}

int HashPassword() {
  const auto password = AskPassword("Password");
  const auto hash =
      password ? auth::HashPassword(*password) : Result<std::string>(password.error());
  if (!hash) {
    PrintError(hash.error().message);
    return kExitUsage;
  }
  fmt::print("{}\n", *hash);
  return kExitOk;
}

}  // namespace gatewright::cli
