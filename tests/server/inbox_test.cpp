// Why a run waits, and whom it waits for: explain, inbox and waiting_on=me agree.
#include <fmt/format.h>

#include "tests/server/server_fixture.h"

namespace gatewright::testing {
namespace {

constexpr const char* kQa = "X-Gatewright-Actor: quinn; roles=qa\r\n";
constexpr const char* kSales = "X-Gatewright-Actor: sam; roles=sales\r\n";

class InboxTest : public ServerTest {
 protected:
  std::string Ids(const Answer& page) {
    std::string ids;
    for (const auto& item : page.json.at("items").get_array()) {
      const auto* run = item.get_object().if_contains("run");
      ids += boost::json::serialize((run == nullptr ? item : *run).at("id"));
    }
    return ids;
  }
};

TEST_F(InboxTest, ARunExplainsWhyItWaits) {
  Post("/deployments", R"({"name":"a"})", "X-Gatewright-Actor: alice; roles=qa\r\n");
  const Answer mine = Get("/api/v1/runs/1/explain", kQa);
  EXPECT_EQ(mine.status, 200);
  EXPECT_EQ(mine["stage"], "QA");
  EXPECT_EQ(mine.json.at("waits_for").at(0).at("kind"), "votes");
  EXPECT_EQ(mine.json.at("gate").at("rules").at("state"), "open");
  EXPECT_EQ(mine.json.at("viewer").at("id"), "quinn");
  EXPECT_EQ(mine.json.at("viewer").at("can_decide"), true);
  EXPECT_EQ(mine.json.at("viewer").at("if_i_approve").at("state"), "approved_by_QA");

  const Answer hers = Get("/api/v1/runs/1/explain", "X-Gatewright-Actor: alice; roles=qa\r\n");
  EXPECT_EQ(hers.json.at("viewer").at("can_decide"), false);
  EXPECT_EQ(hers.json.at("viewer").at("reasons").at(0).at("code"), "self_approval");
  const Answer theirs = Get("/api/v1/runs/1/explain", kSales);
  EXPECT_EQ(theirs.json.at("viewer").at("can_vote"), false);

  Post("/deployments/1/reject", "", kQa);
  EXPECT_EQ(Get("/api/v1/runs/1/explain", kQa)["status"], "rejected");
  EXPECT_EQ(Get("/api/v1/runs/9/explain").status, 404);
}

TEST_F(InboxTest, ShowsWhatTheCallerCanDecide) {
  for (int i = 1; i <= 5; ++i) Post("/deployments", fmt::format(R"({{"name":"{}"}})", i));
  Post("/deployments/2/approve");  // now at DevOps
  Post("/deployments/4/reject");
  EXPECT_EQ(Ids(Get("/api/v1/inbox", kQa)), "135");
  EXPECT_EQ(Ids(Get("/api/v1/runs?waiting_on=me", kQa)), "135");
  EXPECT_EQ(Ids(Get("/api/v1/runs?waiting_on=me&q=3", kQa)), "3");
  EXPECT_EQ(Ids(Get("/api/v1/inbox", kSales)), "");
  EXPECT_EQ(Get("/api/v1/inbox", kQa).json.at("items").at(0).at("explanation").at("stage"), "QA");
  EXPECT_EQ(Get("/api/v1/runs?waiting_on=alice").status, 400);
  EXPECT_EQ(Get("/api/v1/inbox?limit=0").status, 400);
}

TEST_F(InboxTest, GoesOnByCursor) {
  for (int i = 1; i <= 5; ++i) Post("/deployments", fmt::format(R"({{"name":"{}"}})", i));
  for (const char* start : {"/api/v1/inbox?limit=2", "/api/v1/runs?waiting_on=me&limit=2"}) {
    std::string seen;
    std::string target = start;
    for (int pages = 0; !target.empty() && pages < 10; ++pages) {
      const Answer page = Get(target, kQa);
      seen += Ids(page);
      const std::string_view link = page.Get("Link");
      EXPECT_EQ(page.json.at("next_cursor").is_null(), link.empty());
      target = link.empty() ? "" : std::string(link.substr(1, link.find('>') - 1));
    }
    EXPECT_EQ(seen, "12345");
  }
}

}  // namespace
}  // namespace gatewright::testing
