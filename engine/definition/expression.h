// engine/definition/expression.h: checks CEL expressions of a workflow file. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gatewright::definition {

struct ExpressionProblem {
  std::size_t line = 1;  // within the expression; both count from 1
  std::size_t column = 1;
  std::string message;
};

// What keeps `text` from being an expression on {old, new, run, stage} that answers true or false.
std::vector<ExpressionProblem> CheckExpression(std::string_view text);

}  // namespace gatewright::definition
