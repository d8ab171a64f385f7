// What every route has in common: how requests are refused.
#include "tests/server/server_fixture.h"

namespace gatewright::testing {
namespace {

class ConventionsTest : public ServerTest {};

struct Refusal {
  const char* method;
  const char* target;
  const char* body;
  const char* headers;
  int status;
  const char* code;
  const char* says;  // part of the body
};

TEST_F(ConventionsTest, EveryRefusalIsAProblemThatSaysWhatIsAllowed) {
  Post("/deployments", R"({"name":"x"})");
  const std::string long_name = R"({"name":")" + std::string(257, 'n') + R"("})";
  const std::string long_comment = R"({"comment":")" + std::string(4097, 'c') + R"("})";
  const std::string long_key = "Idempotency-Key: " + std::string(256, 'k') + "\r\n";
  const char* kText = "Content-Type: text/plain\r\n";
  const Refusal refusals[] = {
      // paths and methods
      {"GET", "/nowhere", "", "", 404, "not_found", "/nowhere"},
      {"GET", "/deployments/", "", "", 404, "not_found", ""},
      {"GET", "/api/v1/runs/0", "", "", 404, "not_found", "'0'"},
      {"GET", "/api/v1/runs/-1", "", "", 404, "not_found", "'-1'"},
      {"GET", "/api/v1/runs/9/history", "", "", 404, "not_found", "'9'"},
      {"GET", "/api/v1/runs/9/attempts", "", "", 404, "not_found", "'9'"},
      {"GET", "/api/v1/workflows/deploymnt", "", "", 404, "not_found", "Did you mean 'deployment'"},
      {"PUT", "/deployments/1", "{}", "", 405, "method_not_allowed", ""},
      {"DELETE", "/api/v1/runs", "", "", 405, "method_not_allowed", ""},
      {"POST", "/api/v1/runs/1/subject", "{}", "", 405, "method_not_allowed", ""},
      // query parameters
      {"GET", "/deployments?stat=x", "", "", 400, "invalid_parameter", "Did you mean 'state'"},
      {"GET", "/deployments?limit=0", "", "", 400, "invalid_parameter", "from 1 to 200"},
      {"GET", "/deployments?limit=201", "", "", 400, "invalid_parameter", "from 1 to 200"},
      {"GET", "/deployments?limit=1&limit=2", "", "", 400, "invalid_parameter", "more than once"},
      {"GET", "/deployments?cursor=AAAA", "", "", 400, "invalid_cursor", "next_cursor"},
      {"GET", "/deployments?cursor=", "", "", 400, "invalid_cursor", ""},
      {"GET", "/api/v1/runs?sort=name", "", "", 400, "invalid_parameter", "-created_at"},
      {"GET", "/api/v1/runs?waiting_on=bob", "", "", 400, "invalid_parameter", "expected me"},
      {"GET", "/api/v1/runs?status=open", "", "", 400, "invalid_parameter", "needs_attention"},
      {"POST", "/deployments/1/approve?wait=soon", "", "", 400, "invalid_parameter", "30s"},
      {"POST", "/deployments/1/approve?wait=61s", "", "", 400, "invalid_parameter", "1m"},
      {"GET", "/health?x=1", "", "", 400, "invalid_parameter", "has none"},
      {"GET", "/api/v1/events?since=-1", "", "", 400, "invalid_parameter", ""},
      {"GET", "/api/v1/events?run=9", "", "", 404, "not_found", ""},
      // bodies
      {"POST", "/deployments", "{", "", 400, "malformed_json", ""},
      {"POST", "/deployments", R"({"name":"a","name":"b"})", "", 400, "malformed_json", "name"},
      {"POST", "/deployments", "{\"name\":\"\xff\"}", "", 400, "malformed_json", ""},
      {"POST", "/deployments", R"({"name":"a","subject":{"n":1e400}})", "", 400, "malformed_json",
       ""},
      {"POST", "/deployments", "name=a", kText, 415, "unsupported_media_type", "application/json"},
      {"POST", "/deployments", R"({"nam":"a"})", "", 422, "validation_failed",
       "Did you mean 'name'"},
      {"POST", "/deployments", R"({"name":7})", "", 422, "validation_failed", "/name"},
      {"POST", "/deployments", R"({"name":"a","subject":[]})", "", 422, "validation_failed",
       "/subject"},
      {"POST", "/deployments", long_name.c_str(), "", 422, "validation_failed", "256"},
      {"POST", "/deployments/1/approve", long_comment.c_str(), "", 422, "validation_failed",
       "4096"},
      {"POST", "/api/v1/runs", R"({"name":"a"})", "", 422, "validation_failed", "/workflow"},
      {"POST", "/api/v1/runs", R"({"name":"a","workflow":"deployment","draft":1})", "", 422,
       "validation_failed", "true or false"},
      {"POST", "/api/v1/runs/1/votes", "{}", "", 422, "validation_failed", "/choice"},
      {"POST", "/api/v1/runs/1/votes", R"({"choice":"aprove"})", "", 422, "validation_failed",
       "Did you mean 'approve'"},
      {"POST", "/api/v1/runs/1/votes", R"({"choice":"approve","epoch":0})", "", 422,
       "validation_failed", "/epoch"},
      {"POST", "/api/v1/runs/1/votes", R"({"choice":"approve","on_behalf_of":7})", "", 422,
       "validation_failed", "/on_behalf_of"},
      {"POST", "/api/v1/runs/1/votes", R"({"choice":"approve","form":[]})", "", 422,
       "validation_failed", "/form"},
      {"POST", "/api/v1/runs/1/resolve", R"({"resolution":"retry"})", "", 422, "validation_failed",
       "/reason"},
      // headers
      {"POST", "/deployments", R"({"name":"a"})", long_key.c_str(), 400, "invalid_header", "255"},
      {"POST", "/deployments", R"({"name":"a"})", "Idempotency-Key: a b\r\n", 400, "invalid_header",
       "visible ASCII"},
      {"POST", "/deployments", R"({"name":"a","idempotency":"a b"})", "", 422, "validation_failed",
       "/idempotency"},
      {"POST", "/deployments/1/approve", "", "If-Match: 1-1\r\n", 400, "invalid_header",
       "If-Match"},
      {"POST", "/deployments", R"({"name":"a"})", "X-Gatewright-Actor: a b\r\n", 400,
       "invalid_actor", "alice; roles=qa,devops"},
      {"POST", "/deployments", R"({"name":"a"})", "X-Gatewright-Actor: a; rules=b\r\n", 400,
       "invalid_actor", ""},
      {"POST", "/deployments", R"({"name":"a"})", "X-Gatewright-Actor: policy:p\r\n", 400,
       "invalid_actor", ""},
      // the run is somewhere else
      {"POST", "/deployments/1/approve", R"({"expected_state":"approved_by_QA"})", "", 409,
       "unexpected_state", "requested"},
      {"POST", "/deployments/1/approve", R"({"subject_digest":"00"})", "", 409, "subject_changed",
       ""},
      {"POST", "/api/v1/runs/1/votes", R"({"choice":"approve","stage":"DevOps"})", "", 409,
       "gate_not_open", "QA"},
      {"POST", "/api/v1/runs/1/votes", R"({"choice":"approve","stage":"QQ"})", "", 404, "not_found",
       "QA"},
      {"POST", "/api/v1/runs/1/resolve", R"({"resolution":"retry","reason":"r"})", "", 409,
       "not_possible", "allowed now"},
      {"POST", "/deployments/1/approve", "", "If-Match: \"1-7\"\r\n", 412, "stale_version",
       "version"},
      {"POST", "/deployments/1/approve", "", "If-Match: W/\"1-1\"\r\n", 412, "stale_version",
       "strong"},
      {"POST", "/deployments/1/approve", "", "If-Match: \"2-1\"\r\n", 412, "stale_version", ""},
  };
  for (const Refusal& refusal : refusals) {
    const Answer answer = Ask(refusal.method, refusal.target, refusal.body, refusal.headers);
    const std::string what = std::string(refusal.method) + ' ' + refusal.target + ' ' +
                             std::string(refusal.body).substr(0, 80) + ' ' + refusal.headers;
    EXPECT_EQ(answer.status, refusal.status) << what << ' ' << answer.body;
    EXPECT_EQ(answer["code"], refusal.code) << what << ' ' << answer.body;
    EXPECT_EQ(answer.Get("Content-Type"), "application/problem+json") << what;
    EXPECT_EQ(answer["request_id"], answer.Get("X-Request-Id")) << what;
    EXPECT_NE(answer.body.find(refusal.says), std::string::npos) << what << ' ' << answer.body;
  }
  EXPECT_EQ(Get("/deployments/1")["version"], "1");
  EXPECT_EQ(Get("/deployments").json.get_array().size(), 1U);
}

TEST_F(ConventionsTest, EveryMistakeOfABodyIsReportedAtOnce) {
  const Answer refused =
      Post("/api/v1/runs", R"({"name":"","workflow":1,"subject":2,"draft":7,"x":0})");
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.json.at("errors").get_array().size(), 5U) << refused.body;
}

TEST_F(ConventionsTest, JsonOfAnyFlavourIsJson) {
  EXPECT_EQ(Post("/deployments", R"({"name":"a"})",
                 "Content-Type: application/vnd.example+json; charset=utf-8\r\n")
                .status,
            201);
  EXPECT_EQ(Post("/deployments/1/approve", "", "Content-Type: text/plain\r\n").status, 200)
      << "without a body its type does not matter";
}

TEST_F(ConventionsTest, NamesAreCountedInCharactersNotBytes) {
  std::string name;
  for (int i = 0; i < 256; ++i) name += "ü";
  const Answer created = Post("/deployments", R"({"name":")" + name + R"("})");
  EXPECT_EQ(created.status, 201);
  EXPECT_EQ(created["name"], name);
}

TEST_F(ConventionsTest, EveryRouteIsDescribedAndEveryDescriptionIsARoute) {
  http::Router router;
  Mount(router, api());
  const auto routes = router.Describe();
  EXPECT_EQ(std::set<std::string>(routes.begin(), routes.end()), openapi().Operations());
}

TEST_F(ConventionsTest, HeadIsGetWithoutABody) {
  Post("/deployments", R"({"name":"a"})");
  const Answer head = Ask("HEAD", "/deployments/1");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.Get("ETag"), "\"1-1\"");
}

}  // namespace
}  // namespace gatewright::testing
