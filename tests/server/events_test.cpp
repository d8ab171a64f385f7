// The live feed: everything once, in order, also over a lost connection.
#include <fmt/format.h>

#include "engine/codec/json.h"
#include "tests/server/server_fixture.h"

namespace gatewright::testing {
namespace {

class EventsTest : public ServerTest {
 protected:
  std::unique_ptr<http::RawClient> Listen(const std::string& query,
                                          const std::string& headers = "") {
    auto client = std::make_unique<http::RawClient>(port());
    client->Send("GET /api/v1/events" + query + " HTTP/1.1\r\nHost: t\r\n" + headers + "\r\n");
    const std::string head = client->ReadUntil("\r\n\r\n");
    EXPECT_NE(head.find("200 OK"), std::string::npos) << head;
    EXPECT_NE(head.find("text/event-stream"), std::string::npos) << head;
    return client;
  }
  // The next event's position and topic: "7 vote.cast".
  static std::string Next(http::RawClient& client) {
    while (true) {
      const std::string frame = client.ReadUntil("\n\n");
      if (frame.empty()) return "the stream ended";
      const std::size_t event = frame.find("event: ");
      if (event == std::string::npos) continue;
      const std::size_t id = frame.find("id: ");
      return frame.substr(id + 4, frame.find('\n', id) - id - 4) + " " +
             frame.substr(event + 7, frame.find('\n', event) - event - 7);
    }
  }
};

TEST_F(EventsTest, ASubscriberSeesWhatHappensFromNowOn) {
  Post("/deployments", R"({"name":"before"})");
  const auto client = Listen("");
  EXPECT_EQ(client->ReadUntil("\n\n"), "retry: 3000\nid: 1\n\n");
  Post("/deployments", R"({"name":"after"})");
  EXPECT_EQ(client->ReadUntil("data: "), "id: 2\nevent: run.created\ndata: ");
  const std::string data = client->ReadUntil("\n\n");
  const auto json = codec::ParseJson(data);
  ASSERT_TRUE(json) << data;
  EXPECT_EQ(json->at("run_id"), 2);
  EXPECT_EQ(json->at("position"), 2);
  EXPECT_EQ(json->at("events").at(0).at("type"), "RunCreated");
}

TEST_F(EventsTest, AReturningSubscriberMissesNothingAndSeesNothingTwice) {
  constexpr int kRuns = 30;
  for (int i = 0; i < kRuns; ++i) Post("/deployments", R"({"name":"x"})");
  std::int64_t expected = 1;
  for (const int take : {5, 11, 14}) {
    const auto client = expected == 1
                            ? Listen("?since=0")
                            : Listen("", fmt::format("Last-Event-ID: {}\r\n", expected - 1));
    for (int i = 0; i < take; ++i) {
      EXPECT_EQ(Next(*client), fmt::format("{} run.created", expected));
      ++expected;
    }
  }
  const auto client = Listen(fmt::format("?since={}", expected - 1));
  Restart();
}

TEST_F(EventsTest, CatchingUpAndBeingLiveMeetWithoutAGap) {
  for (int i = 0; i < 10; ++i) Post("/deployments", R"({"name":"x"})");
  const auto client = Listen("?since=3");
  for (int i = 0; i < 10; ++i) Post("/deployments", R"({"name":"x"})");
  for (int position = 4; position <= 20; ++position) {
    EXPECT_EQ(Next(*client), fmt::format("{} run.created", position));
  }
}

TEST_F(EventsTest, OneRunCanBeFollowed) {
  Post("/deployments", R"({"name":"x"})");
  Post("/deployments", R"({"name":"y"})");
  const auto client = Listen("?since=0&run=2");
  EXPECT_EQ(Next(*client), "2 run.created");
  Post("/deployments/1/approve");
  Post("/deployments/2/approve");
  EXPECT_EQ(Next(*client), "4 vote.cast");
}

TEST_F(EventsTest, APositionThatIsNotInTheLogIsReset) {
  Post("/deployments", R"({"name":"x"})");
  const auto client = Listen("?since=99");
  EXPECT_EQ(Next(*client), "1 reset");
  Post("/deployments", R"({"name":"y"})");
  EXPECT_EQ(Next(*client), "2 run.created");
}

}  // namespace
}  // namespace gatewright::testing
