// JSON as values of expressions, and back.
#include <gtest/gtest.h>

#include "engine/codec/cel_values.h"
#include "engine/codec/json.h"
#include "tests/cel/evaluate.h"

namespace gatewright::cel {
namespace {

Value FromJson(std::string_view text) { return codec::ToCel(*codec::ParseJson(text)); }

TEST(CelJson, NumbersKeepTheirKind) {
  EXPECT_EQ(ToText(FromJson("[3, 3.0, -1, 1e2, 18446744073709551615, 9223372036854775807]")),
            "[3, 3.0, -1, 100.0, 18446744073709551615u, 9223372036854775807]");
}

TEST(CelJson, ComesBackAsItWas) {
  for (const char* text : {R"({"b":[1,true,null,"x\n"],"a":{"c":0.5}})", "[]", "{}", R"("é")"}) {
    EXPECT_EQ(codec::CelToJson(FromJson(text)), text);
  }
}

TEST(CelJson, WhatJsonDoesNotHaveIsText) {
  const auto json_of = [](std::string_view text) {
    return codec::CelToJson(*Compile(text, {}, {.has_decisions = true})->Evaluate({}));
  };
  EXPECT_EQ(json_of("[timestamp(0), duration('90s')]"), R"(["1970-01-01T00:00:00Z","90s"])");
  EXPECT_EQ(json_of("{1: b'\\xff', true: int, 'n': 0.0 / 0.0}"),
            R"({"1":"b\"\\xff\"","true":"int","n":"NaN"})");
  EXPECT_EQ(json_of("approve('ok')"), R"({"decision":"approve","reason":"ok"})");
  EXPECT_EQ(json_of("wait('1m', 'w')"), R"({"decision":"wait","reason":"w","wait":"60s"})");
}

}  // namespace
}  // namespace gatewright::cel
