// Drafts over HTTP: begun, edited, submitted; who may, what is checked when, where they are seen.
#include <fmt/format.h>

#include "tests/server/server_fixture.h"

namespace gatewright::testing {
namespace {

constexpr const char* kAda = "X-Gatewright-Actor: ada\r\n";
constexpr const char* kQa = "X-Gatewright-Actor: quinn; roles=qa\r\n";

class DraftsTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    Publish(Source("requested"));
  }

  static std::string Source(const std::string& initial_state) {
    return fmt::format(R"(apiVersion: gatewright/v1
kind: Workflow
metadata: {{name: one}}
spec:
  initialState: {}
  subject:
    type: object
    required: [version, port]
    additionalProperties: false
    properties: {{version: {{type: string, minLength: 2}}, port: {{type: integer, maximum: 99}}}}
  stages:
    - {{name: QA, doneState: done, gate: {{rules: [{{id: qa, from: {{role: qa}}}}]}}}}
)",
                       initial_state);
  }

  Answer Draft(const std::string& subject = "{}", const std::string& headers = kAda) {
    return Post("/api/v1/runs",
                R"({"workflow":"one","name":"a","draft":true,"subject":)" + subject + "}", headers);
  }
  Answer Edit(const std::string& subject, const std::string& headers = kAda) {
    return Ask("PATCH", "/api/v1/runs/1/subject", R"({"subject":)" + subject + "}", headers);
  }
  Answer Submit(const std::string& headers = kAda, const std::string& body = "") {
    return Post("/api/v1/runs/1/submit", body, headers);
  }
};

TEST_F(DraftsTest, AreBegunEditedAndSubmitted) {
  const Answer begun = Draft(R"({"version":"1"})");
  EXPECT_EQ(begun.status, 201) << begun.body;
  EXPECT_EQ(begun["status"], "draft");
  EXPECT_EQ(begun["state"], "draft");
  EXPECT_EQ(begun["allowed_actions"], R"(["change_subject","submit","cancel"])");
  EXPECT_NE(Get("/api/v1/runs/1")["draft_expires_at"], "null");

  EXPECT_EQ(Edit(R"({"version":"1.2","port":80})").status, 200);
  const Answer submitted = Submit();
  EXPECT_EQ(submitted.status, 200) << submitted.body;
  EXPECT_EQ(submitted["status"], "waiting");
  EXPECT_EQ(submitted["stage"], "QA");
  EXPECT_EQ(Get("/api/v1/runs/1")["subject"], R"({"port":80,"version":"1.2"})");
  EXPECT_EQ(Get("/api/v1/runs/1")["draft_expires_at"], "null");
  EXPECT_EQ(Post("/api/v1/runs/1/approve", "", kQa)["state"], "done");
}

TEST_F(DraftsTest, WhatIsMissingMayBeMissingUntilTheyAreSubmitted) {
  Draft(R"({"version":"1"})");
  const Answer refused = Submit();
  EXPECT_EQ(refused.status, 422);
  EXPECT_NE(refused.body.find("'port' is missing"), std::string::npos) << refused.body;
  EXPECT_NE(refused.body.find("/subject/version"), std::string::npos) << refused.body;
  EXPECT_EQ(Get("/api/v1/runs/1")["status"], "draft");
}

TEST_F(DraftsTest, AnotherShapeIsRefusedAtOnce) {
  EXPECT_EQ(Draft(R"({"port":"high"})").status, 422);
  Draft();
  const Answer refused = Edit(R"({"port":100.5,"prot":80})");
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.json.at("errors").get_array().size(), 2U) << refused.body;
  EXPECT_EQ(Edit(R"({"port":100})").status, 200) << "a wrong value may still be put right";
}

TEST_F(DraftsTest, AreTheirRequesters) {
  Draft(R"({"version":"1.2","port":80})");
  EXPECT_EQ(Edit("{}", kQa).status, 403);
  EXPECT_EQ(Submit(kQa).status, 403);
  EXPECT_EQ(Edit("{}", "X-Gatewright-Actor: eve\r\n")["code"], "not_allowed");
  EXPECT_EQ(Submit().status, 200);
}

TEST_F(DraftsTest, NothingElseIsDoneToThem) {
  Draft();
  for (const char* verb : {"approve", "reject", "claim", "retry", "override", "extend"}) {
    std::string body;
    if (std::string_view(verb) == "override") body = R"({"kind":"gate","reason":"now"})";
    if (std::string_view(verb) == "extend") body = R"({"by":"1h","reason":"later"})";
    const Answer refused = Post(fmt::format("/api/v1/runs/1/{}", verb), body, kQa);
    EXPECT_EQ(refused.status, 409) << verb << refused.body;
    EXPECT_NE(refused.body.find("is a draft"), std::string::npos) << verb << refused.body;
  }
  EXPECT_EQ(Post("/api/v1/runs/1/cancel", "", kAda)["status"], "cancelled");
  EXPECT_EQ(Submit().status, 409);
}

TEST_F(DraftsTest, AreFoundByStatusAndInTheirRequestersInbox) {
  Draft();
  EXPECT_EQ(Get("/api/v1/runs?status=draft").json.at("items").get_array().size(), 1U);
  EXPECT_EQ(Get("/api/v1/runs?status=waiting").json.at("items").get_array().size(), 0U);
  const Answer hers = Get("/api/v1/inbox", kAda);
  ASSERT_EQ(hers.json.at("items").get_array().size(), 1U);
  const auto& explanation = hers.json.at("items").at(0).at("explanation");
  EXPECT_EQ(explanation.at("waits_for").at(0).at("kind"), "draft");
  EXPECT_EQ(Get("/api/v1/runs?waiting_on=me", kAda).json.at("items").get_array().size(), 1U);
  EXPECT_EQ(Get("/api/v1/inbox", kQa).json.at("items").get_array().size(), 0U);
}

TEST_F(DraftsTest, AreOfTheVersionInForceWhenTheyAreSubmitted) {
  const std::string before = Draft(R"({"version":"1.2","port":80})")["workflow_version"];
  Publish(Source("asked"));
  const Answer submitted = Submit();
  EXPECT_EQ(submitted.status, 200) << submitted.body;
  EXPECT_EQ(submitted["state"], "asked");
  EXPECT_NE(submitted["workflow_version"], before);
  Restart();
  EXPECT_EQ(Post("/api/v1/runs/1/approve", "", kQa)["state"], "done");
}

TEST_F(DraftsTest, KeepNoWorkflowFromBeingRetired) {
  Draft(R"({"version":"1.2","port":80})");
  EXPECT_EQ(Ask("DELETE", "/api/v1/workflows/one").status / 100, 2);
  const Answer refused = Submit();
  EXPECT_EQ(refused.status, 409);
  EXPECT_NE(refused.body.find("takes no new runs any more"), std::string::npos) << refused.body;
  EXPECT_EQ(Post("/api/v1/runs/1/cancel", "", kAda).status, 200);
}

TEST_F(DraftsTest, AreSubmittedOnceAndOnlyAsTheyWereSeen) {
  const std::string key = std::string(kAda) + "Idempotency-Key: k1\r\n";
  const Answer begun = Draft(R"({"version":"1.2","port":80})", key);
  const std::string seen(begun.Get("ETag"));
  EXPECT_EQ(Draft(R"({"version":"1.2","port":80})", key)["id"], "1") << "begun once";
  Edit(R"({"version":"1.3","port":80})");
  EXPECT_EQ(Submit(std::string(kAda) + "If-Match: " + seen + "\r\n").status, 412);
  EXPECT_EQ(Submit(kAda, R"({"expected_state":"requested"})").status, 409);
  const std::string again = std::string(kAda) + "Idempotency-Key: k2\r\n";
  const Answer first = Submit(again);
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(Submit(again).body, first.body);
  EXPECT_EQ(Submit().status, 409) << "it is no draft any more";
}

}  // namespace
}  // namespace gatewright::testing
