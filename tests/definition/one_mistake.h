// tests/definition/one_mistake.h: tables of mistakes: each row is put into an otherwise good file,
// and says which diagnostics come of it.
#pragma once

#include <fmt/format.h>

#include <ostream>
#include <string>
#include <string_view>

#include "engine/definition/workflow_loader.h"
#include "tests/support/fake_plugins.h"

namespace gatewright::definition {

// A diagnostic a line, with its code in front.
inline std::string Mistakes(std::string_view text) {
  const testing::FakePlugins plugins;
  std::string all;
  for (const auto& diagnostic : LoadWorkflows(text, "w.yaml", plugins).diagnostics) {
    all += fmt::format("{}{} {}", all.empty() ? "" : "\n", diagnostic.code, Format(diagnostic));
  }
  return all;
}

struct Row {
  const char* part;  // "gate", "action", "stage", "spec", "file"
  const char* text;
  const char* mistake;  // without file and place
};

inline void PrintTo(const Row& row, std::ostream* stream) { *stream << row.text; }

inline std::string FileWith(const Row& row) {
  const std::string_view part = row.part;
  const auto pick = [&](std::string_view name, const char* good) {
    return part == name ? row.text : good;
  };
  if (part == "file") return row.text;
  const std::string stage = pick("stage", "");
  return fmt::format(R"(apiVersion: gatewright/v1
kind: Workflow
metadata: {{name: w}}
spec:
  subject: {{type: object, additionalProperties: false, properties: {{version: {{type: string}}}}}}
  stages:
    - {}
  {}
)",
                     !stage.empty()
                         ? stage
                         : fmt::format("{{name: S, doneState: s, gate: {}, action: {}}}",
                                       pick("gate", "{rules: [{id: r, from: {role: r}}]}"),
                                       pick("action", "{plugin: noop}")),
                     pick("spec", "initialState: requested"));
}

// What the row's file is told, a line each, without the places.
inline std::string MistakesOf(const Row& row) {
  const std::string found = Mistakes(FileWith(row));
  std::string without_places;
  for (std::size_t at = 0; at < found.size();) {
    const std::size_t end = std::min(found.find('\n', at), found.size());
    const std::string line = found.substr(at, end - at);
    const std::size_t place = line.find("w.yaml:");
    const std::size_t message = line.find(": ", place);
    without_places += (at ? "\n" : "") + line.substr(0, place) + line.substr(message + 2);
    at = end + 1;
  }
  return without_places;
}

}  // namespace gatewright::definition

#define RULE "{id: r, from: {role: r}}"
#define NOT_YET " is not supported yet; it is refused so that nothing is silently ignored"
