// What the notifier `webhook` signs, the library that receivers use believes; and nothing else.
#include <gmock/gmock.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "tests/plugins/events.h"
#include "tests/plugins/loopback_server.h"
#include "tests/plugins/plugin_folder.h"

namespace gatewright::host {
namespace {

namespace json = boost::json;
using gatewright::testing::EventJson;
using gatewright::testing::LoopbackServer;

constexpr char kFolder[] = SOURCE_ROOT "/tests/plugins/second-opinion";
constexpr char kOld[] = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
constexpr char kNew[] = "whsec_dGhlIGtleSBvZiB0aGUgbmV3IG1vbnRo";

struct Request {
  json::object headers;
  std::string body;
};

Request Send(const json::value& secret) {
  LoopbackServer server("");
  const auto host = LoadOurs();
  const auto notifier = host->MakeNotifier(
      "webhook", json::serialize(json::object{
                     {"url", server.url()}, {"allow_private", true}, {"secret", secret}}));
  EXPECT_TRUE(notifier) << notifier.error().message;
  const std::string event = EventJson("17-0", "vote.cast", {{"comment", "schön, \"ja\" 👍"}});
  EXPECT_TRUE((*notifier)->Deliver("17-0", "vote.cast", event, kLimit));
  const std::string sent = server.requests().at(0);
  Request request;
  std::istringstream lines(sent);
  for (std::string line; std::getline(lines, line) && line != "\r";) {
    const auto colon = line.find(": ");
    if (colon == line.npos) continue;
    request.headers[line.substr(0, colon)] = line.substr(colon + 2, line.size() - colon - 3);
  }
  request.body = sent.substr(sent.find("\r\n\r\n") + 4);
  return request;
}

std::string Ask(const std::string& script, const Request& request, const std::string& secret) {
  PluginFolder folder;
  const auto question =
      folder.Write("request.json",
                   json::serialize(json::object{
                       {"secret", secret}, {"headers", request.headers}, {"body", request.body}}));
  const auto answer = folder.path() / "answer";
  const std::string command = script + " < '" + question.string() + "' > '" + answer.string() + "'";
  EXPECT_EQ(std::system(command.c_str()), 0)
      << command << "; is `npm ci` done in " << kFolder << "?";
  std::ostringstream text;
  text << std::ifstream(answer).rdbuf();
  return text.str();
}

// What the library says, and with it what docs/notifications.md does by hand.
std::string Verify(const Request& request, const std::string& secret) {
  const std::string folder = kFolder;
  const std::string said = Ask("node " + folder + "/verify.mjs", request, secret);
  EXPECT_EQ(Ask("python3 " + folder + "/verify.py", request, secret), said);
  return said;
}

TEST(WebhookSecondOpinion, BelievesWhatIsSigned) { EXPECT_EQ(Verify(Send(kOld), kOld), "17-0"); }

TEST(WebhookSecondOpinion, BelievesTheOldAndTheNewSecretWhileTheyAreRotated) {
  const Request request = Send(json::array{kNew, kOld});
  EXPECT_EQ(Verify(request, kOld), "17-0");
  EXPECT_EQ(Verify(request, kNew), "17-0");
}

TEST(WebhookSecondOpinion, BelievesNothingElse) {
  const std::string refused = "No matching signature found";
  Request request = Send(kOld);
  EXPECT_EQ(Verify(request, kNew), refused);
  request.headers["webhook-id"] = "18-0";
  EXPECT_EQ(Verify(request, kOld), refused);
  request.headers["webhook-id"] = "17-0";
  request.body += " ";
  EXPECT_EQ(Verify(request, kOld), refused);
}

}  // namespace
}  // namespace gatewright::host
