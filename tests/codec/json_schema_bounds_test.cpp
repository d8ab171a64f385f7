// What a hostile schema or document may cost. The bounds are counted, not timed: without them
// these tests would not end at all.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string>

#include "engine/codec/json_schema.h"

namespace gatewright::codec {
namespace {

namespace json = boost::json;

TEST(SchemaBounds, APatternTakesTimeInProportionToTheText) {
  const auto schema = JsonSchema::Compile(R"({"pattern":"^(a+)+$"})");
  ASSERT_TRUE(schema) << schema.error().message;
  const std::string text = std::string(2'000'000, 'a') + "!";
  const auto problems = schema->Validate(json::value(text));
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_LT(problems[0].message.size(), 200u) << "the message quotes only the beginning";
}

TEST(SchemaBounds, AlternativesOfAlternativesEndWithASentence) {
  // Thirty levels, each trying the next one twice: 2^30 visits without a bound.
  json::object defs;
  for (int i = 0; i < 30; ++i) {
    const json::object next = {{"$ref", "#/$defs/d" + std::to_string(i + 1)}};
    defs["d" + std::to_string(i)] = json::object{{"anyOf", json::array{next, next}}};
  }
  defs["d30"] = false;
  const auto schema =
      JsonSchema::Compile(json::value(json::object{{"$ref", "#/$defs/d0"}, {"$defs", defs}}));
  ASSERT_TRUE(schema) << schema.error().message;
  const auto problems = schema->Validate(json::value(1));
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].message, "the document takes too long to check against its schema");
}

TEST(SchemaBounds, AVeryDeepDocumentDoesNotOverflowTheStack) {
  const auto schema = JsonSchema::Compile(R"({"items":{"$ref":"#"}})");
  ASSERT_TRUE(schema) << schema.error().message;
  json::value document = json::array{};
  for (int i = 0; i < 2'000; ++i) document = json::array{std::move(document)};
  EXPECT_EQ(schema->Validate(document).size(), 1u);
}

TEST(SchemaBounds, ALongChainOfReferencesIsRefused) {
  json::object defs;
  for (int i = 9'000; i > 0; --i) {
    defs["d" + std::to_string(i)] =
        i == 9'000 ? json::object{} : json::object{{"$ref", "#/$defs/d" + std::to_string(i + 1)}};
  }
  const json::value schema = json::object{{"$defs", defs}, {"$ref", "#/$defs/d1"}};
  const auto compiled = JsonSchema::Compile(schema);
  EXPECT_TRUE(!compiled || !compiled->Validate(json::value(1)).empty());
}

TEST(SchemaBounds, TooManySchemasAreRefused) {
  json::object properties;
  for (int i = 0; i < 20'000; ++i) properties["p" + std::to_string(i)] = true;
  const auto compiled = JsonSchema::Compile(json::value(json::object{{"properties", properties}}));
  ASSERT_FALSE(compiled);
  EXPECT_EQ(compiled.error().message,
            "JSON Schema, at /properties/p9999: the schema is too large (allowed: 10000 schemas, "
            "nested 64 deep)");
}

TEST(SchemaBounds, AHundredProblemsAreEnough) {
  const auto schema = JsonSchema::Compile(R"({"items":{"type":"string"}})");
  ASSERT_TRUE(schema);
  json::array many(100'000, json::value(1));
  EXPECT_EQ(schema->Validate(json::value(many)).size(), 100u);
}

TEST(SchemaBounds, UniqueItemsOfAHugeListAreCheckedOnce) {
  const auto schema = JsonSchema::Compile(R"({"uniqueItems":true})");
  ASSERT_TRUE(schema);
  json::array many;
  for (int i = 0; i < 50'000; ++i) many.push_back(i);
  EXPECT_TRUE(schema->Validate(json::value(many)).empty());
  many.push_back(7.0);
  EXPECT_EQ(schema->Validate(json::value(many)).size(), 1u);
}

}  // namespace
}  // namespace gatewright::codec
