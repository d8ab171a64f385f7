// Publishing workflows and looking at them, at plugins and at the server itself.
#include "tests/server/server_fixture.h"

namespace gatewright::testing {
namespace {

class WorkflowsTest : public ServerTest {};

constexpr const char* kYaml = "Content-Type: application/yaml\r\n";
constexpr const char* kOneStage = R"(apiVersion: gatewright/v1
kind: Workflow
metadata: {name: deployment}
spec:
  stages:
    - {name: Review, doneState: reviewed, gate: {rules: [{id: qa, from: {role: qa}, need: 1}]}}
)";

TEST_F(WorkflowsTest, ANewRevisionIsForNewRunsOnly) {
  Post("/deployments", R"({"name":"old"})");
  const Answer dry = Post("/api/v1/workflows?dry_run=true", kOneStage, kYaml);
  EXPECT_EQ(dry.status, 200);
  EXPECT_EQ(dry["change"], "new_revision");
  EXPECT_EQ(dry["open_runs_on_other_versions"], "1");
  EXPECT_EQ(dry["initial_state"], "requested");
  EXPECT_EQ(dry.json.at("graph").at("edges").at(0).at("to"), "reviewed");
  const auto& impact = dry.json.at("impact");
  EXPECT_EQ(impact.at("open_runs"), 1);
  EXPECT_EQ(impact.at("affected").at(0).at("run"), 1);
  EXPECT_EQ(impact.at("affected").at(0).at("notes").at(0).at("kind"), "stage_removed");
  EXPECT_EQ(Get("/api/v1/workflows/deployment")["revision"], "1");

  const Answer published = Post("/api/v1/workflows", kOneStage, kYaml);
  EXPECT_EQ(published.status, 201);
  EXPECT_EQ(published.Get("Location"), "/api/v1/workflows/deployment");
  EXPECT_EQ(published["revision"], "2");
  const Answer again = Post("/api/v1/workflows", kOneStage, kYaml);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again["revision"], "2");

  Post("/deployments", R"({"name":"new"})");
  EXPECT_EQ(Post("/deployments/1/approve")["state"], "approved_by_QA");
  EXPECT_EQ(Post("/deployments/2/approve")["state"], "reviewed");
  Restart();
  EXPECT_EQ(Post("/deployments/1/approve")["state"], "approved_by_devops");
  EXPECT_EQ(Get("/api/v1/workflows/deployment/revisions").json.at("items").get_array().size(), 2U);
}

TEST_F(WorkflowsTest, ABrokenFileIsRefusedWithEveryMistakeAndItsPlace) {
  const Answer refused = Post("/api/v1/workflows", R"(apiVersion: gatewright/v1
kind: Workflow
metadata: {name: deployment}
spec:
  stagez: []
  stages:
    - {name: QA, doneState: done, gate: {ruls: []}}
)",
                              kYaml);
  EXPECT_EQ(refused.status, 422);
  const auto& errors = refused.json.at("errors").get_array();
  ASSERT_GE(errors.size(), 2U) << refused.body;
  EXPECT_EQ(errors[0].at("line"), 5);
  EXPECT_NE(refused.body.find("workflow.yaml:5:"), std::string::npos);
  EXPECT_NE(refused.body.find("ruls"), std::string::npos);
  EXPECT_EQ(Get("/api/v1/workflows/deployment")["revision"], "1");
  EXPECT_EQ(Post("/api/v1/workflows", "").status, 422);
  EXPECT_EQ(Post("/api/v1/workflows", "a: [", kYaml).status, 422);
  EXPECT_EQ(Post("/api/v1/workflows", "x", "Content-Type: text/plain\r\n").status, 415);
}

TEST_F(WorkflowsTest, JsonIsAsGoodAsYaml) {
  const Answer published = Post("/api/v1/workflows", R"({"apiVersion":"gatewright/v1",
    "kind":"Workflow","metadata":{"name":"other"},"spec":{"stages":[{"name":"QA",
    "doneState":"done","gate":{"rules":[{"id":"qa","from":{"role":"qa"},"need":1}]}}]}})");
  EXPECT_EQ(published.status, 201) << published.body;
  EXPECT_EQ(Get("/api/v1/workflows").json.at("items").get_array().size(), 2U);
}

TEST_F(WorkflowsTest, AWorkflowWithoutOpenRunsCanBeDeleted) {
  Post("/deployments", R"({"name":"x"})");
  const Answer in_use = Ask("DELETE", "/api/v1/workflows/deployment");
  EXPECT_EQ(in_use.status, 409);
  EXPECT_EQ(in_use["code"], "workflow_in_use");
  EXPECT_EQ(in_use["runs"], "[1]");
  Post("/deployments/1/reject");
  EXPECT_EQ(Ask("DELETE", "/api/v1/workflows/deployment").status, 204);
  EXPECT_EQ(Ask("DELETE", "/api/v1/workflows/deployment").status, 404);
  EXPECT_EQ(Post("/deployments", R"({"name":"y"})").status, 404);
  EXPECT_EQ(Get("/api/v1/runs/1")["state"], "rejected");
}

TEST_F(WorkflowsTest, CanBeDrawn) {
  EXPECT_EQ(Get("/api/v1/workflows/deployment/graph").json.at("edges").at(0).at("from"),
            "requested");
  EXPECT_TRUE(
      Get("/api/v1/workflows/deployment/graph?format=mermaid").body.starts_with("stateDiagram-v2"));
  EXPECT_TRUE(Get("/api/v1/workflows/deployment/graph?format=dot").body.starts_with("digraph"));
  EXPECT_EQ(Get("/api/v1/workflows/deployment/graph?format=png").status, 400);
}

TEST_F(WorkflowsTest, PluginsAndWhatTheyOfferAreListed) {
  const Answer plugins = Get("/api/v1/plugins");
  EXPECT_GE(plugins.json.at("items").get_array().size(), 4U);
  bool has_role = false;
  const Answer types = Get("/api/v1/stage-types");
  for (const auto& type : types.json.at("items").get_array()) {
    if (type.at("name") != "role") continue;
    has_role = true;
    EXPECT_EQ(type.at("kind"), "approver");
    EXPECT_TRUE(type.at("config_schema").is_object());
  }
  EXPECT_TRUE(has_role);
}

TEST_F(WorkflowsTest, TheServerSaysHowItIs) {
  const Answer health = Get("/health");
  EXPECT_EQ(health["status"], "ok");
  EXPECT_EQ(health.json.at("database").at("backend"), "sqlite");
  EXPECT_EQ(health.json.at("workflows").at("deployment"), 1);
  EXPECT_EQ(health["auth"], "none");
  EXPECT_NE(health["warnings"].find("development mode"), std::string::npos);
  EXPECT_EQ(Get("/livez")["status"], "ok");
  EXPECT_EQ(Get("/readyz").body, R"({"status":"ok"})");
  EXPECT_GE(Get("/readyz?verbose").json.at("checks").get_array().size(), 3U);
  api().BeginShutdown();
  const Answer draining = Get("/readyz");
  EXPECT_EQ(draining.status, 503);
  EXPECT_EQ(draining["code"], "not_ready");
  EXPECT_TRUE(draining.Has("Retry-After"));
  EXPECT_EQ(Get("/livez").status, 200);
}

TEST_F(WorkflowsTest, MetricsCountRequestsByRouteAndCode) {
  Post("/deployments", R"({"name":"x"})");
  Get("/deployments/1");
  Get("/deployments/2");
  const std::string metrics = Get("/metrics").body;
  for (
      const char* line :
      {R"(gatewright_http_requests_total{code="200",method="GET",route="/deployments/:id"} 1)",
       R"(gatewright_http_requests_total{code="404",method="GET",route="/deployments/:id"} 1)",
       R"(gatewright_http_request_duration_seconds_count{method="GET",route="/deployments/:id"} 2)",
       "gatewright_command_queue_depth 0", "gatewright_event_streams 0",
       "gatewright_log_readers 0"}) {
    EXPECT_NE(metrics.find(line), std::string::npos) << line << "\n" << metrics;
  }
}

TEST_F(WorkflowsTest, TheApiPageNeedsNoOtherServer) {
  const Answer page = Get("/docs");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.body.find("http"), std::string::npos) << "an outside address";
  EXPECT_EQ(page.body.find("@VERSION@"), std::string::npos);
  const std::size_t at = page.body.find("/docs/assets/swagger-ui-bundle.js");
  const std::string asset = page.body.substr(at, page.body.find('"', at) - at);
  const Answer script = Get(asset);
  EXPECT_EQ(script.status, 200);
  EXPECT_NE(script.Get("Cache-Control").find("immutable"), std::string_view::npos);
  EXPECT_GT(script.body.size(), 1'000'000U);
  EXPECT_EQ(Get("/docs/assets/init.js").Get("Cache-Control"), "no-cache");
  const std::string tag(Get("/openapi.json").Get("ETag"));
  EXPECT_EQ(Get("/openapi.json", "If-None-Match: " + tag + "\r\n").status, 304);
  EXPECT_EQ(Get("/openapi.json")["openapi"], "3.1.0");
  EXPECT_NE(Get("/docs/problems").body.find("id=\"gate_decided\""), std::string::npos);
  EXPECT_EQ(Get("/docs/assets/passwd").status, 404);
}

}  // namespace
}  // namespace gatewright::testing
