// tests/simulation/support.h: scripts as text, played with stand-ins. One thread.
#pragma once

#include <string>

#include "engine/simulation/player.h"
#include "engine/simulation/stand_ins.h"
#include "tests/support/fake_plugins.h"

namespace gatewright::simulation::testing {

// `path` is where it would lie. Plays every case; the first report that did not pass, or the last.
inline Report PlayText(const std::string& text, const std::string& path,
                       runtime::RevisionPtr revision = nullptr) {
  static const gatewright::testing::FakePlugins catalog;
  static StandIns plugins(catalog);
  Report report;
  const Cases read = ReadCases(text, path);
  report.mistake = read.mistake;
  for (const Case& one : read.cases) {
    report = Play(one, {plugins, revision, {}, "{}"});
    if (!report.is_passed()) return report;
  }
  return report;
}

// What is wrong with it, in one text; empty: nothing.
inline std::string Complaints(const Report& report) {
  std::string text = report.mistake;
  for (const Problem& problem : report.problems) {
    text += "line " + std::to_string(problem.line) + ": " + problem.message + "\n";
  }
  return text;
}

}  // namespace gatewright::simulation::testing
