// Many votes in one request: one bad one never touches the others.
#include <fmt/format.h>

#include "tests/server/server_fixture.h"

namespace gatewright::testing {
namespace {

constexpr const char* kBob = "X-Gatewright-Actor: bob; roles=qa\r\n";

class VotesTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    for (int i = 1; i <= 3; ++i) Post("/deployments", fmt::format(R"({{"name":"{}"}})", i));
  }
};

TEST_F(VotesTest, EveryVoteHasItsOwnAnswerInOrder) {
  const Answer answer = Post("/api/v1/votes", R"({"votes":[
    {"run":3,"choice":"approve","comment":"good"},
    {"run":9,"choice":"approve"},
    {"run":1,"choice":"reject"},
    {"run":1,"choice":"approve"},
    {"run":2,"choice":"approve","stage":"DevOps"}]})",
                             kBob);
  EXPECT_EQ(answer.status, 200);
  const auto& results = answer.json.at("results").get_array();
  ASSERT_EQ(results.size(), 5U);
  EXPECT_EQ(results[0].at("run"), 3);
  EXPECT_EQ(results[0].at("status"), 200);
  EXPECT_EQ(results[0].at("result").at("state"), "approved_by_QA");
  EXPECT_EQ(results[0].at("result").at("changed"), true);
  EXPECT_EQ(results[1].at("status"), 404);
  EXPECT_EQ(results[1].at("problem").at("code"), "not_found");
  EXPECT_EQ(results[2].at("result").at("status"), "rejected");
  EXPECT_EQ(results[3].at("problem").at("code"), "run_finished");
  EXPECT_EQ(results[4].at("problem").at("code"), "gate_not_open");
  EXPECT_EQ(Get("/deployments/3")["state"], "approved_by_QA");
  EXPECT_EQ(Get("/deployments/2")["version"], "1");
}

TEST_F(VotesTest, TheSameKeyVotesOnce) {
  const std::string headers = std::string("Idempotency-Key: bulk\r\n") + kBob;
  const char* kBody = R"({"votes":[{"run":1,"choice":"approve"},{"run":9,"choice":"approve"}]})";
  const Answer first = Post("/api/v1/votes", kBody, headers);
  EXPECT_EQ(first.json.at("results").at(0).at("status"), 200);
  Restart();
  const Answer again = Post("/api/v1/votes", kBody, headers);
  EXPECT_EQ(boost::json::serialize(again.json.at("results").at(0)),
            boost::json::serialize(first.json.at("results").at(0)));
  EXPECT_EQ(Get("/deployments/1")["version"], "2");
  const Answer other =
      Post("/api/v1/votes", R"({"votes":[{"run":2,"choice":"approve"}]})", headers);
  EXPECT_EQ(other.json.at("results").at(0).at("problem").at("code"), "idempotency_key_reused");
}

TEST_F(VotesTest, ABadRequestVotesOnNothing) {
  const Answer bad = Post("/api/v1/votes", R"({"votes":[
    {"run":1,"choice":"approve"}, {"run":0,"choice":"approve"}, {"run":2,"choice":"aprove"}]})",
                          kBob);
  EXPECT_EQ(bad.status, 422);
  EXPECT_EQ(bad.json.at("errors").get_array().size(), 2U) << bad.body;
  EXPECT_NE(bad.body.find("/votes/2/choice"), std::string::npos);
  EXPECT_EQ(Get("/deployments/1")["version"], "1");
  EXPECT_EQ(Post("/api/v1/votes", R"({"votes":[]})").status, 422);
  std::string many = R"({"votes":[{"run":1,"choice":"approve"})";
  for (int i = 0; i < 50; ++i) many += R"(,{"run":1,"choice":"approve"})";
  EXPECT_EQ(Post("/api/v1/votes", many + "]}").status, 422);
}

}  // namespace
}  // namespace gatewright::testing
