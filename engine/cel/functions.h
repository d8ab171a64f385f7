// engine/cel/functions.h: the functions and operators of the language, each with the types it
// takes. The table is made once and then only read; functions have no state. Any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/cel/budget.h"
#include "engine/cel/type.h"
#include "engine/cel/value.h"

namespace re2 {
class RE2;
}

namespace gatewright::cel {

struct Arguments {
  std::span<const Value> values;  // of the kinds that one of the overloads takes
  Budget& budget;
  const re2::RE2* pattern = nullptr;  // of matches(), when it was known beforehand

  const Value& operator[](std::size_t i) const { return values[i]; }
};

struct Overload {
  std::vector<Type> parameters;
  Type result;
};

enum class Style { kOperator = 1, kGlobal, kMethod, kBoth };  // a + b, f(a, b), a.f(b), both

struct Function {
  std::string_view name;
  Style style = Style::kGlobal;
  std::vector<Overload> overloads;
  Result<Value> (*call)(const Arguments&) = nullptr;
  bool is_decision = false;     // approve() and the like
  bool is_tried_early = false;  // a call with nothing but literals is tried by the compiler
};

// Null when there is none of that name and style.
const Function* FindFunction(std::string_view name, Style style, bool with_decisions);
std::vector<std::string_view> FunctionNames(Style style, bool with_decisions);

// Does any overload take values of these kinds?
bool Takes(const Function& function, std::span<const Value> values);
// "size() takes (string), (bytes), (list(dyn)) or (map(dyn, dyn)), not (int)"
std::string NoOverload(const Function& function, std::span<const Type> found);

// What the files of functions add to the table.
using FunctionTable = std::vector<Function>;
void AddOperators(FunctionTable& table);
void AddConversions(FunctionTable& table);
void AddTextFunctions(FunctionTable& table);
void AddTimeFunctions(FunctionTable& table);
void AddDecisionFunctions(FunctionTable& table);

inline Error Problem(std::string message) { return {ErrorCode::kInvalid, std::move(message)}; }

}  // namespace gatewright::cel
