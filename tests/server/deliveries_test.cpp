// What became of notifications: the list, one of them, and sending it again; links to vote with.
#include "tests/server/server_fixture.h"

namespace gatewright::testing {
namespace {

constexpr const char* kTold = R"(apiVersion: gatewright/v1
kind: Workflow
metadata: {name: told}
spec:
  stages:
    - name: QA
      doneState: approved
      gate: {rules: [{id: qa, from: {role: qa}}]}
      action: {plugin: noop}
  notify:
    - {plugin: log, on: [run.created, gate.opened]}
)";

class DeliveriesTest : public ServerTest {
 protected:
  void Create() {
    Publish(kTold);
    EXPECT_EQ(Post("/api/v1/runs", R"({"workflow":"told","name":"x"})").status, 201);
    Until("/api/v1/deliveries/2", "state", "delivered");
  }
  std::size_t Count(const std::string& query) {
    return Get("/api/v1/deliveries" + query).json.at("items").get_array().size();
  }
};

TEST_F(DeliveriesTest, EachIsListedWithWhatBecameOfIt) {
  Create();
  const Answer one = Get("/api/v1/deliveries/1");
  EXPECT_EQ(one.status, 200);
  EXPECT_EQ(one["event_id"], "1-0");
  EXPECT_EQ(one["type"], "run.created");
  EXPECT_EQ(one["run_id"], "1");
  EXPECT_EQ(one["notifier"], "log");
  EXPECT_EQ(one["recipient"], "null");
  EXPECT_EQ(one["state"], "delivered");
  EXPECT_EQ(one["tries"], "1");
  EXPECT_EQ(one["last_error"], "null");
  EXPECT_EQ(one["next_try_at"], "null");
  EXPECT_EQ(Count("?run=1&state=delivered&notifier=log"), 2U);
  EXPECT_EQ(Count("?run=2"), 0U);
  EXPECT_EQ(Count("?state=failed"), 0U);
  EXPECT_EQ(Count("?notifier=slack"), 0U);
  const Answer page = Get("/api/v1/deliveries?limit=1");
  EXPECT_EQ(page.json.at("items").at(0).at("id"), 2);
  EXPECT_EQ(Count("?limit=1&cursor=" + page["next_cursor"]), 1U);
}

TEST_F(DeliveriesTest, OneIsSentAgain) {
  Create();
  const Answer again = Post("/api/v1/deliveries/1/replay");
  EXPECT_EQ(again.status, 202);
  EXPECT_EQ(again["state"], "pending");
  EXPECT_EQ(Until("/api/v1/deliveries/1", "state", "delivered")["tries"], "1");
  EXPECT_EQ(Post("/api/v1/deliveries/9/replay").status, 404);
  EXPECT_EQ(Get("/api/v1/deliveries/9").status, 404);
}

TEST_F(DeliveriesTest, OnlyWhatDidNotGetThroughIsSentAgainAtOnce) {
  Create();
  EXPECT_EQ(Post("/api/v1/deliveries/replay?state=failed").status, 202);
  EXPECT_EQ(Post("/api/v1/deliveries/replay?state=delivered").status, 400);
  EXPECT_EQ(Post("/api/v1/deliveries/replay").status, 400);
  EXPECT_EQ(Get("/api/v1/deliveries?state=lost").status, 400);
  EXPECT_EQ(Get("/api/v1/deliveries?run=x").status, 400);
}

TEST_F(DeliveriesTest, ALinkThatWasNotSignedHereOpensNothing) {
  for (const char* link : {"/vote/nonsense", "/vote/eyJwIjoiYWxpY2UifQ.AAAA"}) {
    const Answer page = Get(link);
    EXPECT_EQ(page.status, 404);
    EXPECT_EQ(page.Get("Content-Type"), "text/html; charset=utf-8");
    EXPECT_EQ(page.Get("Cache-Control"), "no-store");
    EXPECT_NE(page.Get("Content-Security-Policy").find("default-src 'none'"), std::string::npos);
    EXPECT_EQ(Post(link).status, 404);
  }
}

}  // namespace
}  // namespace gatewright::testing
