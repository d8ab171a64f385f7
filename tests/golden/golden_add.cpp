// tests/golden/golden_add.cpp: golden_add STORY.yaml…: plays scenario files and keeps their logs
// and runs as golden ones, named after the files. Never touches a golden log that is there already.
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/golden/golden_log.h"
#include "tests/scenario/scenario.h"

namespace gatewright::golden {
namespace {

bool Add(const std::filesystem::path& story) {
  const auto log_file =
      std::filesystem::path(GATEWRIGHT_GOLDEN_LOGS) / (story.stem().string() + ".jsonl");
  if (std::filesystem::exists(log_file)) {
    std::fprintf(stderr, "%s is there already and stays as it is; give the story another name\n",
                 log_file.c_str());
    return false;
  }
  const Log log = scenario::Play(story.string());
  if (log.empty() || ::testing::Test::HasFailure()) return false;
  const auto read_back = FromText(ToText(log));
  if (!read_back || !(Replay(*read_back) == Replay(log))) {
    std::fprintf(stderr, "%s: its log, read back, makes another run\n", story.c_str());
    return false;
  }
  std::ofstream(log_file, std::ios::binary) << ToText(log);
  std::filesystem::path run_file = log_file;
  std::ofstream run(run_file.replace_extension(".run.txt"), std::ios::binary);
  for (const std::string& line : Describe(Replay(log))) run << line << "\n";
  std::printf("added %s\n", log_file.c_str());
  return true;
}

}  // namespace
}  // namespace gatewright::golden

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);  // scenarios speak by its expectations
  if (argc < 2) {
    std::fprintf(stderr, "usage: golden_add STORY.yaml…\n");
    return 2;
  }
  bool is_good = true;
  for (int i = 1; i < argc; ++i) is_good = gatewright::golden::Add(argv[i]) && is_good;
  return is_good ? 0 : 1;
}
