// tests/cel/evaluate.h: expressions as short examples.
#pragma once

#include <string>
#include <string_view>

#include "engine/cel/cel.h"

namespace gatewright::cel::testing {

// What the expression comes to, as an expression would spell it, or the error.
inline std::string Evaluate(std::string_view text, const Declarations& known = {},
                            const Bindings& bindings = {}) {
  const auto program = Compile(text, known);
  if (!program) return program.error().message;
  const auto value = program->Evaluate(bindings);
  return value ? ToText(*value, 10'000) : value.error().message;
}

// Without the checker: what evaluation itself says.
inline std::string EvaluateUnchecked(std::string_view text, const Bindings& bindings = {}) {
  const auto program = Compile(text, {}, {.checks_types = false});
  if (!program) return program.error().message;
  const auto value = program->Evaluate(bindings);
  return value ? ToText(*value, 10'000) : value.error().message;
}

inline std::string CompileError(std::string_view text, const Declarations& known = {},
                                const CompileOptions& options = {}) {
  const auto program = Compile(text, known, options);
  return program ? "compiled" : program.error().message;
}

}  // namespace gatewright::cel::testing
