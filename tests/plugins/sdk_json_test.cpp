// The SDK's own JSON reader and config accessors, as plugin authors use them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <gatewright/config.hpp>

namespace gatewright {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string ProblemOf(std::string_view text) {
  try {
    Json::Parse(text);
    return "";
  } catch (const std::invalid_argument& problem) {
    return problem.what();
  }
}

TEST(SdkJson, ReadsEveryKindOfValue) {
  const Json json = Json::Parse(
      R"( {"n": null, "t": true, "f": false, "i": -12, "d": 1.5e2, "s": "a\n\u00e4\ud83d\ude00", "l": [1, []]} )");
  EXPECT_TRUE(json.Find("n")->IsNull());
  EXPECT_TRUE(json.Find("t")->boolean());
  EXPECT_FALSE(json.Find("f")->boolean());
  EXPECT_EQ(json.Find("i")->integer(), -12);
  EXPECT_EQ(json.Find("d")->number(), 150.0);
  EXPECT_EQ(json.Find("d")->integer(), 150);
  EXPECT_EQ(json.Find("s")->string(), "a\nä😀");
  EXPECT_EQ(json.Find("l")->source(), "[1, []]");
  EXPECT_EQ(json.Find("no"), nullptr);
}

TEST(SdkJson, KeepsBigIntegersExact) {
  EXPECT_EQ(Json::Parse("9223372036854775807").integer(), 9223372036854775807);
  EXPECT_EQ(Json::Parse("9223372036854775808").integer(), std::nullopt);
  EXPECT_EQ(Json::Parse("0.5").integer(), std::nullopt);
}

TEST(SdkJson, IsStrict) {
  for (const char* text : {"",
                           " ",
                           "{",
                           "[1,]",
                           "{\"a\":1,}",
                           "{a:1}",
                           "'a'",
                           "01",
                           "-",
                           "1.",
                           ".5",
                           "1e",
                           "+1",
                           "nul",
                           "truex",
                           "\"a",
                           "\"\\x\"",
                           "\"\\u12\"",
                           "\"\\ud800\"",
                           "\"\\udc00\"",
                           "\"\\ud800\\u0041\"",
                           "\"\t\"",
                           "1 2",
                           "[1 2]",
                           "{\"a\" 1}",
                           "1e999",
                           "NaN",
                           "{\"a\":1,\"a\":2}"}) {
    EXPECT_NE(ProblemOf(text), "") << text;
  }
  EXPECT_EQ(ProblemOf("[1, x]"), "JSON, byte 4: expected a value, found 'x'");
}

TEST(SdkJson, RefusesWhatIsNestedTooDeeply) {
  EXPECT_EQ(ProblemOf(std::string(60, '[') + std::string(60, ']')), "");
  EXPECT_THAT(ProblemOf(std::string(100'000, '[')), HasSubstr("at most 64 levels"));
}

TEST(SdkJson, WritesObjectsThatCanBeReadAgain) {
  const std::string text =
      JsonObject().Add("s", "q\"\\\n\x01ä").Add("i", 3).Add("b", true).AddJson("l", "[1]").text();
  EXPECT_EQ(text, "{\"s\":\"q\\\"\\\\\\n\\u0001ä\",\"i\":3,\"b\":true,\"l\":[1]}");
  EXPECT_EQ(Json::Parse(text).Find("s")->string(), "q\"\\\n\x01ä");
  EXPECT_EQ(JsonObject().text(), "{}");
}

TEST(SdkConfig, GivesValuesOrFallbacks) {
  const Config config(R"({"team": "db", "n": 3, "x": 0.5, "on": true, "many": ["a", "b"],
                          "codes": [1, 2], "inner": {"k": "v"}, "people": [{"k": "w"}]})");
  EXPECT_EQ(config.String("team"), "db");
  EXPECT_EQ(config.String("none", "fallback"), "fallback");
  EXPECT_EQ(config.Int("n"), 3);
  EXPECT_EQ(config.Int("none", 7), 7);
  EXPECT_EQ(config.Number("x"), 0.5);
  EXPECT_TRUE(config.Bool("on"));
  EXPECT_THAT(config.Strings("many"), ElementsAre("a", "b"));
  EXPECT_THAT(config.Strings("team"), ElementsAre("db"));
  EXPECT_THAT(config.Strings("none"), ElementsAre());
  EXPECT_THAT(config.Ints("codes"), ElementsAre(1, 2));
  EXPECT_EQ(config.Object("inner").String("k"), "v");
  EXPECT_EQ(config.Objects("people").front().String("k"), "w");
}

TEST(SdkConfig, SaysWhereTheTypeIsWrong) {
  const auto problem = [](auto read) -> std::string {
    try {
      read(Config(R"({"inner": {"k": 1}, "people": [{}, 5]})"));
      return "";
    } catch (const InvalidConfig& error) {
      return error.what();
    }
  };
  EXPECT_EQ(problem([](const Config& c) { (void)c.Object("inner").String("k"); }),
            "/inner/k: expected a string, found a number");
  EXPECT_EQ(problem([](const Config& c) { (void)c.Int("none"); }),
            "/none: expected a number, found nothing");
  EXPECT_EQ(problem([](const Config& c) { (void)c.Objects("people"); }),
            "/people/1: expected an object");
  EXPECT_THROW(Config("[]"), InvalidConfig);
  EXPECT_THROW(Config("{"), InvalidConfig);
}

}  // namespace
}  // namespace gatewright
