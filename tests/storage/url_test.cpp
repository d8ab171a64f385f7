// tests/storage/url_test.cpp: database URLs.
#include "engine/storage/url.h"

#include <gmock/gmock.h>

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

}  // namespace
}  // namespace gatewright::storage
