// docs-ui/yaml_to_json.cpp: turns docs/openapi.yaml into the JSON that is built into the server.
// Run by the build: yaml_to_json in.yaml out.json
#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <string>

#include "engine/definition/yaml.h"
#include "engine/definition/yaml_json.h"

int main(int count, char** arguments) {
  using namespace gatewright::definition;
  if (count != 3) {
    fmt::print(stderr, "usage: yaml_to_json in.yaml out.json\n");
    return 2;
  }
  std::ifstream in(arguments[1], std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const YamlFile file = ParseYaml(text);
  for (const YamlProblem& problem : file.problems) {
    fmt::print(stderr, "{}:{}:{}: {}\n", arguments[1], problem.mark.line, problem.mark.column,
               problem.message);
  }
  if (!file.problems.empty()) return 1;
  if (file.documents.size() != 1) {
    fmt::print(stderr, "{}: expected one document, found {}\n", arguments[1],
               file.documents.size());
    return 1;
  }
  std::ofstream out(arguments[2], std::ios::binary);
  out << ToJsonText(file.documents.front().root) << '\n';
  return out.flush() ? 0 : 1;
}
