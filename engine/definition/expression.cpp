#include "engine/definition/expression.h"

namespace gatewright::definition {

// HOOK: compile the expression with engine/cel once it is there. Until then only what is no
// expression whatever the grammar says is refused.
std::optional<ExpressionProblem> CheckExpression(std::string_view text) {
  if (text.find_first_not_of(" \t\r\n") == text.npos) {
    return ExpressionProblem{1, 1, "expected an expression, found nothing"};
  }
  return std::nullopt;
}

}  // namespace gatewright::definition
