// The engine API: runs, votes, conditions, pages.
#include <fmt/format.h>

#include <set>

#include "tests/server/server_fixture.h"

namespace gatewright::testing {
namespace {

class RunsTest : public ServerTest {
 protected:
  Answer Create(const std::string& name = "a") {
    return Post("/api/v1/runs", R"({"workflow":"deployment","name":")" + name + R"("})");
  }
};

TEST_F(RunsTest, ARunTellsItsWholeStory) {
  EXPECT_EQ(Post("/api/v1/runs",
                 R"({"workflow":"deployment","name":"a","subject":{"environment":"staging"}})",
                 "X-Gatewright-Actor: alice\r\n")
                .Get("Location"),
            "/api/v1/runs/1");
  Post("/api/v1/runs/1/votes", R"({"stage":"QA","choice":"approve","comment":"tested"})",
       "X-Gatewright-Actor: bob; roles=qa\r\n");
  const Answer run = Get("/api/v1/runs/1");
  EXPECT_EQ(run["requester"], "alice");
  EXPECT_EQ(run["subject"], R"({"environment":"staging"})");
  const auto& stages = run.json.at("stages").get_array();
  ASSERT_EQ(stages.size(), 3U);
  EXPECT_EQ(stages[0].at("state"), "done");
  EXPECT_EQ(stages[0].at("gate").at("outcome"), "satisfied");
  EXPECT_EQ(stages[0].at("gate").at("decided_by"), "bob");
  EXPECT_EQ(stages[0].at("gate").at("votes").at(0).at("comment"), "tested");
  EXPECT_EQ(stages[0].at("gate").at("rules").at(0).at("have"), 1);
  EXPECT_EQ(stages[1].at("state"), "current");
  EXPECT_EQ(stages[1].at("gate").at("rules").at(0).at("need"), 1);
  EXPECT_EQ(stages[2].at("state"), "ahead");
  EXPECT_TRUE(stages[2].at("gate").is_null());

  const Answer history = Get("/api/v1/runs/1/history");
  std::vector<std::string> types;
  for (const auto& item : history.json.at("items").get_array()) {
    types.emplace_back(std::string_view(item.at("event").at("type").get_string()));
  }
  EXPECT_EQ(types, (std::vector<std::string>{"RunCreated", "GateOpened", "VoteCast",
                                             "GateSatisfied", "StageDone", "GateOpened"}));
  EXPECT_EQ(history.json.at("items").at(2).at("actor"), "bob");
  EXPECT_EQ(history.json.at("items").at(5).at("index"), 3);
}

TEST_F(RunsTest, AListShowsTheSameBytesAsTheAnswerToTheCommand) {
  const Answer created = Create();
  const Answer page = Get("/api/v1/runs");
  EXPECT_EQ(page.body, R"({"items":[)" + created.body + R"(],"next_cursor":null})");
}

TEST_F(RunsTest, AVoteCanBeWithdrawn) {
  Publish(R"(apiVersion: gatewright/v1
kind: Workflow
metadata: {name: two}
spec:
  stages:
    - {name: QA, doneState: done, gate: {rules: [{id: qa, from: {role: qa}, need: 2}]}}
)");
  Post("/api/v1/runs", R"({"name":"a","workflow":"two"})");
  const char* kAlice = "X-Gatewright-Actor: alice; roles=qa\r\n";
  Post("/api/v1/runs/1/approve", "", kAlice);
  EXPECT_EQ(Get("/api/v1/runs/1").json.at("stages").at(0).at("gate").at("rules").at(0).at("have"),
            1);
  EXPECT_EQ(Post("/api/v1/runs/1/votes", R"({"choice":"withdraw"})", kAlice).status, 200);
  EXPECT_EQ(Get("/api/v1/runs/1").json.at("stages").at(0).at("gate").at("rules").at(0).at("have"),
            0);
}

TEST_F(RunsTest, CanBeCancelled) {
  Create();
  const Answer cancelled = Post("/api/v1/runs/1/cancel", R"({"reason":"superseded"})");
  EXPECT_EQ(cancelled["status"], "cancelled");
  EXPECT_EQ(Get("/api/v1/runs/1")["finish_reason"], "superseded");
  EXPECT_EQ(Post("/api/v1/runs/1/cancel").status, 409);
}

TEST_F(RunsTest, ADecisionOnSomethingThatMovedOnIsRefused) {
  const std::string tag(Create().Get("ETag"));
  EXPECT_EQ(tag, "\"1-1\"");
  const std::string if_match = "If-Match: " + tag + "\r\n";
  const Answer first = Post("/api/v1/runs/1/approve", "", if_match);
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.Get("ETag"), "\"1-2\"");
  const Answer stale = Post("/api/v1/runs/1/approve", "", if_match);
  EXPECT_EQ(stale.status, 412);
  EXPECT_EQ(stale.json.at("run").at("version"), 2);
  EXPECT_EQ(Post("/api/v1/runs/1/approve", "", "If-Match: \"1-9\", \"1-2\"\r\n").status, 200);
  EXPECT_EQ(Post("/api/v1/runs/1/reject", "", "If-Match: *\r\n").status, 200);
  EXPECT_EQ(Post("/api/v1/runs/9/reject", "", "If-Match: \"9-1\"\r\n").status, 404);
}

TEST_F(RunsTest, WhatTheCallerHasIsNotSentAgain) {
  Create();
  const char* kTags[] = {"\"1-1\"", "W/\"1-1\"", "\"x\", \"1-1\"", "*"};
  for (const char* tag : kTags) {
    const Answer known = Get("/api/v1/runs/1", std::string("If-None-Match: ") + tag + "\r\n");
    EXPECT_EQ(known.status, 304) << tag;
    EXPECT_EQ(known.Get("ETag"), "\"1-1\"");
    EXPECT_EQ(known.body, "");
  }
  EXPECT_EQ(Get("/api/v1/runs/1", "If-None-Match: \"1-0\"\r\n").status, 200);

  const std::string list_tag(Get("/api/v1/runs").Get("ETag"));
  const std::string if_none = "If-None-Match: " + list_tag + "\r\n";
  EXPECT_EQ(Get("/api/v1/runs", if_none).status, 304);
  Create("b");
  EXPECT_EQ(Get("/api/v1/runs", if_none).status, 200);
}

TEST_F(RunsTest, PagesAreStableWhileRunsAreAdded) {
  for (int i = 1; i <= 7; ++i) Create(fmt::format("run {}", i));
  std::set<std::string> seen;
  std::string target = "/api/v1/runs?limit=3&q=run";
  while (!target.empty()) {
    const Answer page = Get(target);
    ASSERT_EQ(page.status, 200);
    for (const auto& item : page.json.at("items").get_array()) {
      EXPECT_TRUE(seen.insert(boost::json::serialize(item.at("id"))).second) << "seen twice";
    }
    Create("run in between");
    const std::string_view link = page.Get("Link");
    const bool has_next = !page.json.at("next_cursor").is_null();
    EXPECT_EQ(has_next, !link.empty());
    target = has_next ? std::string(link.substr(1, link.find('>') - 1)) : "";
    const bool keeps_query = target.find("limit=3&q=run&cursor=") != std::string::npos;
    EXPECT_EQ(keeps_query, has_next) << target;
  }
  EXPECT_EQ(seen, (std::set<std::string>{"1", "2", "3", "4", "5", "6", "7"}));
}

TEST_F(RunsTest, CanBeFoundByWhatTheyAre) {
  Create("alpha");
  Create("beta");
  Post("/api/v1/runs/2/approve");
  Create("gamma");
  Post("/api/v1/runs/3/reject");
  const auto ids = [this](const std::string& query) {
    std::string found;
    const Answer page = Get("/api/v1/runs?" + query);
    for (const auto& item : page.json.at("items").get_array()) {
      found += boost::json::serialize(item.at("id"));
    }
    return found;
  };
  EXPECT_EQ(ids("workflow=deployment"), "321");
  EXPECT_EQ(ids("workflow=other"), "");
  EXPECT_EQ(ids("status=waiting"), "21");
  EXPECT_EQ(ids("status=waiting,rejected"), "321");
  EXPECT_EQ(ids("stage=DevOps"), "2");
  EXPECT_EQ(ids("state=requested"), "1");
  EXPECT_EQ(ids("requester=dev&q=ET"), "2");
  EXPECT_EQ(ids("sort=-created_at&limit=1"), "3");
}

}  // namespace
}  // namespace gatewright::testing
