// Twenty thousand damaged files: whatever the bytes are, the loader answers, and it answers with
// either a workflow or a reason.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>

#include "engine/definition/workflow_loader.h"
#include "tests/support/fake_plugins.h"

namespace gatewright::definition {
namespace {

constexpr int kFiles = 20'000;

std::string ReadAll(const char* path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

class Damage {
 public:
  explicit Damage(unsigned seed) : random_(seed) {}

  std::string Apply(std::string text) {
    for (std::size_t n = 1 + Below(8); n > 0; --n) {
      const std::size_t at = Below(text.size());
      const std::size_t length = std::min(Below(40), text.size() - at);
      switch (Below(6)) {
        case 0:
          text[at] = static_cast<char>(Below(256));
          break;
        case 1:
          text.insert(at, 1, kInteresting[Below(sizeof kInteresting - 1)]);
          break;
        case 2:
          text.erase(at, length);
          break;
        case 3:
          text.insert(Below(text.size()), text.substr(at, length));
          break;
        case 4:
          text.resize(at);
          break;
        case 5:
          text[at] = kInteresting[Below(sizeof kInteresting - 1)];
          break;
      }
      if (text.empty()) text = "x";
    }
    return text;
  }

 private:
  static constexpr char kInteresting[] = "{}[]:,&*!|>'\"%@`#?-~<=\n\t \\0123456789\xC3\xED\xF0";

  std::size_t Below(std::size_t limit) { return limit == 0 ? 0 : random_() % limit; }

  std::mt19937 random_;
};

TEST(RandomBytes, NeverCrashTheLoader) {
  const char* given = std::getenv("GATEWRIGHT_SEED");
  const unsigned seed = given ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : 20260301;
  fmt::print("seed {} (set GATEWRIGHT_SEED to repeat)\n", seed);
  const testing::FakePlugins plugins;
  const std::string original = ReadAll("config/workflows/deployment.yaml");
  ASSERT_FALSE(original.empty());
  Damage damage(seed);
  std::size_t good = 0;
  for (int i = 0; i < kFiles; ++i) {
    const std::string text = damage.Apply(original);
    const LoadResult result = LoadWorkflows(text, "damaged.yaml", plugins);
    ASSERT_NE(result.ok(), result.workflows.empty()) << text;
    good += result.ok();
  }
  EXPECT_GT(good, 0u) << "some damage is in comments only";
  EXPECT_LT(good, static_cast<std::size_t>(kFiles));
}

}  // namespace
}  // namespace gatewright::definition
