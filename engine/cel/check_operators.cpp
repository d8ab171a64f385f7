#include "engine/cel/check_operators.h"

#include <fmt/format.h>

namespace gatewright::cel {

bool CanBeEqual(const Type& a, const Type& b) {
  if (a.IsDyn() || b.IsDyn() || a.kind() == Kind::kNull || b.kind() == Kind::kNull) return true;
  if (IsNumber(a.kind()) && IsNumber(b.kind())) return true;
  if (a.kind() == Kind::kObject || b.kind() == Kind::kObject) return IsAssignable(a, b);
  if (a.kind() != b.kind()) return false;
  if (a.kind() == Kind::kList) return CanBeEqual(a.element(), b.element());
  if (a.kind() == Kind::kMap) {
    return CanBeEqual(a.key(), b.key()) && CanBeEqual(a.element(), b.element());
  }
  return true;
}

std::string FindOperatorProblem(std::string_view symbol, std::span<const Type> operands) {
  if (operands.size() != 2) return "";
  const Type &a = operands[0], &b = operands[1];
  if ((symbol == "==" || symbol == "!=") && !CanBeEqual(a, b)) {
    return fmt::format("{} and {} are never equal; expected two of the same type", a.ToText(),
                       b.ToText());
  }
  if (symbol == "in" && b.kind() == Kind::kList && !CanBeEqual(a, b.element())) {
    return fmt::format("{} is never in {}", a.ToText(), b.ToText());
  }
  const bool is_map = b.kind() == Kind::kMap || b.kind() == Kind::kObject;
  if (symbol == "in" && is_map && !CanBeEqual(a, b.key())) {
    return fmt::format("{} is never a key of {}", a.ToText(), b.ToText());
  }
  return "";
}

}  // namespace gatewright::cel
