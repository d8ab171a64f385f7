// Numbers over HTTP, and playing a workflow that is not published.
#include <fmt/format.h>

#include "engine/codec/json.h"
#include "tests/server/server_fixture.h"

namespace gatewright::testing {
namespace {

class NumbersTest : public ServerTest {
 protected:
  boost::json::value Numbers(const std::string& query = "") {
    const Answer answer = Get("/api/v1/numbers" + query);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.json;
  }
};

TEST_F(NumbersTest, CountWhatEndedSinceTheyWereLastAsked) {
  EXPECT_EQ(Numbers().at("runs").at("ended"), 0);
  for (int run = 1; run <= 2; ++run) Post("/deployments", R"({"name":"x"})");
  for (int i = 0; i < 3; ++i) Post("/deployments/1/approve");
  Until("/api/v1/runs/1", "status", "succeeded");
  Post("/deployments/2/reject", R"({"comment":"no"})");
  const auto numbers = Numbers();
  EXPECT_EQ(numbers.at("read").at("complete"), true);
  EXPECT_EQ(numbers.at("runs").at("submitted"), 2);
  EXPECT_EQ(numbers.at("runs").at("by_outcome").at("succeeded"), 1);
  EXPECT_EQ(numbers.at("runs").at("by_outcome").at("rejected"), 1);
  EXPECT_EQ(numbers.at("gates").at("approved"), 3);
  EXPECT_EQ(numbers.at("gates").at("rejection_share"), 0.25);
  EXPECT_EQ(numbers.at("dora").at("deployments"), 1);
  EXPECT_EQ(numbers.at("dora").at("change_failure_rate"), 0.0);
  EXPECT_EQ(numbers.at("stages").at(0).at("stage"), "QA");
  EXPECT_EQ(numbers.at("stages").at(0).at("people").at("count"), 2);
  EXPECT_EQ(Numbers("?workflow=deployment").at("runs").at("ended"), 2);
  EXPECT_EQ(Numbers("?workflow=another").at("runs").at("ended"), 0);
  EXPECT_EQ(Numbers("?since=2026-03-02&until=2026-03-04").at("series").get_array().size(), 2U);
  EXPECT_EQ(Numbers("?since=2026-01-01&until=2026-12-31").at("bucket"), "week");
  Restart();
  EXPECT_EQ(Numbers().at("runs").at("ended"), 2);
}

TEST_F(NumbersTest, RefuseWindowsThatAreNone) {
  EXPECT_EQ(Get("/api/v1/numbers?since=yesterday").status, 400);
  EXPECT_EQ(Get("/api/v1/numbers?since=2026-03-02&until=2026-03-02").status, 400);
  EXPECT_EQ(Get("/api/v1/numbers?since=2020-03-02&until=2026-03-02").status, 400);
  EXPECT_EQ(Get("/api/v1/numbers?from=x").status, 400);
}

std::string Body(std::string_view source, std::string_view more = "") {
  std::string body = R"({"source":)";
  codec::AppendJsonString(body, source);
  body += more;
  return body + "}";
}

constexpr std::string_view kWorkflow = R"(apiVersion: gatewright/v1
kind: Workflow
metadata: {name: unheard-of}
spec:
  subject: {type: object, required: [version]}
  stages:
    - {name: QA, doneState: tested, gate: {rules: [{id: qa, from: {role: qa}, need: 2}]}}
)";

class SimulateTest : public ServerTest {};

TEST_F(SimulateTest, PlaysAWorkflowThatNobodyPublished) {
  const Answer played = Post("/api/v1/simulate", Body(kWorkflow, R"(,"subject":{"version":"1"})"));
  EXPECT_EQ(played.status, 200) << played.body;
  EXPECT_EQ(played["ok"], "true");
  EXPECT_EQ(played.json.at("steps").get_array().back().at("state"), "tested");
  EXPECT_EQ(Get("/api/v1/workflows/unheard-of").status, 404);
  EXPECT_EQ(Get("/api/v1/runs").json.at("items").get_array().size(), 0U);
}

TEST_F(SimulateTest, SaysWhatIsWrong) {
  EXPECT_EQ(Post("/api/v1/simulate", Body(kWorkflow))["ok"], "false");  // no version
  const Answer broken = Post("/api/v1/simulate", Body("kind: Workflow"));
  EXPECT_EQ(broken.status, 422);
  EXPECT_GE(broken.json.at("errors").get_array().size(), 1U);
  EXPECT_EQ(Post("/api/v1/simulate", "{}").status, 422);
}

}  // namespace
}  // namespace gatewright::testing
