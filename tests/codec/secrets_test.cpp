#include "engine/codec/secrets.h"

#include <gtest/gtest.h>

namespace gatewright::codec {
namespace {

struct Row {
  const char* settings;
  const char* filled;
};

class Secrets : public testing::TestWithParam<Row> {};

TEST_P(Secrets, AreFilledIn) {
  const auto filled = FillSecrets(GetParam().settings, [](const SecretReference& reference) {
    return Result<std::string>(reference.env.empty() ? "file:" + reference.file
                                                     : "env:" + reference.env);
  });
  ASSERT_TRUE(filled) << filled.error().message;
  EXPECT_EQ(*filled, GetParam().filled);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, Secrets,
    testing::Values(
        Row{R"({"url":"https://a"})", R"({"url":"https://a"})"},
        Row{R"({"secret":"plain"})", R"({"secret":"plain"})"},
        Row{R"({"url":"u","secret":{"env":"HOOK"}})", R"({"url":"u","secret":"env:HOOK"})"},
        // At the top it is a setting; below, alone, it is a value.
        Row{R"({"secret":{"file":"/run/x"}})", R"({"secret":"file:/run/x"})"},
        Row{R"({"env":{"TOKEN":{"secret":{"env":"T"}},"A":"b"}})",
            R"({"env":{"TOKEN":"env:T","A":"b"}})"},
        Row{R"({"list":[{"secret":{"env":"A"}},{"secret":{"env":"B"}}]})",
            R"({"list":["env:A","env:B"]})"},
        Row{R"({"auth":{"user":"u","secret":{"env":"P"}}})",
            R"({"auth":{"user":"u","secret":"env:P"}})"},
        // What has another shape is no reference.
        Row{R"({"secret":{"env":"A","file":"/b"}})", R"({"secret":{"env":"A","file":"/b"}})"},
        Row{R"({"secret":{"env":7}})", R"({"secret":{"env":7}})"}));

TEST(Secrets, OneThatIsMissingIsAnErrorAndNotAnEmptyText) {
  const auto filled = FillSecrets(R"({"secret":{"env":"NONE"}})", [](const SecretReference&) {
    return Result<std::string>(Error{ErrorCode::kUnavailable, "there is none"});
  });
  ASSERT_FALSE(filled);
  EXPECT_EQ(filled.error().message, "there is none");
}

}  // namespace
}  // namespace gatewright::codec
