// The deployments facade, told as its users use it.
#include "tests/server/server_fixture.h"

namespace gatewright::testing {
namespace {

class DeploymentsTest : public ServerTest {};

TEST_F(DeploymentsTest, ThreeApprovalsExecuteADeployment) {
  const Answer created = Post("/deployments", R"({"name":"Deploy Feature X"})");
  EXPECT_EQ(created.status, 201);
  EXPECT_EQ(created.Get("Location"), "/deployments/1");
  EXPECT_EQ(created["id"], "1");
  EXPECT_EQ(created["name"], "Deploy Feature X");
  EXPECT_EQ(created["state"], "requested");
  EXPECT_EQ(created["allowed_actions"], R"(["approve","reject","change_subject","cancel"])");

  EXPECT_EQ(Post("/deployments/1/approve")["state"], "approved_by_QA");
  EXPECT_EQ(Post("/deployments/1/approve")["state"], "approved_by_devops");
  const Answer executed = Post("/deployments/1/approve");
  EXPECT_EQ(executed.status, 200);
  EXPECT_EQ(executed["state"], "executed");
  EXPECT_EQ(executed["status"], "succeeded");
  EXPECT_EQ(executed["stage"], "null");
  EXPECT_EQ(executed["allowed_actions"], R"(["resubmit"])");
}

TEST_F(DeploymentsTest, CanBeRejectedAtEveryStageBeforeTheAction) {
  for (int approvals = 0; approvals < 3; ++approvals) {
    const std::string path = "/deployments/" + Post("/deployments", R"({"name":"x"})")["id"];
    for (int i = 0; i < approvals; ++i) EXPECT_EQ(Post(path + "/approve").status, 200);
    const Answer rejected = Post(path + "/reject", R"({"comment":"not today"})");
    EXPECT_EQ(rejected.status, 200);
    EXPECT_EQ(rejected["state"], "rejected");
    EXPECT_EQ(Get(path)["state"], "rejected");
  }
}

TEST_F(DeploymentsTest, AFinishedOneTakesNoDecision) {
  Post("/deployments", R"({"name":"x"})");
  Post("/deployments/1/reject");
  for (const char* verb : {"approve", "reject"}) {
    const Answer refused = Post(std::string("/deployments/1/") + verb);
    EXPECT_EQ(refused.status, 409);
    EXPECT_EQ(refused["code"], "run_finished");
    EXPECT_EQ(refused.json.at("run").at("state"), "rejected");
  }
}

TEST_F(DeploymentsTest, TheListIsAPlainArrayNewestFirst) {
  EXPECT_EQ(Get("/deployments").body, "[]");
  Post("/deployments", R"({"name":"first"})");
  Post("/deployments", R"({"name":"second"})");
  Post("/deployments/1/approve");
  const Answer all = Get("/deployments");
  ASSERT_EQ(all.json.get_array().size(), 2U);
  EXPECT_EQ(all.json.at(0).at("name"), "second");
  EXPECT_EQ(all.json.at(1).at("state"), "approved_by_QA");
  EXPECT_EQ(Get("/deployments?state=requested").json.get_array().size(), 1U);
  EXPECT_EQ(Get("/deployments?q=SECOND").json.get_array().size(), 1U);
  EXPECT_EQ(Get("/deployments?state=executing").body, "[]");
}

TEST_F(DeploymentsTest, RefusesWhatIsNotADeployment) {
  EXPECT_EQ(Get("/deployments/7").status, 404);
  EXPECT_EQ(Post("/deployments/7/approve").status, 404);
  EXPECT_EQ(Get("/deployments/01").status, 404);
  EXPECT_EQ(Get("/deployments/x").status, 404);
  EXPECT_EQ(Get("/deployments/99999999999999999999").status, 404);
  for (const char* body : {R"({"name":""})", R"({"name":"  "})", "{}", "", R"({"name":7})", "[]"}) {
    const Answer refused = Post("/deployments", body);
    EXPECT_EQ(refused.status, 422) << body;
    EXPECT_EQ(refused["code"], "validation_failed");
  }
  EXPECT_EQ(Post("/deployments", R"({"name":"x","workflow":"nope"})").status / 100, 4);
  const Answer method = Ask("DELETE", "/deployments");
  EXPECT_EQ(method.status, 405);
  EXPECT_NE(method.Get("Allow").find("POST"), std::string_view::npos);
}

TEST_F(DeploymentsTest, GarbageIsRefusedAndHarmsNobody) {
  const std::string garbage(64 * 1024, '\xff');
  EXPECT_EQ(Post("/deployments", garbage).status, 400);
  EXPECT_EQ(Post("/deployments", std::string(64 * 1024, '[')).status, 400);
  EXPECT_EQ(Post("/deployments", R"({"name":"still here"})").status, 201);
}

TEST_F(DeploymentsTest, ARestartKeepsEverything) {
  Post("/deployments", R"({"name":"Deploy Feature X"})");
  Post("/deployments/1/approve");
  const Answer before = Get("/deployments/1");
  Restart();
  const Answer after = Get("/deployments/1");
  EXPECT_EQ(after.body, before.body);
  EXPECT_EQ(after.Get("ETag"), before.Get("ETag"));
  EXPECT_EQ(Post("/deployments/1/approve")["state"], "approved_by_devops");
  EXPECT_EQ(Post("/deployments", R"({"name":"next"})")["id"], "2");
}

TEST_F(DeploymentsTest, NobodyApprovesWhatTheyAskedFor) {
  const std::string alice = "X-Gatewright-Actor: alice; roles=qa,devops\r\n";
  EXPECT_EQ(Post("/deployments", R"({"name":"mine"})", alice)["requester"], "alice");
  const Answer own = Post("/deployments/1/approve", "", alice);
  EXPECT_EQ(own.status, 403);
  EXPECT_EQ(own["code"], "self_approval");
  const Answer stranger =
      Post("/deployments/1/approve", "", "X-Gatewright-Actor: bob; roles=sales\r\n");
  EXPECT_EQ(stranger.status, 403);
  EXPECT_EQ(stranger["code"], "not_eligible");
  EXPECT_EQ(Post("/deployments/1/approve", "", "X-Gatewright-Actor: bob; roles=qa\r\n").status,
            200);
}

TEST_F(DeploymentsTest, ALongActionIsWaitedForAsLongAsAsked) {
  const std::string gate = (folder() / "go").string();
  Publish(R"(apiVersion: gatewright/v1
kind: Workflow
metadata: {name: slow}
spec:
  stages:
    - name: Execute
      doneState: executed
      gate: {rules: [{id: qa, from: {role: qa}, need: 1}]}
      action:
        plugin: command
        with: {argv: [/bin/sh, -c, "until [ -e )" +
          gate + R"( ]; do sleep 0.05; done; echo hello"]}
)");
  Post("/deployments", R"({"name":"x","workflow":"slow"})");
  const Answer executing = Post("/deployments/1/approve?wait=0");
  EXPECT_EQ(executing.status, 202);
  EXPECT_EQ(executing["state"], "executing");
  EXPECT_EQ(executing.Get("Location"), "/deployments/1");
  EXPECT_EQ(Get("/deployments?state=executing").json.get_array().size(), 1U);
  EXPECT_EQ(Get("/deployments?state=requested").body, "[]");
  const Answer again = Post("/deployments/1/approve");
  EXPECT_EQ(again.status, 409);

  std::filesystem::create_directory(gate);
  EXPECT_EQ(Until("/deployments/1", "state", "executed")["state"], "executed");

  Post("/deployments", R"({"name":"y","workflow":"slow"})");
  EXPECT_EQ(Post("/deployments/2/approve?wait=30s")["state"], "executed");

  const Answer attempts = Get("/api/v1/runs/1/attempts");
  EXPECT_EQ(attempts.json.at("items").at(0).at("state"), "succeeded");
  const Answer log = Get("/api/v1/runs/1/attempts/1/log");
  EXPECT_EQ(log.body, "hello\n");
  EXPECT_EQ(log.Get("X-Log-Next-Offset"), "6");
  EXPECT_EQ(log.Get("X-Log-Complete"), "true");
  EXPECT_EQ(Get("/api/v1/runs/1/attempts/1/log?offset=2&limit=3").body, "llo");
  EXPECT_EQ(Get("/api/v1/runs/1/attempts/1/log?offset=100").body, "");
  EXPECT_EQ(Get("/api/v1/runs/1/attempts/2/log").status, 404);
}

}  // namespace
}  // namespace gatewright::testing
