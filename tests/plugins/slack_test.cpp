// The notifier `slack`, through the host, against a real server on a loopback address; and with it
// the sentences that people read of every event.
#include <gmock/gmock.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_to.hpp>

#include "engine/codec/events.h"
#include "tests/plugins/events.h"
#include "tests/plugins/loopback_server.h"
#include "tests/plugins/plugin_folder.h"

namespace gatewright::host {
namespace {

namespace json = boost::json;
using gatewright::testing::EventJson;
using gatewright::testing::HttpAnswer;
using gatewright::testing::LoopbackServer;
using gatewright::testing::SomeRun;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Le;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

class Slack : public ::testing::Test {
 protected:
  std::string Config() const {
    return json::serialize(json::object{{"url", server_.url()}, {"allow_private", true}});
  }

  // The text that is posted of this event.
  std::string Text(const std::string& topic, const json::object& event,
                   const json::object& run = SomeRun()) {
    const auto notifier = host_->MakeNotifier("slack", Config());
    if (!notifier) return notifier.error().message;
    const auto delivered =
        (*notifier)->Deliver("17-0", topic, EventJson("17-0", topic, event, run), kLimit);
    if (!delivered) return delivered.error().message;
    const std::string request = server_.requests().back();
    EXPECT_THAT(request, HasSubstr("Content-Type: application/json\r\n"));
    const auto body = json::parse(request.substr(request.find("\r\n\r\n") + 4)).as_object();
    EXPECT_THAT(body, SizeIs(1));
    return json::value_to<std::string>(body.at("text"));
  }

  LoopbackServer server_{"ok"};
  std::unique_ptr<PluginHost> host_ = LoadOurs();
};

TEST_F(Slack, PostsALineForPeople) {
  EXPECT_EQ(Text("gate.opened", {{"stage", "QA"}}), "deployment run 42 'v1.2': gate QA is open");
  EXPECT_EQ(Text("vote.cast", {{"voter", "bob"},
                               {"choice", "reject"},
                               {"stage", "QA"},
                               {"comment", "not on a Friday"}}),
            "deployment run 42 'v1.2': bob votes reject at gate QA: not on a Friday");
  EXPECT_EQ(Text("run.finished", {{"outcome", "succeeded"}}, {{"id", 7}, {"workflow", "hotfix"}}),
            "hotfix run 7: is finished: succeeded");
}

TEST_F(Slack, ShowsLinksAndCallsWhomItIsTold) {
  auto event = json::parse(EventJson("17-0", "gate.opened", {{"stage", "QA"}}));
  event.at("data").as_object()["links"] = {{"approve", "https://x/vote/a"},
                                           {"reject", "https://x/vote/b"},
                                           {"expires_at", "2023-11-14T22:43:20Z"}};
  auto config = json::parse(Config()).as_object();
  config["mention"] = "U024BE7LH";
  const auto notifier = host_->MakeNotifier("slack", json::serialize(config));
  ASSERT_TRUE(notifier) << notifier.error().message;
  ASSERT_TRUE((*notifier)->Deliver("17-0", "gate.opened", json::serialize(event), kLimit));
  EXPECT_THAT(server_.requests().back(),
              HasSubstr("<@U024BE7LH> deployment run 42 'v1.2': gate QA is open\\n"
                        "Approve: https://x/vote/a\\nReject: https://x/vote/b\\n"
                        "Good until 2023-11-14T22:43:20Z, for one vote"));
}

TEST_F(Slack, ADigestIsALinePerEvent) {
  json::object digest{{"id", "digest-4"}, {"time", "2023-11-15T08:00:00Z"}};
  json::array events;
  for (const char* stage : {"QA", "DevOps"}) {
    events.push_back(json::parse(EventJson("17-0", "gate.opened", {{"stage", stage}})));
  }
  digest["data"] = {{"recipient", {{"id", "ann"}}}, {"events", events}};
  const auto notifier = host_->MakeNotifier("slack", Config());
  ASSERT_TRUE((*notifier)->Deliver("digest-4", "digest", json::serialize(digest), kLimit));
  EXPECT_THAT(server_.requests().back(),
              HasSubstr("2 messages\\ndeployment run 42 'v1.2': gate QA is open "
                        "(2023-11-14T22:13:20Z)\\ndeployment run 42 'v1.2': gate DevOps is open"));
}

TEST_F(Slack, HasASentenceForEveryEvent) {
  const json::object everything{
      {"requester", "ann"}, {"stage", "QA"},      {"voter", "bob"}, {"choice", "approve"},
      {"by", "bob"},        {"number", 2},        {"level", 1},     {"deadline", "tomorrow"},
      {"attempt", 3},       {"outcome", "failed"}};
  for (const std::string_view topic : codec::EventTopics()) {
    EXPECT_THAT(Text(std::string(topic), everything),
                AllOf(StartsWith("deployment run 42 'v1.2': "), Not(HasSubstr(std::string(topic))),
                      Not(ContainsRegex("[?{}]"))))
        << topic;
  }
  EXPECT_THAT(Text("gate.renamed", {}), EndsWith(": gate.renamed"));
}

TEST_F(Slack, TextStaysTextOnOneShortLine) {
  auto run = SomeRun();
  run["name"] = "<!channel> & <https://evil|here>\r\nyes";
  EXPECT_EQ(Text("gate.opened", {{"stage", "QA"}}, run),
            "deployment run 42 '&lt;!channel&gt; &amp; &lt;https://evil|here&gt;  yes': gate QA is "
            "open");
  std::string comment;
  for (int i = 0; i < 5'000; ++i) comment += "ä";
  const std::string text = Text("vote.cast", {{"comment", comment}});
  EXPECT_THAT(text, AllOf(SizeIs(Le(500u)), EndsWith("ä…")));
}

TEST_F(Slack, SaysWhetherToTryAgainAndNeverTheUrl) {
  const auto trouble = [&](const std::string& status) {
    LoopbackServer server([&](const std::string&) { return HttpAnswer("no_service", status); });
    const json::object config{{"url", server.url()}, {"allow_private", true}};
    const auto notifier = host_->MakeNotifier("slack", json::serialize(config));
    const auto delivered =
        (*notifier)->Deliver("17-0", "gate.opened", EventJson("17-0", "gate.opened", {}), kLimit);
    EXPECT_FALSE(delivered);
    EXPECT_THAT(delivered.error().message, Not(HasSubstr("/vote")));
    return delivered.error().code;
  };
  EXPECT_EQ(trouble("429 Too Many Requests"), ErrorCode::kUnavailable);
  EXPECT_EQ(trouble("404 Not Found"), ErrorCode::kInvalid);
}

TEST_F(Slack, RefusesAUrlThatIsNoneWithoutShowingIt) {
  const auto made =
      host_->MakeNotifier("slack", R"({"url": "ftp://hooks.example.com/T0/B0/hidden"})");
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message,
              AllOf(HasSubstr("/url: expected https://, found ftp://"), Not(HasSubstr("hidden"))));
}

}  // namespace
}  // namespace gatewright::host
