// Our JSON Schema validator: what is valid, and how a problem is told.
#include "engine/codec/json_schema.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <vector>

namespace gatewright::codec {
namespace {

// "pointer: message" of every problem, one a line.
std::string Problems(std::string_view schema, std::string_view document) {
  const auto compiled = JsonSchema::Compile(schema);
  if (!compiled) return "not a schema: " + compiled.error().message;
  std::string all;
  for (const auto& problem : compiled->Validate(document)) {
    all += fmt::format("{}{}: {}", all.empty() ? "" : "\n", problem.pointer, problem.message);
  }
  return all;
}

TEST(JsonSchema, TellsEveryProblemOnceAndWhere) {
  EXPECT_EQ(Problems(R"({"type":"object","required":["environment"],"additionalProperties":false,
                         "properties":{"environment":{"enum":["staging","production"]},
                                       "version":{"type":"string"}}})",
                     R"({"environment":"prodction","versoin":"1"})"),
            "/environment: \"prodction\" is not one of the allowed values (staging, production). "
            "Did you mean 'production'?\n"
            "/versoin: unknown key 'versoin' (known: environment, version). "
            "Did you mean 'version'?");
}

struct Case {
  const char* schema;
  const char* document;
  const char* problems;  // "" = valid
};

class SchemaCase : public testing::TestWithParam<Case> {};

TEST_P(SchemaCase, IsJudged) {
  EXPECT_EQ(Problems(GetParam().schema, GetParam().document), GetParam().problems)
      << GetParam().schema << "\n"
      << GetParam().document;
}

INSTANTIATE_TEST_SUITE_P(
    Keywords, SchemaCase,
    testing::ValuesIn(std::vector<Case>{
        {"true", "1", ""},
        {"false", "1", ": nothing is allowed here"},
        {"{}", "null", ""},
        {R"({"type":"integer"})", "1.0", ""},
        {R"({"type":"integer"})", "1.5", ": expected a whole number, found 1.5"},
        {R"({"type":"number"})", "1", ""},
        {R"({"type":["string","null"]})", "true", ": expected null or a string, found true"},
        {R"({"const":{"a":[1]}})", R"({"a":[1.0]})", ""},
        {R"({"const":1})", "true", ": expected 1, found true"},
        {R"({"enum":[1,"a"]})", "\"b\"", ": \"b\" is not one of the allowed values (1, a)."},
        {R"({"required":["a","b"]})", R"({"a":1})", ": 'b' is missing"},
        {R"({"required":["a"]})", "[]", ""},
        {R"({"patternProperties":{"^x-":{"type":"string"}},"additionalProperties":false})",
         R"({"x-a":1})", "/x-a: expected a string, found 1"},
        {R"({"additionalProperties":{"type":"string"}})", R"({"a":1})",
         "/a: expected a string, found 1"},
        {R"({"propertyNames":{"maxLength":2}})", R"({"abc":1})",
         "/abc: expected at most 2 characters, found 3"},
        {R"({"minProperties":1})", "{}", ": expected at least 1 keys, found 0"},
        {R"({"maxProperties":0})", R"({"a":1})", ": expected at most 0 keys, found 1"},
        {R"({"items":{"type":"string"}})", R"(["a",1])", "/1: expected a string, found 1"},
        {R"({"prefixItems":[{"type":"string"}],"items":false})", R"(["a",1])",
         "/1: nothing is allowed here"},
        {R"({"contains":{"const":1}})", "[2]", ": expected at least 1 matching items, found 0"},
        {R"({"contains":{"const":1},"minContains":0,"maxContains":1})", "[1,1]",
         ": expected at most 1 matching items, found 2"},
        {R"({"minItems":1})", "[]", ": expected at least 1 items, found 0"},
        {R"({"maxItems":1})", "[1,2]", ": expected at most 1 items, found 2"},
        {R"({"uniqueItems":true})", R"([1,{"a":1,"b":2},{"b":2,"a":1.0}])",
         "/2: an object is in the list already"},
        {R"({"minLength":2})", "\"\xf0\x9f\x9a\x80\"", ": expected at least 2 characters, found 1"},
        {R"({"maxLength":1})", "\"\xf0\x9f\x9a\x80\"", ""},
        {R"({"pattern":"^[a-z]+$"})", "\"A\"", ": \"A\" does not match the pattern ^[a-z]+$"},
        {R"({"pattern":"b"})", "\"abc\"", ""},
        {R"({"pattern":"^\\u00e9$"})", "\"\xc3\xa9\"", ""},
        {R"({"pattern":"b"})", "3", ""},
        {R"({"minimum":1,"maximum":3})", "4", ": expected at most 3, found 4"},
        {R"({"minimum":0.5})", "0.25", ": expected at least 0.5, found 0.25"},
        {R"({"exclusiveMinimum":1})", "1", ": expected more than 1, found 1"},
        {R"({"exclusiveMaximum":1})", "1", ": expected less than 1, found 1"},
        {R"({"multipleOf":0.1})", "0.3", ""},
        {R"({"multipleOf":2})", "3", ": expected a multiple of 2, found 3"},
        {R"({"maximum":9223372036854775806})", "9223372036854775807",
         ": expected at most 9223372036854776000, found 9223372036854775807"},
        {R"({"allOf":[{"minimum":1},{"maximum":2}]})", "3", ": expected at most 2, found 3"},
        {R"({"anyOf":[{"type":"string"},{"type":"null"}]})", "1",
         ": 1 matches none of the alternatives: expected a string, found 1; or expected null, "
         "found 1"},
        {R"({"anyOf":[{"type":"string"},{"type":"object","properties":{"a":{"type":"null"}}}]})",
         R"({"a":1})", "/a: expected null, found 1"},
        {R"({"oneOf":[{"minimum":1},{"minimum":2}]})", "3",
         ": exactly one of 2 alternatives may match, 2 do"},
        {R"({"oneOf":[{"minimum":1},{"minimum":2}]})", "1", ""},
        {R"({"not":{"type":"string","description":"a text"}})", "\"a\"", ": not allowed: a text"},
        {R"({"if":{"required":["a"]},"then":{"required":["b"]},"else":{"required":["c"]}})",
         R"({"a":1})", ": 'b' is missing"},
        {R"({"if":{"required":["a"]},"then":{"required":["b"]},"else":{"required":["c"]}})",
         R"({})", ": 'c' is missing"},
        {R"({"dependentRequired":{"a":["b"]}})", R"({"a":1})", ": 'b' is missing; 'a' needs it"},
        {R"({"dependentSchemas":{"a":{"maxProperties":1}}})", R"({"a":1,"b":1})",
         ": expected at most 1 keys, found 2"},
        {R"({"$ref":"#/$defs/x","$defs":{"x":{"type":"null"}}})", "1", ": expected null, found 1"},
        {R"({"$defs":{"a/b~c":{"type":"null"}},"items":{"$ref":"#/$defs/a~1b~0c"}})", "[1]",
         "/0: expected null, found 1"},
        {R"({"format":"date-time"})", "\"2026-02-30T00:00:00Z\"",
         ": \"2026-02-30T00:00:00Z\" is not a date-time"},
        {R"({"format":"date"})", "\"2026-02-28\"", ""},
        {R"({"format":"uuid"})", "\"x\"", ": \"x\" is not a uuid"},
        {R"({"format":"uri"})", "\"https://example.com/a?b\"", ""},
        {R"({"format":"uri"})", "\"example\"", ": \"example\" is not a uri"},
        {R"({"format":"email"})", "\"a@b\"", ""},
        {R"({"format":"ipv4"})", "\"1.2.3.256\"", ": \"1.2.3.256\" is not a ipv4"},
        {R"({"format":"ipv6"})", "\"::1\"", ""},
        {R"({"format":"colour"})", "\"red\"", ""},
        {R"({"title":"T","description":"D","default":1,"examples":[1],"deprecated":true,
             "$schema":"https://json-schema.org/draft/2020-12/schema","$id":"x","$comment":"c"})",
         "1", ""},
    }));

TEST(JsonSchema, FollowsARecursiveSchemaAsDeepAsTheDocument) {
  const char* tree = R"({"$ref":"#/$defs/tree","$defs":{"tree":{
      "type":"object","additionalProperties":false,
      "properties":{"left":{"$ref":"#/$defs/tree"},"right":{"$ref":"#/$defs/tree"}}}}})";
  EXPECT_EQ(Problems(tree, R"({"left":{"right":{"left":{}}}})"), "");
  EXPECT_EQ(Problems(tree, R"({"left":{"right":{"lfet":{}}}})"),
            "/left/right/lfet: unknown key 'lfet' (known: left, right). Did you mean 'left'?");
}

TEST(JsonSchema, PointersAreEscaped) {
  EXPECT_EQ(Problems(R"({"additionalProperties":{"type":"null"}})", R"({"a/b~c":1})"),
            "/a~1b~0c: expected null, found 1");
}

// ---- schemas that are refused ----

class RefusedSchema : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(RefusedSchema, SaysWhereAndWhy) {
  const auto compiled = JsonSchema::Compile(GetParam().first);
  ASSERT_FALSE(compiled) << GetParam().first;
  EXPECT_EQ(compiled.error().message, std::string("JSON Schema, at ") + GetParam().second);
}

INSTANTIATE_TEST_SUITE_P(
    Mistakes, RefusedSchema,
    testing::ValuesIn(std::vector<std::pair<const char*, const char*>>{
        {R"({"propertes":{}})",
         "/propertes: 'propertes' is not a keyword this validator honours. Did you mean "
         "'properties'?"},
        {R"({"definitions":{}})",
         "/definitions: 'definitions' is not a keyword this validator honours. Did you mean "
         "'$defs'?"},
        {R"({"unevaluatedProperties":false})",
         "/unevaluatedProperties: 'unevaluatedProperties' is not a keyword this validator "
         "honours."},
        {R"({"type":"strng"})",
         "/type: 'strng' is not a type (allowed: null, boolean, integer, number, string, array, "
         "object). Did you mean 'string'?"},
        {R"({"enum":[]})", "/enum: expected a list of allowed values"},
        {R"({"properties":{"a":{"minLength":-1}}})",
         "/properties/a/minLength: expected a whole number of at least 0"},
        {R"({"properties":{"a":3}})", "/properties/a: expected a schema: an object, true or false"},
        {R"({"multipleOf":0})", "/multipleOf: expected a number greater than 0"},
        {R"J({"pattern":"(?=a)"})J",
         "/pattern: the pattern '(?=a)' cannot be read: invalid perl operator: (?= (RE2 syntax: "
         "no look-around, no back-references)"},
        {R"({"$ref":"https://example.com/schema"})",
         "/$ref: expected a reference inside this schema, such as '#/$defs/name', found "
         "\"https://example.com/schema\""},
        {R"({"$ref":"#/$defs/x"})", "/$ref: '#/$defs/x' names nothing in this schema"},
        {R"({"minLength":3,"maxLength":2})",
         "the top: minLength > maxLength: nothing can satisfy both"},
        {R"({"then":true})", "the top: 'then' and 'else' mean nothing without 'if'"},
        {R"({"$ref":"#"})",
         "the top: the schema refers to itself without end (or through too many steps)"},
        {R"({"required":"a"})", "/required: expected a list of property names"},
        {R"({"typ":"string","requird":[]})",
         "/typ: 'typ' is not a keyword this validator honours. Did you mean 'type'? (and 1 more)"},
    }));

TEST(JsonSchema, OfWhatIsUnfinishedOnlyTheShapeIsJudged) {
  const auto schema = JsonSchema::Compile(
      R"({"type":"object","required":["name","port"],"additionalProperties":false,
          "properties":{"name":{"type":"string","minLength":3,"pattern":"^[a-z]+$"},
                        "port":{"type":"integer","maximum":99},
                        "where":{"enum":["staging","production"]},
                        "hosts":{"type":"array","minItems":2,"items":{"type":"string"}},
                        "owner":{"oneOf":[{"type":"string"},{"type":"object","required":["id"]}]}},
          "if":{"required":["where"]},"then":{"required":["owner"]},
          "not":{"required":["name","hosts"]}})");
  ASSERT_TRUE(schema) << schema.error().message;
  const auto problems = [&](std::string_view document) {
    std::string all;
    for (const auto& problem : schema->ValidateUnfinished(boost::json::parse(document))) {
      all += problem.pointer + ' ';
    }
    return all;
  };
  EXPECT_EQ(problems("{}"), "");
  EXPECT_EQ(problems(R"({"name":"X","port":100,"where":"sta","hosts":[],"owner":{}})"), "");
  EXPECT_EQ(problems(R"({"name":1,"port":"80","hosts":["a",2],"prot":80})"),
            "/name /port /hosts/1 /prot ");
  EXPECT_EQ(problems(R"({"owner":7})"), "/owner ");
  EXPECT_EQ(problems("[]"), " ");
}

TEST(JsonSchema, FindMistakesListsAllOfThem) {
  const boost::json::value schema = {{"typ", "string"}, {"requird", {}}};
  EXPECT_EQ(JsonSchema::FindMistakes(schema).size(), 2u);
}

}  // namespace
}  // namespace gatewright::codec
