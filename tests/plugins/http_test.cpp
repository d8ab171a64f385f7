// The policy `http`, through the host, against a real server on a loopback address.
#include <gmock/gmock.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "tests/plugins/loopback_server.h"
#include "tests/plugins/plugin_folder.h"

namespace gatewright::host {
namespace {

namespace json = boost::json;
using gatewright::testing::HttpAnswer;
using gatewright::testing::LoopbackServer;
using ports::PolicyChoice;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

class HttpPolicy : public ::testing::Test {
 protected:
  Result<ports::PolicyVerdict> Ask(const std::string& url, bool allows_private = true,
                                   Duration limit = kLimit) {
    GW_TRY(policy, host_->MakePolicy("http", json::serialize(json::object{
                                                 {"url", url}, {"allowPrivate", allows_private}})));
    ports::Context context = SomeContext();
    context.facts_json = R"({"votes":[]})";
    return policy->Evaluate(context, limit);
  }

  ports::PolicyVerdict AskServer(LoopbackServer& server) {
    const auto verdict = Ask(server.url());
    if (verdict) return *verdict;
    ADD_FAILURE() << verdict.error().message;
    return {};
  }

  // The reason of the abstention that this answer has to be.
  std::string Doubt(const std::string& answer) {
    LoopbackServer server([&](const std::string&) { return answer; });
    const auto verdict = AskServer(server);
    EXPECT_EQ(verdict.choice, PolicyChoice::kAbstain) << answer.substr(0, 200);
    EXPECT_THAT(verdict.reason, StartsWith("the service gave no usable answer: "));
    return verdict.reason;
  }

  std::unique_ptr<PluginHost> host_ = LoadOurs();
};

TEST_F(HttpPolicy, AsksTheServiceAndVotesAsItSays) {
  LoopbackServer server(
      R"({"choice": "approve", "reason": "budget left", "evidence": {"left": 12}})");
  const auto verdict = AskServer(server);
  EXPECT_EQ(verdict.choice, PolicyChoice::kApprove);
  EXPECT_EQ(verdict.reason, "budget left");
  EXPECT_EQ(json::parse(verdict.evidence_json),
            (json::value{{"url", server.url()}, {"status", 200}, {"answer", {{"left", 12}}}}));

  ASSERT_THAT(server.requests(), SizeIs(1));
  const std::string request = server.requests().front();
  EXPECT_THAT(request, StartsWith("POST /vote HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr("Content-Type: application/json\r\n"));
  EXPECT_EQ(json::parse(request.substr(request.find("\r\n\r\n") + 4)), json::parse(R"({
      "subject": {"environment": "staging"},
      "run": {"id": 42, "workflow": "deployment", "requester": "ann", "subject_digest": "d1"},
      "stage": {"name": "QA", "epoch": 3},
      "facts": {"votes": []}})"));
}

// GitHub's own example of a signature is in its documentation; the key and the body are ours.
TEST_F(HttpPolicy, AsksAsGitHubAsksADeploymentProtectionRule) {
  LoopbackServer server("ok");
  const auto policy = host_->MakePolicy(
      "http", json::serialize(json::object{{"url", server.url()},
                                           {"allowPrivate", true},
                                           {"format", "github"},
                                           {"secret", "It's a Secret to Everybody"},
                                           {"repository", "octo-org/octo-repo"},
                                           {"installation", 5}}));
  ASSERT_TRUE(policy) << policy.error().message;
  ports::Context context = SomeContext();
  context.subject_json = R"({"environment":"production","ref":"main","sha":"f95f852b"})";
  context.callback_url = "https://gates.example.com/api/v1/callbacks/T1";
  const auto verdict = (*policy)->Evaluate(context, kLimit);
  ASSERT_TRUE(verdict) << verdict.error().message;
  EXPECT_EQ(verdict->choice, PolicyChoice::kWait) << verdict->reason;

  const std::string request = server.requests().front();
  EXPECT_THAT(request, HasSubstr("X-GitHub-Event: deployment_protection_rule\r\n"));
  EXPECT_THAT(request, ::testing::ContainsRegex("X-GitHub-Delivery: [0-9a-f]{8}-[0-9a-f-]{27}"));
  EXPECT_THAT(request, ::testing::ContainsRegex("X-Hub-Signature-256: sha256=[0-9a-f]{64}"));
  const auto asked = json::parse(request.substr(request.find("\r\n\r\n") + 4)).as_object();
  EXPECT_EQ(asked.at("action"), "requested");
  EXPECT_EQ(asked.at("environment"), "production");
  EXPECT_EQ(asked.at("deployment_callback_url"), json::value(std::string(context.callback_url)));
  EXPECT_EQ(asked.at("repository").at("full_name"), "octo-org/octo-repo");
  EXPECT_EQ(asked.at("repository").at("owner").at("login"), "octo-org");
  EXPECT_EQ(asked.at("installation").at("id"), 5);
  EXPECT_EQ(asked.at("sender").at("login"), "ann");
  EXPECT_EQ(asked.at("deployment").at("ref"), "main");
  EXPECT_EQ(asked.at("deployment").at("sha"), "f95f852b");
  EXPECT_EQ(asked.at("deployment").at("payload").at("run"), 42);
}

TEST_F(HttpPolicy, WhatIsForGitHubGoesWithItsFormat) {
  const auto problem = [&](json::object config) {
    config["url"] = "https://gates.example.com/vote";
    const auto made = host_->MakePolicy("http", json::serialize(config));
    return made ? "none" : made.error().message;
  };
  EXPECT_THAT(problem({{"repository", "a/b"}}), HasSubstr("only with format: github"));
  EXPECT_THAT(problem({{"format", "github"}, {"answer", "response"}}),
              HasSubstr("expected callback with format: github"));
  EXPECT_THAT(problem({{"format", "github"}, {"secret", json::array{"a"}}}),
              HasSubstr("expected one text"));
}

TEST_F(HttpPolicy, KnowsEveryChoice) {
  const auto choice = [&](const std::string& answer) {
    LoopbackServer server(answer);
    return AskServer(server).choice;
  };
  EXPECT_EQ(choice(R"({"choice": "reject"})"), PolicyChoice::kReject);
  EXPECT_EQ(choice(R"({"choice": "abstain"})"), PolicyChoice::kAbstain);
  LoopbackServer waits(R"({"choice": "wait", "ask_again_after": "10m", "reason": "not yet"})");
  const auto verdict = AskServer(waits);
  EXPECT_EQ(verdict.choice, PolicyChoice::kWait);
  EXPECT_EQ(verdict.ask_again_after, std::chrono::minutes{10});
}

TEST_F(HttpPolicy, AbstainsOnWhateverIsNotAnAnswer) {
  const auto approve = [](const std::string& more) {
    return HttpAnswer(R"({"choice": "approve")" + more + "}");
  };
  EXPECT_THAT(Doubt(HttpAnswer("yes")), HasSubstr("expected a value"));
  EXPECT_THAT(Doubt(HttpAnswer("")), HasSubstr("found the end"));
  EXPECT_THAT(Doubt(HttpAnswer("[]")), HasSubstr("expected an object, found a list"));
  EXPECT_THAT(Doubt(HttpAnswer("{}")), HasSubstr("expected 'choice' to be approve"));
  EXPECT_THAT(Doubt(HttpAnswer(R"({"choice": "APPROVE"})")), HasSubstr("found 'APPROVE'"));
  EXPECT_THAT(Doubt(HttpAnswer(R"({"choice": true})")), HasSubstr("found a boolean"));
  EXPECT_THAT(Doubt(approve(R"(, "because": "I like it")")), HasSubstr("found 'because'"));
  EXPECT_THAT(Doubt(approve(R"(, "choice": "reject")")), HasSubstr("every key once"));
  EXPECT_THAT(Doubt(approve(R"(, "reason": 1)")), HasSubstr("expected 'reason'"));
  EXPECT_THAT(Doubt(approve(R"(, "evidence": [])")), HasSubstr("expected 'evidence'"));
  EXPECT_THAT(Doubt(approve(R"(, "ask_again_after": "1m")")), HasSubstr("only with the choice"));
  EXPECT_THAT(Doubt(HttpAnswer(R"({"choice": "wait"})")), HasSubstr("expected 'ask_again_after'"));
  EXPECT_THAT(Doubt(HttpAnswer(R"({"choice": "wait", "ask_again_after": "1ms"})")),
              HasSubstr("at least 1s"));
  EXPECT_THAT(Doubt(HttpAnswer(R"({"choice": "approve"})", "201 Created")),
              HasSubstr("expected status 200, found 201"));
  EXPECT_THAT(Doubt(HttpAnswer(R"({"choice": "approve"})", "500 Internal Server Error")),
              HasSubstr("found 500"));
  EXPECT_THAT(Doubt(HttpAnswer(R"({"choice": "approve", "reason": ")" +
                               std::string(64 * 1024, 'x') + "\"}")),
              HasSubstr("longer than 65536 bytes"));
  EXPECT_THAT(Doubt(approve(R"(, "evidence": {"a": ")" + std::string(61 * 1024, 'x') + "\"}")),
              HasSubstr("expected 'evidence' of at most"));
  EXPECT_THAT(Doubt("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"choice\": \"approve\"}"),
              HasSubstr("transfer closed"));
  EXPECT_THAT(Doubt("SSH-2.0-OpenSSH_9.2\r\n"), HasSubstr("HTTP"));
}

TEST_F(HttpPolicy, FollowsNoRedirect) {
  LoopbackServer other(R"({"choice": "approve"})");
  EXPECT_THAT(Doubt(HttpAnswer("", "307 Temporary Redirect", "Location: " + other.url() + "\r\n")),
              HasSubstr("expected status 200, found 307"));
  EXPECT_THAT(other.requests(), IsEmpty());
}

TEST_F(HttpPolicy, AbstainsWhenNobodyAnswers) {
  std::string url;
  {
    const LoopbackServer gone("");
    url = gone.url();
  }
  const auto down = Ask(url);
  ASSERT_TRUE(down) << down.error().message;
  EXPECT_EQ(down->choice, PolicyChoice::kAbstain);
  EXPECT_THAT(down->reason, HasSubstr("connect"));

  LoopbackServer silent([](const std::string&) { return std::string(); });
  const auto late = Ask(silent.url(), true, std::chrono::milliseconds{400});
  ASSERT_TRUE(late) << late.error().message;
  EXPECT_EQ(late->choice, PolicyChoice::kAbstain);
  EXPECT_THAT(late->reason, HasSubstr("timed out"));
}

TEST_F(HttpPolicy, CallsPrivateAddressesOnlyWhenTold) {
  LoopbackServer server(R"({"choice": "approve"})");
  // https, so that the URL alone does not tell; nothing is sent, as no socket is opened.
  const std::string port = server.url().substr(server.url().rfind(':'));
  for (const std::string host :
       {"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "10.1.2.3",
        "192.168.0.1", "172.31.0.1", "[fd12::1]", "100.64.0.1", "[::1]"}) {
    const auto verdict = Ask("https://" + host + port, false);
    ASSERT_TRUE(verdict) << host << verdict.error().message;
    EXPECT_EQ(verdict->choice, PolicyChoice::kAbstain);
    EXPECT_THAT(verdict->reason, HasSubstr("is private, which allowPrivate would allow")) << host;
  }
  EXPECT_THAT(server.requests(), IsEmpty());
  EXPECT_EQ(Ask(server.url("localhost"))->choice, PolicyChoice::kApprove);
}

TEST_F(HttpPolicy, NeverCallsWhatNobodyMayCall) {
  for (const std::string host :
       {"169.254.169.254", "2852039166", "0xa9fea9fe", "[::ffff:169.254.169.254]", "[fe80::1]",
        "[fd00:ec2::254]", "[64:ff9b::a9fe:a9fe]", "[2002:a9fe:a9fe::]", "0.0.0.0", "0", "[::]",
        "224.0.0.1", "[ff02::1]", "255.255.255.255", "100.100.100.200"}) {
    const auto verdict = Ask("http://" + host + "/latest/meta-data", true);
    ASSERT_TRUE(verdict) << host << verdict.error().message;
    EXPECT_EQ(verdict->choice, PolicyChoice::kAbstain);
    EXPECT_THAT(verdict->reason, HasSubstr("is never called")) << host;
  }
  for (const std::string url : {"http://8.8.8.8/", "HTTP://8.8.8.8/"}) {
    EXPECT_THAT(Ask(url, true)->reason, HasSubstr("is public, which needs https://"));
  }
}

TEST_F(HttpPolicy, RefusesAUrlThatIsNone) {
  const auto problem = [&](const std::string& url, bool allows_private = false) {
    const auto made = Ask(url, allows_private);
    return made ? "was made" : made.error().message;
  };
  EXPECT_THAT(problem("ask them"), HasSubstr("/url: expected a URL"));
  EXPECT_THAT(problem("ftp://example.com/", true), HasSubstr("expected https://, found ftp://"));
  EXPECT_THAT(problem("file:///etc/passwd", true), HasSubstr("/url: expected"));
  EXPECT_THAT(problem("http://example.com/"), HasSubstr("http:// only goes to private addresses"));
  EXPECT_THAT(problem("https://ann:secret@example.com/"), HasSubstr("expected no user"));
}

}  // namespace
}  // namespace gatewright::host
