// What holds for every run: stops, delegations, locks, calendars.
#include "tests/server/server_fixture.h"

namespace gatewright::testing {
namespace {

constexpr const char* kAlice = "X-Gatewright-Actor: alice; roles=qa\r\n";
constexpr const char* kBob = "X-Gatewright-Actor: bob; roles=boss\r\n";

class SiteTest : public ServerTest {
 protected:
  Answer Delete(std::string_view target, std::string_view body = "",
                std::string_view headers = "") {
    return Ask("DELETE", target, body, headers);
  }
  std::size_t Count(const char* target) { return Get(target).json.at("items").get_array().size(); }
};

TEST_F(SiteTest, AStopHoldsUntilItIsLifted) {
  const Answer set = Post("/api/v1/stop", R"({"reason":"fire","workflow":"deployment"})", kAlice);
  EXPECT_EQ(set.status, 201) << set.body;
  EXPECT_EQ(set["id"], "1");
  EXPECT_EQ(set["by"], "alice");
  EXPECT_EQ(set["until"], "null");
  EXPECT_EQ(Post("/api/v1/stop", R"({"reason":"flood","for":"2h","labels":{"a":"b"}})")["id"], "2");
  EXPECT_EQ(Count("/api/v1/stop"), 2U);

  Post("/deployments", R"({"name":"x"})");
  for (int i = 0; i < 3; ++i) Post("/deployments/1/approve");
  const Answer held = Get("/api/v1/runs/1");
  EXPECT_EQ(held["status"], "blocked");
  EXPECT_EQ(held.json.at("holds").at(0).at("kind"), "stop");
  EXPECT_EQ(Get("/deployments/1")["status"], "blocked");
  Restart();
  EXPECT_EQ(Get("/api/v1/runs/1")["status"], "blocked");
  EXPECT_EQ(Delete("/api/v1/stop/1?reason=out")["changed"], "true");
  EXPECT_EQ(Until("/api/v1/runs/1", "status", "succeeded")["status"], "succeeded");
  EXPECT_EQ(Delete("/api/v1/stop", R"({"reason":"dry"})")["changed"], "true");
  EXPECT_EQ(Delete("/api/v1/stop")["changed"], "false");
  EXPECT_EQ(Count("/api/v1/stop"), 0U);
}

TEST_F(SiteTest, AStopIsSetOncePerKey) {
  const char* kKey = "Idempotency-Key: k\r\n";
  const Answer first = Post("/api/v1/stop", R"({"reason":"fire","for":"1h"})", kKey);
  EXPECT_EQ(first["id"], "1");
  const Answer again = Post("/api/v1/stop", R"({"reason":"fire","for":"1h"})", kKey);
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.Get("Idempotency-Replayed"), "true");
  EXPECT_EQ(Count("/api/v1/stop"), 1U);
}

TEST_F(SiteTest, RefusesStopsThatMeanNothing) {
  EXPECT_EQ(Post("/api/v1/stop", "{}").json.at("errors").at(0).at("pointer"), "/reason");
  EXPECT_EQ(
      Post("/api/v1/stop", R"({"reason":"x","for":"1h","until":"2099-01-01T00:00:00Z"})").status,
      422);
  EXPECT_EQ(Post("/api/v1/stop", R"({"reason":"x","until":"2020-01-01T00:00:00Z"})").status, 409);
  EXPECT_EQ(Delete("/api/v1/stop/7").status, 404);
  EXPECT_EQ(Delete("/api/v1/stop/0").status, 404);
  EXPECT_EQ(Delete("/api/v1/stop?reason=a", R"({"reason":"b"})").status, 400);
}

TEST_F(SiteTest, ADelegateVotesInAnothersPlace) {
  const char* kBody = R"({"to":"bob","valid_until":"2099-01-01T00:00:00Z","reason":"leave",
                          "valid_from":"2098-06-01T00:00:00Z"})";
  EXPECT_EQ(Post("/api/v1/delegations", kBody, kAlice).status, 201);
  const std::string until = FormatTime(engine().Now() + std::chrono::hours{1});
  const Answer added =
      Post("/api/v1/delegations", R"({"to":"bob","valid_until":")" + until + R"("})", kAlice);
  EXPECT_EQ(added.status, 201) << added.body;
  EXPECT_EQ(added["from"], "alice");
  EXPECT_EQ(added["id"], "2");
  EXPECT_EQ(Count("/api/v1/delegations"), 2U);

  Post("/deployments", R"({"name":"x"})");
  EXPECT_EQ(Post("/api/v1/runs/1/approve", R"({"on_behalf_of":"carol"})", kBob).status, 403);
  const Answer voted = Post("/api/v1/runs/1/approve", R"({"on_behalf_of":"alice"})", kBob);
  EXPECT_EQ(voted.status, 200) << voted.body;
  const Answer run = Get("/api/v1/runs/1");
  const auto& vote = run.json.at("stages").at(0).at("gate").at("votes").at(0);
  EXPECT_EQ(vote.at("voter"), "bob");
  EXPECT_EQ(vote.at("on_behalf_of"), "alice");

  EXPECT_EQ(Delete("/api/v1/delegations/2", "", "X-Gatewright-Actor: eve\r\n").status, 403);
  EXPECT_EQ(Delete("/api/v1/delegations/2", R"({"reason":"back"})", kAlice)["changed"], "true");
  EXPECT_EQ(Delete("/api/v1/delegations/2", "", kAlice).status, 404);
}

TEST_F(SiteTest, RefusesDelegationsThatCannotHold) {
  EXPECT_EQ(Post("/api/v1/delegations", "{}").json.at("errors").get_array().size(), 2U);
  const Answer others =
      Post("/api/v1/delegations",
           R"({"from":"carol","to":"bob","valid_until":"2099-01-01T00:00:00Z"})", kAlice);
  EXPECT_EQ(others.status, 403);
  EXPECT_EQ(others["code"], "not_allowed");
  EXPECT_EQ(
      Post("/api/v1/delegations", R"({"to":"bob","valid_until":"2020-01-01T00:00:00Z"})", kAlice)
          .status,
      409);
}

TEST_F(SiteTest, ALockShowsItsHolderAndItsQueue) {
  Publish(R"(apiVersion: gatewright/v1
kind: Workflow
metadata: {name: locked}
spec:
  lock: {key: "env/production", acquire: before_gate}
  override: {from: {role: boss}, expires: 1h, review: {rules: [{id: l, from: {role: l}}], within: 1h}}
  stages:
    - name: QA
      doneState: done
      gate: {rules: [{id: qa, from: {role: qa}}]}
      action: {plugin: noop}
)");
  for (int i = 0; i < 3; ++i) Post("/api/v1/runs", R"({"workflow":"locked","name":"x"})");
  const Answer list = Get("/api/v1/locks");
  EXPECT_EQ(list.json.at("items").at(0).at("key"), "env/production");
  EXPECT_EQ(list.json.at("items").at(0).at("queue").get_array().size(), 2U);
  const Answer lock = Get("/api/v1/locks/env%2Fproduction");
  EXPECT_EQ(lock["key"], "env/production");
  EXPECT_EQ(lock.json.at("holders").at(0).at("run_id"), 1);
  EXPECT_EQ(lock.json.at("queue").at(0).at("run_id"), 2);
  EXPECT_EQ(lock.json.at("queue").at(1).at("position"), 2);
  EXPECT_EQ(lock.json.at("queue").at(0).at("waits_for").at("run_id"), 1);
  EXPECT_EQ(Get("/api/v1/runs/2").json.at("locks").at("state"), "queued");
  EXPECT_EQ(Get("/api/v1/locks/nobodys").json.at("holders").get_array().size(), 0U);

  const char* kRelease = "/api/v1/locks/env%2Fproduction/release";
  const char* kReason = R"({"reason":"stuck"})";
  EXPECT_EQ(Post(kRelease, "{}", kBob).status, 422);
  EXPECT_EQ(Post(kRelease, kReason, kAlice).status, 403);
  EXPECT_EQ(Post("/api/v1/locks/nobodys/release", kReason, kBob)["code"], "not_possible");
  const std::string once = std::string("Idempotency-Key: r\r\n") + kBob;
  const Answer released = Post(kRelease, kReason, once);
  EXPECT_EQ(released.status, 200) << released.body;
  EXPECT_EQ(released["id"], "1");
  EXPECT_EQ(Post(kRelease, kReason, once).body, released.body);
}

class NightShift : public core::Calendar {
 public:
  core::Opening At(Time at) const override {
    return {false, at + std::chrono::hours{1}, "closed by 'day'"};
  }
  std::optional<Time> NextOpen(Time from, Duration) const override { return from; }
  std::optional<Time> AfterOpenTime(Time from, Duration time) const override { return from + time; }
};

TEST_F(SiteTest, CalendarsSayWhenTheyChange) {
  EXPECT_EQ(Count("/api/v1/calendars"), 0U);
  core::Calendars calendars;
  calendars["nights"] = std::make_shared<NightShift>();
  engine().SetCalendars(calendars);
  const Answer page = Get("/api/v1/calendars");
  EXPECT_EQ(page.json.at("items").at(0).at("name"), "nights");
  EXPECT_EQ(page.json.at("items").at(0).at("open"), false);
  EXPECT_EQ(page.json.at("items").at(0).at("reason"), "closed by 'day'");
}

}  // namespace
}  // namespace gatewright::testing
