// The examples of docs/expressions.md are true: every line of its blocks is compiled and evaluated.
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "tests/cel/evaluate.h"

namespace gatewright::cel {
namespace {

using Examples = std::vector<std::pair<std::string, std::string>>;  // before and after "=>"

Examples ReadBlock(const std::string& fence) {
  Examples examples;
  std::ifstream page("docs/expressions.md");
  bool is_inside = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("```")) {
      is_inside = line == "```" + fence;
    } else if (is_inside) {
      const auto arrow = line.find(" => ");
      if (arrow == std::string::npos) {
        ADD_FAILURE() << "expected 'expression => value', found: " << line;
        continue;
      }
      examples.emplace_back(line.substr(0, arrow), line.substr(arrow + 4));
    }
  }
  return examples;
}

TEST(Documentation, ShowsWhatExpressionsComeTo) {
  const auto examples = ReadBlock("cel");
  EXPECT_GE(examples.size(), 30u);
  for (const auto& [text, value] : examples) EXPECT_EQ(testing::Evaluate(text), value) << text;
}

TEST(Documentation, ShowsWhatTheCompilerSaysOfMistakes) {
  const auto examples = ReadBlock("cel-mistakes");
  EXPECT_GE(examples.size(), 4u);
  for (const auto& [text, message] : examples) {
    EXPECT_EQ(testing::CompileError(text), message) << text;
  }
}

}  // namespace
}  // namespace gatewright::cel
