// YAML as we read it: the core schema of YAML 1.2, places, and everything that is refused.
#include "engine/definition/yaml.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gatewright::definition {
namespace {

// "line:column: message" of every problem, one a line.
std::string Problems(std::string_view text) {
  std::string all;
  for (const auto& problem : ParseYaml(text).problems) {
    all += fmt::format("{}{}:{}: {}", all.empty() ? "" : "\n", problem.mark.line,
                       problem.mark.column, problem.message);
  }
  return all;
}

Node Only(std::string_view text) {
  const auto file = ParseYaml(text);
  EXPECT_EQ(Problems(text), "") << text;
  EXPECT_EQ(file.documents.size(), 1u) << text;
  return file.documents.empty() ? Node() : file.documents[0].root;
}

TEST(Yaml, ReadsAMapWithPlaces) {
  const Node root = Only("name: deployment\nstages:\n  - QA\n  - DevOps\n");
  ASSERT_TRUE(root.is_map());
  EXPECT_EQ(root.Find("name")->text(), "deployment");
  EXPECT_EQ(root.Find("name")->mark(), (Mark{1, 7}));
  EXPECT_EQ(root.FindMember("stages")->key_mark, (Mark{2, 1}));
  EXPECT_EQ(root.Find("stages")->items()[1].mark(), (Mark{4, 5}));
  EXPECT_EQ(root.Find("nothing"), nullptr);
}

struct Scalar {
  const char* text;
  NodeKind kind;
};

class PlainScalar : public testing::TestWithParam<Scalar> {};

TEST_P(PlainScalar, IsResolvedByTheCoreSchema) {
  const Node root = Only(fmt::format("value: {}\n", GetParam().text));
  EXPECT_EQ(root.Find("value")->kind(), GetParam().kind) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(Core, PlainScalar,
                         testing::ValuesIn(std::vector<Scalar>{
                             {"no", NodeKind::kString},
                             {"yes", NodeKind::kString},
                             {"on", NodeKind::kString},
                             {"off", NodeKind::kString},
                             {"y", NodeKind::kString},
                             {"true", NodeKind::kBool},
                             {"False", NodeKind::kBool},
                             {"tRue", NodeKind::kString},
                             {"'true'", NodeKind::kString},
                             {"\"1\"", NodeKind::kString},
                             {"", NodeKind::kNull},
                             {"~", NodeKind::kNull},
                             {"NULL", NodeKind::kNull},
                             {"'null'", NodeKind::kString},
                             {"12", NodeKind::kInt},
                             {"-12", NodeKind::kInt},
                             {"0o17", NodeKind::kInt},
                             {"0x1F", NodeKind::kInt},
                             {"0b11", NodeKind::kString},
                             {"1_000", NodeKind::kString},
                             {"12:30:45", NodeKind::kString},
                             {"1.5", NodeKind::kFloat},
                             {".5", NodeKind::kFloat},
                             {"1.", NodeKind::kFloat},
                             {"1e3", NodeKind::kFloat},
                             {".inf", NodeKind::kFloat},
                             {"-.INF", NodeKind::kFloat},
                             {".nan", NodeKind::kFloat},
                             {".", NodeKind::kString},
                             {"1.2.3", NodeKind::kString},

                             {"+", NodeKind::kString},
                             {"2026-03-01", NodeKind::kString},
                             {"18446744073709551615", NodeKind::kUint},
                             {"-9223372036854775808", NodeKind::kInt},
                             {"99999999999999999999", NodeKind::kFloat},
                         }));

TEST(Yaml, ALeadingZeroIsReadAsDecimalAndMarkedAsAmbiguous) {
  const Node root = Only("a: 010\nb: 10\nc: 0\nd: 0.5\ne: -007\nf: 0o10\n");
  EXPECT_EQ(root.Find("a")->int_value(), 10);
  EXPECT_TRUE(root.Find("a")->is_ambiguous_number());
  EXPECT_TRUE(root.Find("e")->is_ambiguous_number());
  EXPECT_EQ(root.Find("f")->int_value(), 8);
  for (const char* key : {"b", "c", "d", "f"}) {
    EXPECT_FALSE(root.Find(key)->is_ambiguous_number()) << key;
  }
}

TEST(Yaml, ReadsJson) {
  const Node root = Only(
      "{\n\t\"name\":\"a\\/b\",\n\t\"rocket\": \"\\ud83d\\ude80 \\\\ud83d\",\n"
      "\t\"list\":[1,2.5,true,null]}");
  EXPECT_EQ(root.Find("name")->text(), "a/b");
  EXPECT_EQ(root.Find("rocket")->text(), "\xf0\x9f\x9a\x80 \\ud83d");
  EXPECT_EQ(root.Find("list")->items().size(), 4u);
  EXPECT_TRUE(root.Find("list")->items()[3].is_null());
}

TEST(Yaml, SeveralDocumentsInOneFileKeepTheirOwnSource) {
  const std::string text = "# first\na: 1\n---\n# second\nb: 2\n---\n";
  const auto file = ParseYaml(text);
  ASSERT_EQ(file.documents.size(), 2u) << Problems(text);
  EXPECT_EQ(file.documents[0].source, "# first\na: 1\n");
  EXPECT_EQ(file.documents[1].source, "---\n# second\nb: 2\n---\n");
}

TEST(Yaml, AnAliasIsTheValueItNames) {
  const Node root = Only("a: &x {role: qa}\nb: *x\n");
  EXPECT_EQ(root.Find("b")->Find("role")->text(), "qa");
}

TEST(Yaml, ABlockScalarMayHoldTabs) {
  EXPECT_EQ(Only("make: |\n  all:\n  \techo hi\n").Find("make")->text(), "all:\n\techo hi\n");
}

TEST(Yaml, AnEmptyFileHasNoDocuments) {
  for (const char* text : {"", "\n\n", "# only a comment\n", "---\n"}) {
    EXPECT_TRUE(ParseYaml(text).documents.empty()) << text;
    EXPECT_EQ(Problems(text), "") << text;
  }
}

TEST(Yaml, ColumnsCountCharacters) {
  EXPECT_EQ(Only("{k\xc3\xa9y: a, b: 1}").FindMember("b")->key_mark, (Mark{1, 10}));
}

TEST(Yaml, AByteOrderMarkIsNoContent) {
  EXPECT_EQ(Only("\xEF\xBB\xBF"
                 "a: 1\n")
                .FindMember("a")
                ->key_mark,
            (Mark{1, 1}));
}

struct Refused {
  std::string text;
  std::string problems;
};

class RefusedYaml : public testing::TestWithParam<Refused> {};

TEST_P(RefusedYaml, SaysWhereAndWhy) { EXPECT_EQ(Problems(GetParam().text), GetParam().problems); }

INSTANTIATE_TEST_SUITE_P(
    Traps, RefusedYaml,
    testing::ValuesIn(std::vector<Refused>{
        {"a: 1\nb: 2\na: 3\n", "3:1: the key 'a' is given twice (first in line 1)"},
        {"a: 1\n\"a\": 3\n", "2:1: the key 'a' is given twice (first in line 1)"},
        {"a: 1\na: 2\nb: {c: 1, c: 2}\n",
         "2:1: the key 'a' is given twice (first in line 1)\n"
         "3:11: the key 'c' is given twice (first in line 3)"},
        {"a: !!int '1'\n",
         "1:4: the tag 'tag:yaml.org,2002:int' is not allowed; write the value plainly, or quoted "
         "for a string"},
        {"a: !secret [1]\n",
         "1:4: the tag '!secret' is not allowed; write the value plainly, or quoted for a string"},
        {"x: &x {a: 1}\ny:\n  <<: *x\n",
         "3:3: merge keys (<<) are not allowed; write the keys out, or share a whole value with an "
         "anchor"},
        {"a: *unknown\n", "1:4: not YAML: the referenced anchor is not defined"},
        {"a: &a [*a]\n", "1:8: an alias inside its own anchor"},
        {"? [a]\n: b\n", "1:3: a key must be text; quote it if it is meant as text"},
        {"~: b\n", "1:1: a key must be text; quote it if it is meant as text"},
        {"a: 1\n\tb: 2\n", "2:1: the line is indented with a tab; YAML wants spaces"},
        {"a:\n\t- 1\n", "2:1: the line is indented with a tab; YAML wants spaces"},
        {"a: [1\n", "2:1: not YAML: end of sequence flow not found"},
        {"a: 'x\n", "1:4: the quote is not closed before the end of the file"},
        {"a: &x \"it's\\\"\n\n", "1:4: the quote is not closed before the end of the file"},
        {"a: b: c\n", "1:5: not YAML: illegal map value"},
        {"{a: 1} {b: 2}\n",
         "1:8: unexpected text after the end of the document (a further document starts with a "
         "line '---')"},
        {"a: \xff\n", "1:4: the bytes are not UTF-8"},
        {std::string("a: \0\n", 5), "1:4: a control character (byte 0x00) is not allowed"},
        {"\xFF\xFE"
         "a",
         "1:1: the bytes are not UTF-8"},
        {std::string(kMaxYamlBytes + 1, ' '),
         "1:1: the file has more than the allowed 1048576 bytes"},
        {std::string(65, '[') + std::string(65, ']'),
         "1:65: nested deeper than the allowed 64 levels"},
        {std::string(1 << 20, '['), "1:33: nested deeper than the allowed 64 levels"},
    }));

TEST(Yaml, AnAliasBombIsRefusedBeforeItIsWalked) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    bomb += fmt::format("a{}: &a{} [", i, i);
    for (int n = 0; n < 9; ++n) bomb += fmt::format("{}*a{}", n ? ", " : "", i - 1);
    bomb += "]\n";
  }
  EXPECT_EQ(Problems(bomb), "5:10: aliases stand for more than the allowed 10000 values");
}

TEST(Yaml, AsManyAliasesAsAllowedAreFine) {
  std::string text = "a: &a [x]\nb: [";  // the alias stands for two values
  for (std::size_t i = 0; i < kMaxAliasedNodes / 2; ++i) text += "*a, ";
  EXPECT_EQ(Problems(text + "]\n"), "");
  EXPECT_NE(Problems(text + "*a]\n"), "");
}

TEST(Yaml, ManyValuesAreRefused) {
  std::string text = "[";
  for (std::size_t i = 0; i < kMaxYamlNodes; ++i) text += "1,";
  EXPECT_EQ(Problems(text + "]"), "1:200000: more than the allowed 100000 values");
}

TEST(FindMark, PlacesAJsonPointer) {
  const Node root = Only("a:\n  - x: 1\n    y/z: 2\n");
  EXPECT_EQ(FindMark(root, "/a/0/y~1z"), (Mark{3, 5}));
  EXPECT_EQ(FindMark(root, "/a/0"), (Mark{2, 5}));
  EXPECT_EQ(FindMark(root, "/a/0/missing/deeper"), (Mark{2, 5})) << "the nearest around it";
  EXPECT_EQ(FindMark(root, ""), (Mark{1, 1}));
}

}  // namespace
}  // namespace gatewright::definition
