#include "engine/cel/checker.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

#include "engine/base/edit_distance.h"
#include "engine/cel/check_operators.h"
#include "engine/cel/functions.h"
#include "engine/cel/limits.h"
#include "engine/cel/pattern.h"
#include "engine/cel/type_names.h"

namespace gatewright::cel {
namespace {

Style StyleOf(const Node& node) {
  if (node.kind == NodeKind::kOperator) return Style::kOperator;
  return node.is_method ? Style::kMethod : Style::kGlobal;
}

class Checker {
 public:
  Checker(const Source& source, const Declarations& declarations, bool with_decisions)
      : source_(source), declarations_(declarations), with_decisions_(with_decisions) {}

  Type Check(Node& node) {
    switch (node.kind) {
      case NodeKind::kLiteral:
        return Type(node.literal.kind());
      case NodeKind::kVariable:
        return CheckVariable(node);
      case NodeKind::kSelect:
        return CheckField(node);
      case NodeKind::kHas:
        CheckField(node);
        return Type::Bool();
      case NodeKind::kIndex:
        return CheckIndex(node);
      case NodeKind::kCall:
      case NodeKind::kOperator:
        return CheckCall(node);
      case NodeKind::kList:
        return CheckList(node);
      case NodeKind::kMap:
        return CheckMap(node);
      case NodeKind::kAnd:
      case NodeKind::kOr:
        for (auto& child : node.children) Need(*child, Check(*child), Type::Bool(), node.name);
        return Type::Bool();
      case NodeKind::kConditional:
        return CheckConditional(node);
      case NodeKind::kMacro:
        return CheckMacro(node);
    }
    return Type();
  }

  std::string TakeProblems() { return std::move(problems_); }

 private:
  // Once something is wrong the rest is taken as dyn, so that one mistake is told once.
  Type Fail(std::uint32_t at, std::string_view message) {
    if (problem_count_ < kMaxProblems) {
      if (problem_count_ > 0) problems_ += '\n';
      problems_ += source_.Problem(at, message).message;
    }
    ++problem_count_;
    return Type();
  }

  void Need(const Node& node, const Type& found, const Type& wanted, std::string_view by) {
    if (IsAssignable(found, wanted)) return;
    Fail(node.range.begin,
         fmt::format("'{}' needs {}, found {}", by, wanted.ToText(), found.ToText()));
  }

  Type CheckVariable(const Node& node) {
    if (!node.is_global) {
      for (auto local = locals_.rbegin(); local != locals_.rend(); ++local) {
        if (local->first == node.name) return local->second;
      }
    }
    if (const Type* const declared = declarations_.Find(node.name)) return *declared;
    if (FindTypeNamed(node.name)) return Type(Kind::kType);
    std::vector<std::string_view> known;
    for (const auto& [name, type] : locals_) known.push_back(name);
    for (const auto& [name, type] : declarations_.all()) known.push_back(name);
    return Fail(node.at,
                fmt::format("unknown variable '{}' (known: {}).{}", node.name,
                            known.empty() ? "none" : fmt::format("{}", fmt::join(known, ", ")),
                            DidYouMeanSuffix(node.name, known)));
  }

  Type CheckField(Node& node) {
    const Type object = Check(*node.children[0]);
    switch (object.kind()) {
      case Kind::kDyn:
        return Type();
      case Kind::kObject:
        return FieldOf(object, node);
      case Kind::kMap:
        if (IsAssignable(Type::String(), object.key())) return object.element();
        break;
      default:
        break;
    }
    return Fail(node.at, fmt::format("expected an object or a map with string keys before '.{}', "
                                     "found {}",
                                     node.name, object.ToText()));
  }

  Type FieldOf(const Type& object, const Node& node) {
    const auto found = object.fields().find(node.name);
    if (found != object.fields().end()) return found->second;
    if (object.is_open()) return Type();
    std::vector<std::string_view> known;
    for (const auto& [name, type] : object.fields()) known.push_back(name);
    return Fail(node.at, fmt::format("unknown field '{}' of '{}' (known: {}).{}", node.name,
                                     source_.At(node.children[0]->range), fmt::join(known, ", "),
                                     DidYouMeanSuffix(node.name, known)));
  }

  Type CheckIndex(Node& node) {
    const Type object = Check(*node.children[0]);
    const Node& index = *node.children[1];
    const Type key = Check(*node.children[1]);
    switch (object.kind()) {
      case Kind::kDyn:
        return Type();
      case Kind::kList:
        if (key.IsDyn() || IsNumber(key.kind())) return object.element();
        return Fail(index.range.begin,
                    fmt::format("expected an int to index a list, found {}", key.ToText()));
      case Kind::kMap:
        if (CanBeEqual(key, object.key())) return object.element();
        return Fail(index.range.begin, fmt::format("expected a key of type {}, found {}",
                                                   object.key().ToText(), key.ToText()));
      case Kind::kObject:
        if (!IsAssignable(key, Type::String())) {
          return Fail(index.range.begin,
                      fmt::format("expected the name of a field, found {}", key.ToText()));
        }
        return Type();
      default:
        return Fail(node.at,
                    fmt::format("expected a list or a map before '[', found {}", object.ToText()));
    }
  }

  Type CheckCall(Node& node) {
    std::vector<Type> found;
    for (auto& child : node.children) found.push_back(Check(*child));
    if (!node.function) return FailUnknownFunction(node);
    if (node.kind == NodeKind::kOperator) {
      const auto problem = FindOperatorProblem(node.name, found);
      if (!problem.empty()) return Fail(node.at, problem);
    }
    std::optional<Type> result;
    for (const Overload& overload : node.function->overloads) {
      if (!AreAssignable(found, overload.parameters)) continue;
      result = result ? Join(*result, overload.result) : overload.result;
    }
    if (!result) return Fail(node.at, NoOverload(*node.function, found));
    TryEarly(node);
    if (node.name == "+" && result->kind() == Kind::kList) return Join(found[0], found[1]);
    return *result;
  }

  static bool AreAssignable(std::span<const Type> found, std::span<const Type> wanted) {
    return std::equal(found.begin(), found.end(), wanted.begin(), wanted.end(), IsAssignable);
  }

  Type FailUnknownFunction(const Node& node) {
    const Style style = StyleOf(node), other = node.is_method ? Style::kGlobal : Style::kMethod;
    if (FindFunction(node.name, other, with_decisions_)) {
      return Fail(node.at,
                  node.is_method
                      ? fmt::format("{0}() is called as {0}(x), found x.{0}()", node.name)
                      : fmt::format("{0}() is called as x.{0}(…), found {0}(x, …)", node.name));
    }
    if (FindFunction(node.name, style, true)) {
      return Fail(node.at, fmt::format("{}() decides something, which this expression may not; "
                                       "expected a plain value",
                                       node.name));
    }
    std::vector<std::string> known;
    for (const auto name : FunctionNames(style, with_decisions_)) {
      known.push_back(fmt::format("{}()", name));
    }
    const std::string called = node.name + "()";
    return Fail(node.at,
                fmt::format("unknown function '{}'.{}", called,
                            DidYouMeanSuffix(called, std::span<const std::string>(known))));
  }

  // A time or a pattern that stands in the expression is right or wrong from the start.
  void TryEarly(Node& node) {
    const auto literal = [](const auto& child) { return child->kind == NodeKind::kLiteral; };
    if (node.name == "matches" && literal(node.children[1]) &&
        node.children[1]->literal.Is(Kind::kString)) {
      auto pattern = CompilePattern(node.children[1]->literal.string());
      if (pattern) {
        node.pattern = *std::move(pattern);
      } else {
        Fail(node.children[1]->range.begin, pattern.error().message);
      }
    }
    if (!node.function->is_tried_early || node.children.empty() || !literal(node.children[0])) {
      return;
    }
    std::vector<Value> values;
    for (const auto& child : node.children) {
      values.push_back(literal(child) ? child->literal : Value::String("later"));
    }
    Budget budget(kDefaultCostLimit);
    if (!Takes(*node.function, values)) return;
    const auto result = node.function->call({values, budget});
    if (!result) Fail(node.children[0]->range.begin, result.error().message);
  }

  Type CheckList(Node& node) {
    std::optional<Type> element;
    for (auto& child : node.children) {
      const Type found = Check(*child);
      element = element ? Join(*element, found) : found;
    }
    return Type::List(element.value_or(Type()));
  }

  Type CheckMap(Node& node) {
    std::optional<Type> key, value;
    for (std::size_t i = 0; i + 1 < node.children.size(); i += 2) {
      const Type found = Check(*node.children[i]);
      if (!CanBeKey(found)) {
        Fail(node.children[i]->range.begin,
             fmt::format("expected a map key to be bool, int, uint or string, found {}",
                         found.ToText()));
      }
      key = key ? Join(*key, found) : found;
      const Type under = Check(*node.children[i + 1]);
      value = value ? Join(*value, under) : under;
    }
    return Type::Map(key.value_or(Type()), value.value_or(Type()));
  }

  static bool CanBeKey(const Type& type) {
    const Kind kind = type.kind();
    return kind == Kind::kDyn || kind == Kind::kBool || kind == Kind::kInt || kind == Kind::kUint ||
           kind == Kind::kString;
  }

  Type CheckConditional(Node& node) {
    std::optional<Type> result;
    const std::size_t last = node.children.size() - 1;
    for (std::size_t i = 0; i <= last; ++i) {
      Node& child = *node.children[i];
      const Type found = Check(child);
      if (i % 2 == 0 && i != last) {
        Need(child, found, Type::Bool(), "?:");
        continue;
      }
      const bool is_null = found.kind() == Kind::kNull || (result && result->kind() == Kind::kNull);
      if (result && !is_null && !IsAssignable(found, *result)) {
        Fail(child.range.begin, fmt::format("both sides of ':' need the same type, found {} and {}",
                                            result->ToText(), found.ToText()));
      }
      result = result ? Join(*result, found) : found;
    }
    return *result;
  }

  Type CheckMacro(Node& node) {
    const Type range = Check(*node.children[0]);
    std::optional<Type> element;
    if (range.kind() == Kind::kList) element = range.element();
    if (range.kind() == Kind::kMap || range.kind() == Kind::kObject) element = range.key();
    if (range.IsDyn()) element = Type();
    if (!element) {
      Fail(node.at,
           fmt::format("{}() walks over a list or a map, found {}", node.name, range.ToText()));
      element = Type();
    }
    locals_.emplace_back(node.variable, *element);
    std::vector<Type> found;
    for (std::size_t i = 1; i < node.children.size(); ++i) {
      found.push_back(Check(*node.children[i]));
      const bool is_result = node.name == "map" && i + 1 == node.children.size();
      if (!is_result) Need(*node.children[i], found.back(), Type::Bool(), node.name + "()");
    }
    locals_.pop_back();
    if (node.name == "map") return Type::List(found.back());
    return node.name == "filter" ? Type::List(*element) : Type::Bool();
  }

  const Source& source_;
  const Declarations& declarations_;
  bool with_decisions_;
  std::vector<std::pair<std::string_view, Type>> locals_;  // of the macros around, outermost first
  std::string problems_;
  std::size_t problem_count_ = 0;
};

}  // namespace

void ResolveFunctions(Node& node, bool with_decisions) {
  if (node.kind == NodeKind::kCall || node.kind == NodeKind::kOperator) {
    node.function = FindFunction(node.name, StyleOf(node), with_decisions);
  }
  for (auto& child : node.children) ResolveFunctions(*child, with_decisions);
}

Result<Type> Check(Node& root, const Source& source, const Declarations& declarations,
                   bool with_decisions) {
  Checker checker(source, declarations, with_decisions);
  const Type type = checker.Check(root);
  std::string problems = checker.TakeProblems();
  if (!problems.empty()) return Error{ErrorCode::kInvalid, std::move(problems)};
  return type;
}

}  // namespace gatewright::cel
