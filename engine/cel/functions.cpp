#include "engine/cel/functions.h"

#include <fmt/format.h>

#include <algorithm>

namespace gatewright::cel {
namespace {

const FunctionTable& Table() {
  static const FunctionTable kTable = [] {
    FunctionTable table;
    AddOperators(table);
    AddConversions(table);
    AddTextFunctions(table);
    AddTimeFunctions(table);
    AddDecisionFunctions(table);
    return table;
  }();
  return kTable;
}

bool HasStyle(const Function& function, Style style) {
  if (function.style == style) return true;
  return function.style == Style::kBoth && style != Style::kOperator;
}

bool TakesKinds(const Overload& overload, std::span<const Value> values) {
  return std::equal(overload.parameters.begin(), overload.parameters.end(), values.begin(),
                    values.end(), [](const Type& parameter, const Value& value) {
                      return parameter.IsDyn() || parameter.kind() == value.kind();
                    });
}

// "(string, int)", or "string + int" for operators.
std::string Spell(const Function& function, std::span<const Type> types) {
  if (function.style == Style::kOperator && types.size() == 2) {
    return fmt::format("{} {} {}", types[0].ToText(), function.name, types[1].ToText());
  }
  if (function.style == Style::kOperator && types.size() == 1) {
    return fmt::format("{}{}", function.name, types[0].ToText());
  }
  std::string text = "(";
  for (const Type& type : types) {
    if (text.size() > 1) text += ", ";
    text += type.ToText();
  }
  return text + ")";
}

bool AreDifferentNumbers(std::span<const Type> types) {
  return types.size() == 2 && IsNumber(types[0].kind()) && IsNumber(types[1].kind()) &&
         types[0].kind() != types[1].kind();
}

}  // namespace

const Function* FindFunction(std::string_view name, Style style, bool with_decisions) {
  for (const Function& function : Table()) {
    if (function.name == name && HasStyle(function, style) &&
        (with_decisions || !function.is_decision)) {
      return &function;
    }
  }
  return nullptr;
}

std::vector<std::string_view> FunctionNames(Style style, bool with_decisions) {
  std::vector<std::string_view> names;
  for (const Function& function : Table()) {
    if (HasStyle(function, style) && (with_decisions || !function.is_decision)) {
      names.push_back(function.name);
    }
  }
  return names;
}

bool Takes(const Function& function, std::span<const Value> values) {
  return std::any_of(function.overloads.begin(), function.overloads.end(),
                     [&](const Overload& overload) { return TakesKinds(overload, values); });
}

std::string NoOverload(const Function& function, std::span<const Type> found) {
  const bool is_operator = function.style == Style::kOperator;
  std::string text = is_operator ? fmt::format("'{}' takes ", function.name)
                                 : fmt::format("{}() takes ", function.name);
  const std::size_t count = function.overloads.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) text += i + 1 == count ? " or " : ", ";
    text += Spell(function, function.overloads[i].parameters);
  }
  text += fmt::format(", not {}", Spell(function, found));
  if (is_operator && AreDifferentNumbers(found)) {
    text += "; convert one with int(), uint() or double()";
  }
  return text;
}

}  // namespace gatewright::cel
