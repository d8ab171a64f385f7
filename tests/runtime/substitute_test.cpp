#include "engine/runtime/substitute.h"

#include <gtest/gtest.h>

namespace gatewright::runtime {
namespace {

constexpr char kScope[] = R"({"subject":{"version":"1.2","n":3,"deep":{"x":true},"list":[1]}})";

struct Case {
  const char* config;
  const char* expected;
  std::vector<std::string> missing;
};

TEST(Substitute, ReplacesPathsInStringsAndNothingElse) {
  const Case cases[] = {
      {R"({"a":"plain"})", R"({"a":"plain"})", {}},
      {R"({"a":"v${subject.version}!"})", R"({"a":"v1.2!"})", {}},
      {R"({"a":["${subject.n}","${subject.deep.x}"]})", R"({"a":["3","true"]})", {}},
      {R"({"a":"${subject.version}${subject.version}"})", R"({"a":"1.21.2"})", {}},
      {R"({"a":"${subject.nope}"})", R"({"a":""})", {"subject.nope"}},
      {R"({"a":"${subject.list}"})", R"({"a":""})", {"subject.list"}},
      {R"({"a":"${subject.version"})", R"({"a":"${subject.version"})", {}},
  };
  for (const Case& c : cases) {
    const auto result = Substitute(c.config, kScope);
    ASSERT_TRUE(result) << c.config;
    EXPECT_EQ(result->json, c.expected);
    EXPECT_EQ(result->missing_paths, c.missing) << c.config;
  }
}

TEST(Substitute, DoesNotReadWhatItHasWritten) {
  const auto result =
      Substitute(R"x({"a":"${subject.x}"})x", R"x({"subject":{"x":"${subject.x}; $(rm -rf /)"}})x");
  EXPECT_EQ(result->json, R"x({"a":"${subject.x}; $(rm -rf /)"})x");
}

}  // namespace
}  // namespace gatewright::runtime
