#include "tests/scenario/scenario.h"

#include <gtest/gtest.h>

#include "engine/simulation/player.h"
#include "engine/simulation/stand_ins.h"
#include "tests/support/fake_plugins.h"

namespace gatewright::scenario {

Log Play(const std::string& path) {
  const auto read = simulation::ReadCasesOf(path);
  if (!read.mistake.empty() || read.cases.size() != 1) {
    ADD_FAILURE() << path << ": " << read.mistake;
    return {};
  }
  const testing::FakePlugins catalog;
  simulation::StandIns plugins(catalog);
  const auto report = simulation::Play(read.cases.front(), {plugins, nullptr, {}, "{}"});
  for (const auto& problem : report.problems) {
    ADD_FAILURE() << path << ":" << problem.line << ": " << problem.message;
  }
  if (!report.mistake.empty()) ADD_FAILURE() << path << ": " << report.mistake;
  Log log;
  if (report.runs.empty()) return log;
  for (const auto& entry : report.runs.front().log) log.push_back({entry.stamp, entry.events});
  return log;
}

}  // namespace gatewright::scenario
