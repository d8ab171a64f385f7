// tests/storage/url_test.cpp: database URLs, and bytes as text.
#include "engine/storage/url.h"

#include <gmock/gmock.h>

#include "engine/storage/base64.h"

namespace gatewright::storage {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(Url, NamesAFile) {
  EXPECT_EQ(*ParseStoreUrl("sqlite:///var/lib/gw/a.db"), "/var/lib/gw/a.db");
  EXPECT_EQ(*ParseStoreUrl("sqlite://data/a.db"), "data/a.db");
  EXPECT_EQ(*ParseStoreUrl("sqlite:///with space/100%.db"), "/with space/100%.db");
}

TEST(Url, ShowsOneThatWorksWhenItRefuses) {
  for (const std::string_view url :
       {"", "gatewright.db", "mysql://x", "sqlite:a.db", "sqlite://", "sqlite:///data/",
        "sqlite:///a.db?mode=ro", "sqlite://:memory:", "postgresql://db/gw"}) {
    const auto refused = ParseStoreUrl(url);
    ASSERT_FALSE(refused) << url;
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalid);
    EXPECT_THAT(refused.error().message, HasSubstr("sqlite:///var/lib/")) << url;
  }
}

TEST(Url, SaysThatPostgresIsNotSpokenAndKeepsThePasswordToItself) {
  const auto refused = ParseStoreUrl("postgresql://gw:s3cret@db.example/gw");
  EXPECT_THAT(refused.error().message,
              AllOf(HasSubstr("SQLite only"), HasSubstr("db.example"), Not(HasSubstr("s3cret"))));
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
}  // namespace gatewright::storage
