// The commands on a run beyond plain votes: subjects, forms, claims, deadlines, overrides, retries.
#include <fmt/format.h>

#include "tests/server/server_fixture.h"

namespace gatewright::testing {
namespace {

constexpr const char* kAlice = "X-Gatewright-Actor: alice; roles=qa\r\n";
constexpr const char* kBob = "X-Gatewright-Actor: bob; roles=qa\r\n";
constexpr const char* kBoss = "X-Gatewright-Actor: boss; roles=boss\r\n";

// Runs of one gate, of which `extra` says more.
class RunCommandsTest : public ServerTest {
 protected:
  void PublishGate(const std::string& gate, const std::string& extra = "",
                   const std::string& action = "") {
    Publish(fmt::format(R"(apiVersion: gatewright/v1
kind: Workflow
metadata: {{name: one}}
spec:
  subject: {{type: object, properties: {{version: {{type: string}}}}, additionalProperties: false}}
{}
  stages:
    - name: QA
      doneState: done
      gate:
        rules: [{{id: qa, from: {{role: qa}}, need: 2}}]
{}
{}
)",
                        extra, gate, action));
  }
  Answer Create(const std::string& more = "") {
    return Post("/api/v1/runs",
                R"({"workflow":"one","name":"a","subject":{"version":"1"})" + more + "}");
  }
  Answer Patch(const std::string& body, const std::string& headers = "") {
    return Ask("PATCH", "/api/v1/runs/1/subject", body, headers);
  }
  std::string Gate(const char* member) {
    const Answer run = Get("/api/v1/runs/1");
    return boost::json::serialize(run.json.at("stages").at(0).at("gate").at(member));
  }
};

TEST_F(RunCommandsTest, AnotherSubjectIsVotedOnAgain) {
  PublishGate("");
  const std::string old_digest = Get("/api/v1/runs/" + Create()["id"])["subject_digest"];
  Post("/api/v1/runs/1/approve", "", kAlice);
  const Answer changed = Patch(R"({"subject":{"version":"2"},"reason":"a fix"})");
  EXPECT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(changed["changed"], "true");
  const Answer run = Get("/api/v1/runs/1");
  EXPECT_EQ(run["subject"], R"({"version":"2"})");
  EXPECT_NE(run["subject_digest"], old_digest);
  EXPECT_EQ(Gate("epoch"), "2");
  EXPECT_EQ(Gate("votes"), "[]");
  EXPECT_EQ(run.json.at("stages").at(0).at("outdated_votes").at(0).at("voter"), "alice");

  EXPECT_EQ(Patch(R"({"subject":{"version":"2"}})")["changed"], "false");
  EXPECT_EQ(Patch(R"({"subject":{"versoin":"3"}})").status, 422);
  EXPECT_EQ(Patch("{}").status, 422);
  EXPECT_EQ(Patch(R"({"subject":{"version":"3"}})", "If-Match: \"1-1\"\r\n").status, 412);
  EXPECT_EQ(Patch(R"({"subject":{},"subject_digest":"00"})")["code"], "subject_changed");
  EXPECT_EQ(
      Post("/api/v1/runs/1/approve", R"({"subject_digest":")" + old_digest + R"("})", kBob)["code"],
      "subject_changed");
}

TEST_F(RunCommandsTest, AVoteBringsTheFormAndTheDigestThatTheGateAsksFor) {
  PublishGate(R"(        form:
          type: object
          required: [ticket]
          properties: {ticket: {type: string}}
        votes: {requireDigest: true})");
  const std::string digest = Get("/api/v1/runs/" + Create()["id"])["subject_digest"];
  const Answer blind = Post("/api/v1/runs/1/approve", R"({"form":{"ticket":"A-1"}})", kAlice);
  EXPECT_EQ(blind.status, 428);
  EXPECT_EQ(blind["code"], "digest_needed");
  EXPECT_NE(blind.body.find(digest), std::string::npos);
  const std::string with_digest = R"("subject_digest":")" + digest + R"("})";
  const Answer empty = Post("/api/v1/runs/1/approve", "{" + with_digest, kAlice);
  EXPECT_EQ(empty.status, 422) << empty.body;
  EXPECT_NE(empty.body.find("ticket"), std::string::npos);
  EXPECT_EQ(Post("/api/v1/runs/1/approve", R"({"form":{"ticket":7},)" + with_digest, kAlice).status,
            422);
  const Answer good =
      Post("/api/v1/runs/1/approve", R"({"form":{"ticket":"A-1"},)" + with_digest, kAlice);
  EXPECT_EQ(good.status, 200) << good.body;
  EXPECT_NE(Gate("votes").find(R"("form":{"ticket":"A-1"})"), std::string::npos);
}

TEST_F(RunCommandsTest, AGateIsClaimedByOneAndGivenBack) {
  PublishGate("");
  Create();
  EXPECT_EQ(Post("/api/v1/runs/1/claim", "", kAlice)["changed"], "true");
  EXPECT_EQ(Post("/api/v1/runs/1/claim", R"({"stage":"QA","epoch":1})", kAlice)["changed"],
            "false");
  EXPECT_EQ(Gate("claimed_by"), "\"alice\"");
  const Answer taken = Post("/api/v1/runs/1/claim", "", kBob);
  EXPECT_EQ(taken.status, 409);
  EXPECT_EQ(taken["code"], "already_claimed");
  const Answer not_theirs = Post("/api/v1/runs/1/release", "", kBob);
  EXPECT_EQ(not_theirs.status, 403);
  EXPECT_EQ(not_theirs["code"], "not_allowed");
  EXPECT_EQ(Post("/api/v1/runs/1/release", "", kAlice)["changed"], "true");
  EXPECT_EQ(Post("/api/v1/runs/1/claim", "", kBoss).status, 403) << "not eligible";
  EXPECT_EQ(Post("/api/v1/runs/1/claim", R"({"epoch":0})", kBob).status, 422);
  EXPECT_EQ(Post("/api/v1/runs/9/claim", "", kBob).status, 404);
}

TEST_F(RunCommandsTest, ADeadlineIsMoved) {
  PublishGate("        deadline: {after: 1h}");
  Create();
  const std::string before = Gate("deadline");
  EXPECT_EQ(Post("/api/v1/runs/1/extend", R"({"by":"2h","reason":"few people"})").status, 200);
  EXPECT_LT(before, Gate("deadline"));
  EXPECT_EQ(
      Post("/api/v1/runs/1/extend", R"({"deadline":"2099-01-01T00:00:00Z","reason":"x"})").status,
      200);
  EXPECT_EQ(Gate("deadline"), "\"2099-01-01T00:00:00.000Z\"");
  EXPECT_EQ(
      Post("/api/v1/runs/1/extend", R"({"deadline":"2020-01-01T00:00:00Z","reason":"x"})").status,
      409);
  const Answer neither = Post("/api/v1/runs/1/extend", "{}");
  EXPECT_EQ(neither.status, 422);
  EXPECT_EQ(neither.json.at("errors").get_array().size(), 2U) << neither.body;
}

TEST_F(RunCommandsTest, ARuleIsPassedOnPurpose) {
  PublishGate("", R"(  override:
    from: {role: boss}
    expires: 1h
    review: {rules: [{id: lead, from: {role: lead}}], within: 24h})");
  Create();
  const char* kBody = R"({"kind":"gate","reason":"the shop is down"})";
  const Answer stranger = Post("/api/v1/runs/1/override", kBody, kAlice);
  EXPECT_EQ(stranger.status, 403);
  EXPECT_EQ(stranger["code"], "not_allowed");
  EXPECT_EQ(Post("/api/v1/runs/1/override", R"({"kind":"gates"})", kBoss).status, 422);
  EXPECT_EQ(Post("/api/v1/runs/1/override", R"({"kind":"calendar","reason":"x"})", kBoss)["code"],
            "not_possible");
  const Answer done = Post("/api/v1/runs/1/override", kBody, kBoss);
  EXPECT_EQ(done.status, 200) << done.body;
  const Answer run = Get("/api/v1/runs/1");
  EXPECT_EQ(run.json.at("overrides").at(0).at("by"), "boss");
  EXPECT_EQ(run.json.at("review").at("outcome"), "succeeded");
  EXPECT_EQ(Gate("overridden"), "true");
}

TEST_F(RunCommandsTest, WhatHasEndedIsAskedAgain) {
  PublishGate("", "", "      action: {plugin: command, with: {argv: [/bin/false]}}");
  Create();
  EXPECT_EQ(Post("/api/v1/runs/1/retry").status, 409) << "it has not failed";
  EXPECT_EQ(Post("/api/v1/runs/1/resubmit").status, 409) << "it has not ended";
  Post("/api/v1/runs/1/approve", "", kAlice);
  Post("/api/v1/runs/1/approve", "", kBob);
  EXPECT_EQ(Until("/api/v1/runs/1", "status", "failed")["allowed_actions"],
            R"(["retry","resubmit"])");
  const Answer again = Post("/api/v1/runs/1/retry", R"({"reason":"network"})");
  EXPECT_EQ(again.status, 200) << again.body;
  EXPECT_EQ(again["status"], "waiting");
  Post("/api/v1/runs/1/reject", "", kAlice);

  const char* kKey = "Idempotency-Key: k1\r\n";
  const Answer other = Post("/api/v1/runs/1/resubmit", R"({"name":"b"})", kKey);
  EXPECT_EQ(other.status, 201) << other.body;
  EXPECT_EQ(other.Get("Location"), "/api/v1/runs/2");
  EXPECT_EQ(Get("/api/v1/runs/2")["resubmit_of"], "1");
  EXPECT_EQ(Get("/api/v1/runs/2")["subject"], R"({"version":"1"})");
  EXPECT_EQ(Post("/api/v1/runs/1/resubmit", R"({"name":"b"})", kKey).body, other.body);
  EXPECT_EQ(Get("/api/v1/runs").json.at("items").get_array().size(), 2U);
}

TEST_F(RunCommandsTest, AWaitingRunIsMovedToAnotherVersion) {
  PublishGate("");
  Create();
  PublishGate("        deadline: {after: 1h}");
  const std::string newest = Get("/api/v1/workflows/one")["version"];
  const Answer moved = Post("/api/v1/runs/1/migrate", R"({"to":")" + newest + R"("})");
  EXPECT_EQ(moved.status, 200) << moved.body;
  EXPECT_EQ(moved["workflow_version"], newest);
  EXPECT_EQ(Post("/api/v1/runs/1/migrate", R"({"to":"0000"})").status, 404);
  EXPECT_EQ(
      Post("/api/v1/runs/1/migrate", R"({"map":{"QA":7}})").json.at("errors").get_array().size(),
      2U);
}

TEST_F(RunCommandsTest, ARunMayHaveAParentAndAnHour) {
  PublishGate("");
  Create();
  Create(R"(,"parent":1,"not_before":"2099-01-01T00:00:00Z")");
  const Answer child = Get("/api/v1/runs/2");
  EXPECT_EQ(child["parent"], "1");
  EXPECT_EQ(child["not_before"], "2099-01-01T00:00:00.000Z");
  EXPECT_EQ(Create(R"(,"parent":9)").status, 404);
  EXPECT_EQ(Create(R"(,"parent":0,"not_before":"soon")").json.at("errors").get_array().size(), 2U);
}

}  // namespace
}  // namespace gatewright::testing
