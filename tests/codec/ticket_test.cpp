#include "engine/codec/ticket.h"

#include <gtest/gtest.h>

#include <string>

#include "engine/codec/base64.h"

namespace gatewright::codec {
namespace {

constexpr std::string_view kSecret = "0123456789abcdef0123456789abcdef";

TEST(Ticket, GivesBackWhatWasSigned) {
  const std::string content = R"({"run":7,"text":"Grüße?>~"})";
  const std::string ticket = SignTicket(kSecret, "attempt", content);
  EXPECT_EQ(ReadTicket(kSecret, "attempt", ticket), content);
}

TEST(Ticket, IsFitForAUrl) {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  const std::string ticket = SignTicket(kSecret, "attempt", all);
  EXPECT_EQ(
      ticket.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                               "-_."),
      ticket.npos);
  EXPECT_EQ(ReadTicket(kSecret, "attempt", ticket), all);
}

TEST(Ticket, IsNoGoodForAnotherPurposeOrOfAnotherInstallation) {
  const std::string ticket = SignTicket(kSecret, "attempt", "7");
  EXPECT_EQ(ReadTicket(kSecret, "vote", ticket), std::nullopt);
  EXPECT_EQ(ReadTicket("another secret", "attempt", ticket), std::nullopt);
}

TEST(Ticket, OneChangedCharacterAnywhereIsNoTicket) {
  const std::string ticket = SignTicket(kSecret, "attempt", "run 7, attempt 1");
  for (std::size_t i = 0; i < ticket.size(); ++i) {
    std::string other = ticket;
    other[i] = other[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(ReadTicket(kSecret, "attempt", other), std::nullopt) << i;
  }
  EXPECT_EQ(ReadTicket(kSecret, "attempt", ticket.substr(0, ticket.size() - 1)), std::nullopt);
  EXPECT_EQ(ReadTicket(kSecret, "attempt", ""), std::nullopt);
}

TEST(Base64, ComesBackByteForByte) {
  std::string bytes;
  for (int size = 0; size < 300; ++size) {
    EXPECT_EQ(DecodeBase64(EncodeBase64(bytes)), bytes);
    bytes += static_cast<char>(255 - size);
  }
  EXPECT_EQ(EncodeBase64("hello"), "aGVsbG8=");
}

TEST(Base64, RefusesWhatItDidNotWrite) {
  EXPECT_FALSE(DecodeBase64("aGVsbG8"));
  EXPECT_FALSE(DecodeBase64("!!!!"));
}

}  // namespace
}  // namespace gatewright::codec
