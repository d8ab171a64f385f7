// Where somebody outside may answer, and what such an address is good for.
#include "engine/runtime/callbacks.h"

#include <gmock/gmock.h>

namespace gatewright::runtime {
namespace {

using ::testing::MatchesRegex;

constexpr std::string_view kBase = "https://gates.example.com";
constexpr std::string_view kSecret = "5ec2e7";

std::string TicketIn(const std::string& url) { return url.substr(url.rfind('/') + 1); }

TEST(Callbacks, AnAddressNamesOneAttempt) {
  const std::string url = AttemptCallbackUrl(kBase, kSecret, RunId{14}, AttemptNumber{2}, 77);
  EXPECT_THAT(url, MatchesRegex("https://gates\\.example\\.com/api/v1/callbacks/"
                                "[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+"));
  EXPECT_EQ(ReadCallbackTicket(kSecret, TicketIn(url)),
            CallbackTicket(AttemptTicket{RunId{14}, AttemptNumber{2}, 77}));
}

TEST(Callbacks, AnAddressNamesOnePolicyOnOneOpeningOfAGate) {
  const std::string url =
      PolicyCallbackUrl(kBase, kSecret, RunId{14}, StageName{"QA \"1\""}, Epoch{3}, "budget");
  EXPECT_EQ(ReadCallbackTicket(kSecret, TicketIn(url)),
            CallbackTicket(PolicyTicket{RunId{14}, StageName{"QA \"1\""}, Epoch{3}, "budget"}));
}

TEST(Callbacks, ABaseMayEndWithASlash) {
  EXPECT_EQ(AttemptCallbackUrl("https://a.example/gw/", kSecret, RunId{1}, AttemptNumber{1}, 1),
            AttemptCallbackUrl("https://a.example/gw", kSecret, RunId{1}, AttemptNumber{1}, 1));
}

TEST(Callbacks, WithoutABaseNobodyCanCallBack) {
  EXPECT_EQ(AttemptCallbackUrl("", kSecret, RunId{1}, AttemptNumber{1}, 1), "");
  EXPECT_EQ(PolicyCallbackUrl("", kSecret, RunId{1}, StageName{"QA"}, Epoch{1}, "budget"), "");
}

TEST(Callbacks, ATicketOfSomebodyElseIsNone) {
  const std::string ticket =
      TicketIn(AttemptCallbackUrl(kBase, kSecret, RunId{14}, AttemptNumber{2}, 77));
  EXPECT_EQ(ReadCallbackTicket("another", ticket), std::nullopt);
  for (std::size_t i = 0; i < ticket.size(); ++i) {
    std::string changed = ticket;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(ReadCallbackTicket(kSecret, changed), std::nullopt) << changed;
  }
  for (const std::string_view text : {"", ".", "a.b", "W10.W10"}) {
    EXPECT_EQ(ReadCallbackTicket(kSecret, text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace gatewright::runtime
