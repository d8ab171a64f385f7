#include "engine/definition/expression.h"

#include <charconv>

#include "engine/cel/cel.h"

namespace gatewright::definition {
namespace {

using cel::Type;

cel::Declarations Variables() {
  cel::Declarations known;
  for (const char* name : {"old", "new", "run", "stage"}) known.Add(name, Type::Dyn());
  return known;
}

// "line:column: what …" at the beginning of `line`.
ExpressionProblem ReadProblem(std::string_view line) {
  ExpressionProblem problem;
  const char* const end = line.data() + line.size();
  const auto first = std::from_chars(line.data(), end, problem.line);
  if (first.ec == std::errc{} && first.ptr != end && *first.ptr == ':') {
    const auto second = std::from_chars(first.ptr + 1, end, problem.column);
    if (second.ec == std::errc{} && std::string_view(second.ptr, end).starts_with(": ")) {
      problem.message = std::string(second.ptr + 2, end);
      return problem;
    }
  }
  return {1, 1, std::string(line)};
}

}  // namespace

std::vector<ExpressionProblem> CheckExpression(std::string_view text) {
  static const cel::Declarations kVariables = Variables();
  const auto program = cel::Compile(text, kVariables, {.results = {Type::Bool()}});
  std::vector<ExpressionProblem> problems;
  if (program) return problems;
  std::string_view lines = program.error().message;
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    problems.push_back(ReadProblem(lines.substr(0, end)));
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  return problems;
}

}  // namespace gatewright::definition
