// The same POST twice: with a key, its effect happens once and its answer is the same.
#include <thread>
#include <vector>

#include "tests/server/server_fixture.h"

namespace gatewright::testing {
namespace {

class IdempotencyTest : public ServerTest {};

constexpr const char* kKey = "Idempotency-Key: 3fa85f64\r\n";

TEST_F(IdempotencyTest, TheSameRequestAgainGetsTheFirstAnswerByteForByte) {
  const Answer first = Post("/deployments", R"({"name":"a"})", kKey);
  EXPECT_EQ(first.status, 201);
  EXPECT_FALSE(first.Has("Idempotency-Replayed"));
  for (int i = 0; i < 2; ++i) {
    const Answer again = Post("/deployments", R"({"name":"a"})", kKey);
    EXPECT_EQ(again.status, 201);
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(again.Get("ETag"), first.Get("ETag"));
    EXPECT_EQ(again.Get("Location"), first.Get("Location"));
    EXPECT_EQ(again.Get("Content-Type"), first.Get("Content-Type"));
    EXPECT_EQ(again.Get("Idempotency-Replayed"), "true");
    Restart();
  }
  EXPECT_EQ(Get("/deployments").json.get_array().size(), 1U);
}

TEST_F(IdempotencyTest, ADoubleClickNeverPassesTwoStages) {
  Post("/deployments", R"({"name":"a"})");
  const Answer first = Post("/deployments/1/approve", "", kKey);
  EXPECT_EQ(first["state"], "approved_by_QA");
  const Answer again = Post("/deployments/1/approve", "", kKey);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(Get("/deployments/1")["state"], "approved_by_QA");
}

TEST_F(IdempotencyTest, ARefusalIsKeptToo) {
  Post("/deployments", R"({"name":"a"})");
  Post("/deployments/1/reject");
  const Answer first = Post("/deployments/1/approve", "", kKey);
  EXPECT_EQ(first.status, 409);
  const Answer again = Post("/deployments/1/approve", "", kKey);
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.Get("Content-Type"), "application/problem+json");
}

TEST_F(IdempotencyTest, TheKeyOfAnotherRequestIsRefused) {
  Post("/deployments", R"({"name":"a"})", kKey);
  const Answer other = Post("/deployments", R"({"name":"b"})", kKey);
  EXPECT_EQ(other.status, 422);
  EXPECT_EQ(other["code"], "idempotency_key_reused");
  const Answer other_path = Post("/deployments/1/approve", R"({"name":"a"})", kKey);
  EXPECT_EQ(other_path.status, 422);
  // Somebody else's key is another key.
  EXPECT_EQ(
      Post("/deployments", R"({"name":"b"})", std::string(kKey) + "X-Gatewright-Actor: bob\r\n")
          .status,
      201);
}

TEST_F(IdempotencyTest, TheMemberOfTheFacadeIsTheSameKey) {
  const Answer first = Post("/deployments", R"({"name":"a","idempotency":"k1"})");
  const Answer again = Post("/deployments", R"({"name":"a","idempotency":"k1"})");
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.Get("Idempotency-Replayed"), "true");
  const Answer differing =
      Post("/deployments", R"({"name":"a","idempotency":"k1"})", "Idempotency-Key: k2\r\n");
  EXPECT_EQ(differing.status, 422);
}

TEST_F(IdempotencyTest, TheAnswerAfterAnActionIsKept) {
  Post("/deployments", R"({"name":"a"})");
  Post("/deployments/1/approve");
  Post("/deployments/1/approve");
  const Answer first = Post("/deployments/1/approve", "", kKey);
  EXPECT_EQ(first["state"], "executed");
  const Answer again = Post("/deployments/1/approve", "", kKey);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.body, first.body);
}

TEST_F(IdempotencyTest, ManyAtOnceHaveOneEffect) {
  std::vector<std::thread> threads;
  std::vector<http::RawAnswer> answers(16);
  const std::string body = R"({"name":"a"})";
  for (auto& answer : answers) {
    threads.emplace_back([&, this] {
      http::RawClient client(port());
      answer = client.Ask(
          "POST /deployments HTTP/1.1\r\nHost: t\r\nContent-Type: application/json"
          "\r\nIdempotency-Key: once\r\nContent-Length: 12\r\n\r\n" +
          body);
    });
  }
  for (auto& thread : threads) thread.join();
  std::string created;
  for (const auto& answer : answers) {
    EXPECT_TRUE(answer.status == 201 || answer.status == 409) << answer.status << answer.body;
    if (answer.status != 201) continue;
    if (created.empty()) created = answer.body;
    EXPECT_EQ(answer.body, created);
  }
  EXPECT_EQ(Get("/deployments").json.get_array().size(), 1U);
}

TEST_F(IdempotencyTest, TheSameVoteWithoutAKeyChangesNothing) {
  Publish(R"(apiVersion: gatewright/v1
kind: Workflow
metadata: {name: two}
spec:
  stages:
    - {name: QA, doneState: done, gate: {rules: [{id: qa, from: {role: qa}, need: 2}]}}
)");
  Post("/api/v1/runs", R"({"name":"a","workflow":"two"})");
  const char* kAlice = "X-Gatewright-Actor: alice; roles=qa\r\n";
  const Answer first = Post("/api/v1/runs/1/approve", "", kAlice);
  EXPECT_EQ(first["changed"], "true");
  const Answer again = Post("/api/v1/runs/1/approve", "", kAlice);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again["changed"], "false");
  EXPECT_EQ(again["version"], first["version"]);
}

}  // namespace
}  // namespace gatewright::testing
