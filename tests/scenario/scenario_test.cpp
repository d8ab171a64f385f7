// tests/scenario/scenario_test.cpp: one test per file of stories/, found when the program starts.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "tests/scenario/scenario.h"

namespace gatewright::scenario {
namespace {

std::vector<std::filesystem::path> Stories() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(GATEWRIGHT_STORIES)) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

class Scenario : public ::testing::TestWithParam<std::filesystem::path> {};

TEST_P(Scenario, GoesAsItsFileSays) { Play(GetParam().string()); }

INSTANTIATE_TEST_SUITE_P(Stories, Scenario, ::testing::ValuesIn(Stories()),
                         [](const auto& param) { return param.param.stem().string(); });

}  // namespace
}  // namespace gatewright::scenario
