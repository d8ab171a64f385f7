// docs/writing-a-plugin.md shows only code that is compiled: every fenced block of code stands,
// letter by letter, in one of the files that the tests build.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace {

std::string ReadFile(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// The blocks fenced as cpp, c or cmake.
std::vector<std::string> FindSnippets(const std::string& page) {
  std::vector<std::string> snippets;
  std::istringstream lines(page);
  bool is_inside = false;
  for (std::string line; std::getline(lines, line);) {
    if (!is_inside && (line == "```cpp" || line == "```c" || line == "```cmake")) {
      is_inside = true;
      snippets.emplace_back();
    } else if (is_inside && line == "```") {
      is_inside = false;
    } else if (is_inside) {
      snippets.back() += line + "\n";
    }
  }
  return snippets;
}

TEST(WritingAPlugin, ShowsOnlyCodeThatIsCompiled) {
  const std::filesystem::path root = SOURCE_ROOT;
  std::vector<std::string> sources;
  for (const char* file :
       {"examples/custom-approver/on_call.cpp", "examples/custom-approver/CMakeLists.txt",
        "tests/plugins/good/everything.cpp", "tests/plugins/strangers/plain_c/never.c"}) {
    sources.push_back(ReadFile(root / file));
    ASSERT_NE(sources.back(), "") << file;
  }
  const auto snippets = FindSnippets(ReadFile(root / "docs/writing-a-plugin.md"));
  EXPECT_GE(snippets.size(), 8u);
  for (const std::string& snippet : snippets) {
    bool is_compiled = false;
    for (const std::string& source : sources) {
      is_compiled = is_compiled || source.find(snippet) != std::string::npos;
    }
    EXPECT_TRUE(is_compiled) << "expected this in one of the compiled files:\n" << snippet;
  }
}

}  // namespace
