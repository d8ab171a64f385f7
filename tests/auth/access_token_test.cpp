// Only what this server signs is a token, and only for what it was signed for.
#include <gtest/gtest.h>

#include "engine/codec/base64.h"
#include "engine/codec/digest.h"
#include "server/auth/access_token.h"

namespace gatewright::auth {
namespace {

using std::chrono::seconds;
const std::string kSecret(32, 's');
const Time kNow = Time{} + seconds{1'000'000};
const Claims kClaims{"alice", "5e55", 1, kNow, kNow + seconds{60}};

std::string Forge(const std::string& header, const std::string& payload,
                  const std::string& secret = kSecret) {
  const std::string text = codec::EncodeBase64Url(header) + "." + codec::EncodeBase64Url(payload);
  return text + "." + codec::EncodeBase64Url(codec::HmacSha256(secret, text));
}

TEST(AccessToken, IsReadAsItWasSigned) {
  const TokenKeys keys({kSecret});
  const auto read = keys.Read(Purpose::kAccess, keys.Sign(Purpose::kAccess, kClaims), kNow);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, kClaims);
  const TokenKeys rotated({std::string(32, 'n'), kSecret});
  EXPECT_TRUE(rotated.Read(Purpose::kAccess, keys.Sign(Purpose::kAccess, kClaims), kNow));
}

TEST(AccessToken, NothingElseIsOne) {
  const TokenKeys keys({kSecret});
  const std::string good = keys.Sign(Purpose::kAccess, kClaims);
  const std::string kid = codec::Sha256Hex({"gatewright key id\n", kSecret}).substr(0, 16);
  const std::string head = R"({"alg":"HS256","typ":"at+jwt","kid":")" + kid + R"("})";
  const std::string body =
      R"({"iss":"gatewright:local","aud":"gatewright","sub":"alice","sid":"5e55","gen":1,"iat":1000000,"nbf":1000000,"exp":1000060})";
  ASSERT_TRUE(keys.Read(Purpose::kAccess, Forge(head, body), kNow));
  std::vector<std::string> bad = {"",
                                  ".",
                                  "..",
                                  "...",
                                  "a.b.c",
                                  good + "x",
                                  good + "=",
                                  " " + good,
                                  good.substr(0, good.size() - 1),
                                  good.substr(0, good.rfind('.')),
                                  good.substr(0, good.rfind('.') + 1),
                                  good + "." + good,
                                  std::string(65'536, 'a'),
                                  Forge(head, body, std::string(32, 'x')),
                                  Forge(head, body, ""),
                                  keys.Sign(Purpose::kRefresh, kClaims),
                                  keys.Sign(Purpose::kCookie, kClaims)};
  const auto with = [&](const std::string& text, const std::string& from, const std::string& to) {
    std::string out = text;
    return out.replace(out.find(from), from.size(), to);
  };
  for (const char* alg :
       {"none", "None", "NONE", "HS384", "HS512", "RS256", "ES256", "EdDSA", "hs256", ""}) {
    bad.push_back(Forge(with(head, "HS256", alg), body));
  }
  for (const char* extra :
       {R"("crit":["exp"])", R"("jku":"http://x")", R"("x5u":"http://x")", R"("jwk":{})",
        R"("x5c":[])", R"("zip":"DEF")", R"("b64":false)", R"("alg":"HS256")"}) {
    bad.push_back(Forge(with(head, "{", std::string("{") + extra + ","), body));
  }
  bad.push_back(Forge(with(head, kid, "0000000000000000"), body));
  bad.push_back(Forge(with(head, "at+jwt", "JWT"), body));
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"gatewright:local", "other"},
           {R"("aud":"gatewright")", R"("aud":"x")"},
           {R"("aud":"gatewright")", R"("aud":["gatewright"])"},
           {"1000060", "1000000"},
           {"1000060", "999999"},
           {"1000060", "\"1000060\""},
           {"1000060", "1e99"},
           {R"("nbf":1000000)", R"("nbf":1000031)"},
           {R"("iat":1000000)", R"("iat":1000031)"},
           {R"("sub":"alice")", R"("sub":"")"},
           {R"("sub":"alice")", R"("sub":7)"},
           {R"("sub":"alice")", R"("sub":"alice","sub":"bob")"},
           {R"("sid":"5e55",)", ""},
           {R"("gen":1)", R"("gen":0)"},
           {R"("gen":1)", R"("gen":1,"admin":true)"}}) {
    bad.push_back(Forge(head, with(body, from, to)));
  }
  bad.push_back(Forge("[]", body));
  bad.push_back(Forge(head, "[]"));
  EXPECT_GE(bad.size(), 50u);
  for (const auto& token : bad)
    EXPECT_FALSE(keys.Read(Purpose::kAccess, token, kNow)) << token.substr(0, 400);
}

}  // namespace
}  // namespace gatewright::auth
