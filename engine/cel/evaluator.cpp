#include "engine/cel/evaluator.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "engine/cel/budget.h"
#include "engine/cel/functions.h"
#include "engine/cel/trace.h"
#include "engine/cel/type_names.h"
#include "engine/cel/utf8.h"

namespace gatewright::cel {
namespace {

// Numbers as list indices may be of any type, if they are whole.
std::optional<std::size_t> ToIndex(const Value& value) {
  switch (value.kind()) {
    case Kind::kInt:
      if (value.integer() < 0) return std::nullopt;
      return static_cast<std::size_t>(value.integer());
    case Kind::kUint:
      return static_cast<std::size_t>(value.unsigned_integer());
    case Kind::kDouble: {
      const double number = value.number();
      if (!(number >= 0 && number < 0x1p53)) return std::nullopt;
      const auto index = static_cast<std::size_t>(number);
      if (static_cast<double>(index) != number) return std::nullopt;
      return index;
    }
    default:
      return std::nullopt;
  }
}

class Evaluator {
 public:
  Evaluator(const Source& source, const Bindings& bindings, const RunOptions& options)
      : source_(source),
        bindings_(bindings),
        budget_(options.cost_limit),
        trace_(source, options.has_trace) {}

  Evaluation Run(const Node& root) {
    Result<Value> value = Find(root);
    return {std::move(value), budget_.spent(), trace_.Take(), trace_.is_cut()};
  }

 private:
  // Every part costs one unit, and what its function spends besides.
  Result<Value> Find(const Node& node) {
    if (!budget_.Spend(1)) return Exhausted();
    Result<Value> value = Dispatch(node);
    if (budget_.is_exhausted()) return Exhausted();
    trace_.Add(node, value);
    return value;
  }

  Result<Value> Dispatch(const Node& node) {
    switch (node.kind) {
      case NodeKind::kLiteral:
        return node.literal;
      case NodeKind::kVariable:
        return FindVariable(node);
      case NodeKind::kSelect:
        return FindField(node);
      case NodeKind::kHas:
        return FindHas(node);
      case NodeKind::kIndex:
        return FindItem(node);
      case NodeKind::kCall:
      case NodeKind::kOperator:
        return Call(node);
      case NodeKind::kList:
        return MakeList(node);
      case NodeKind::kMap:
        return MakeMap(node);
      case NodeKind::kAnd:
        return Decide(node, false);
      case NodeKind::kOr:
        return Decide(node, true);
      case NodeKind::kConditional:
        return Choose(node);
      case NodeKind::kMacro:
        return Walk(node);
    }
    return Fail(node, "this is no expression");
  }

  // ---- Errors ----

  Error Fail(const Node& node, std::string_view message) const {
    return source_.Problem(node.at, message);
  }
  // Not to be ignored by && and ||, which the budget sees to: it stays exhausted.
  Error Exhausted() const {
    return {ErrorCode::kInvalid,
            fmt::format("the expression costs more than {} units; make it walk over less",
                        budget_.limit())};
  }
  Error NoBool(const Node& node, std::string_view what, const Value& found) const {
    return source_.Problem(node.range.begin,
                           fmt::format("{} needs bool, found {}", what, NameOf(found.kind())));
  }
  // A value that the expression made may not grow without bounds.
  Result<Value> Bounded(const Node& node, Value value) const {
    if (value.weight() <= kMaxWeight) return value;
    return Fail(node,
                fmt::format("the result is too large; expected at most {} parts, a part being "
                            "an element or 16 bytes of text",
                            kMaxWeight));
  }

  // ---- Variables and fields ----

  Result<Value> FindVariable(const Node& node) {
    if (!node.is_global) {
      for (auto local = locals_.rbegin(); local != locals_.rend(); ++local) {
        if (local->first == node.name) return local->second;
      }
    }
    if (const Value* const bound = bindings_.Find(node.name)) return *bound;
    if (const auto type = FindTypeNamed(node.name)) return Value::TypeNamed(*type);
    return Fail(node, fmt::format("the variable '{}' has no value", node.name));
  }

  Result<Value> FindField(const Node& node) {
    GW_TRY(object, Find(*node.children[0]));
    if (!object.Is(Kind::kMap)) {
      return Fail(node, fmt::format("expected a map before '.{}', found {}", node.name,
                                    NameOf(object.kind())));
    }
    if (const Value* const found = object.Find(node.name)) return *found;
    return Fail(node, fmt::format("no such key: \"{}\"; has({}) tells beforehand", node.name,
                                  source_.At(node.range)));
  }

  Result<Value> FindHas(const Node& node) {
    GW_TRY(object, Find(*node.children[0]));
    if (object.Is(Kind::kMap)) return Value::Bool(object.Find(node.name) != nullptr);
    return Fail(node, fmt::format("has() expected a map before '.{}', found {}", node.name,
                                  NameOf(object.kind())));
  }

  Result<Value> FindItem(const Node& node) {
    GW_TRY(object, Find(*node.children[0]));
    GW_TRY(key, Find(*node.children[1]));
    if (object.Is(Kind::kMap)) {
      if (const Value* const found = object.Find(key)) return *found;
      return Fail(node, fmt::format("no such key: {}", ToText(key, 80)));
    }
    if (!object.Is(Kind::kList)) {
      return Fail(node, fmt::format("expected a list or a map before '[', found {}",
                                    NameOf(object.kind())));
    }
    const auto index = ToIndex(key);
    if (index && *index < object.items().size()) return object.items()[*index];
    return Fail(node, fmt::format("expected an index from 0 to below the size {}, found {}",
                                  object.items().size(), ToText(key, 80)));
  }

  // ---- Calls ----

  Result<Value> Call(const Node& node) {
    std::vector<Value> values;
    values.reserve(node.children.size());
    for (const auto& child : node.children) {
      GW_TRY(value, Find(*child));
      values.push_back(std::move(value));
    }
    if (!node.function) return Fail(node, fmt::format("unknown function '{}()'", node.name));
    if (!Takes(*node.function, values)) {
      std::vector<Type> types;
      for (const Value& value : values) types.push_back(Type(value.kind()));
      return Fail(node, NoOverload(*node.function, types));
    }
    Result<Value> result = node.function->call({values, budget_, node.pattern.get()});
    if (!result) return Fail(node, result.error().message);
    return Bounded(node, *std::move(result));
  }

  Result<Value> MakeList(const Node& node) {
    Value::List items;
    items.reserve(node.children.size());
    for (const auto& child : node.children) {
      GW_TRY(value, Find(*child));
      items.push_back(std::move(value));
    }
    return Bounded(node, Value::ListOf(std::move(items)));
  }

  Result<Value> MakeMap(const Node& node) {
    Value::Entries entries;
    for (std::size_t i = 0; i + 1 < node.children.size(); i += 2) {
      GW_TRY(key, Find(*node.children[i]));
      GW_TRY(value, Find(*node.children[i + 1]));
      entries.push_back({std::move(key), std::move(value)});
    }
    auto made = Value::MapOf(std::move(entries));
    if (!made) return Fail(node, made.error().message);
    return Bounded(node, *std::move(made));
  }

  // ---- Logic ----

  // && looks for a false, || for a true. When one is there, errors beside it do not matter.
  Result<Value> Decide(const Node& node, bool wanted) {
    std::optional<Error> first;
    for (const auto& child : node.children) {
      const auto found = IsTrue(*child, node.name);
      if (budget_.is_exhausted()) return Exhausted();
      if (found && *found == wanted) return Value::Bool(wanted);
      if (!found && !first) first = found.error();
    }
    if (first) return *first;
    return Value::Bool(!wanted);
  }

  Result<bool> IsTrue(const Node& node, std::string_view by) {
    GW_TRY(value, Find(node));
    if (!value.Is(Kind::kBool)) return NoBool(node, fmt::format("'{}'", by), value);
    return value.boolean();
  }

  Result<Value> Choose(const Node& node) {
    const std::size_t last = node.children.size() - 1;
    for (std::size_t i = 0; i + 1 < last; i += 2) {
      GW_TRY(is_it, IsTrue(*node.children[i], node.name));
      if (is_it) return Find(*node.children[i + 1]);
    }
    return Find(*node.children[last]);
  }

  // ---- Macros ----

  Result<Value> Walk(const Node& node) {
    GW_TRY(range, Find(*node.children[0]));
    if (range.Is(Kind::kList)) return WalkOver(node, range.items());
    if (range.Is(Kind::kMap)) {
      Value::List keys;
      if (!budget_.Spend(range.entries().size())) return Exhausted();
      for (const auto& entry : range.entries()) keys.push_back(entry.key);
      return WalkOver(node, keys);
    }
    return Fail(node, fmt::format("{}() walks over a list or a map, found {}", node.name,
                                  NameOf(range.kind())));
  }

  Result<Value> WalkOver(const Node& node, const Value::List& items) {
    if (node.name == "all") return Quantify(node, items, false);
    if (node.name == "exists") return Quantify(node, items, true);
    if (node.name == "exists_one") return FindOne(node, items);
    return Collect(node, items);
  }

  // The condition or result of a macro for one element.
  Result<Value> FindFor(const Node& node, const Value& item, const Node& body) {
    if (!budget_.Spend(1)) return Exhausted();
    locals_.emplace_back(node.variable, item);
    Result<Value> value = Find(body);
    locals_.pop_back();
    return value;
  }

  Result<bool> IsTrueFor(const Node& node, const Value& item) {
    const Node& body = *node.children[1];
    GW_TRY(value, FindFor(node, item, body));
    if (!value.Is(Kind::kBool)) return NoBool(body, node.name + "()", value);
    return value.boolean();
  }

  // all() is && over the elements, exists() is ||.
  Result<Value> Quantify(const Node& node, const Value::List& items, bool wanted) {
    std::optional<Error> first;
    for (const Value& item : items) {
      const auto found = IsTrueFor(node, item);
      if (budget_.is_exhausted()) return Exhausted();
      if (found && *found == wanted) return Value::Bool(wanted);
      if (!found && !first) first = found.error();
    }
    if (first) return *first;
    return Value::Bool(!wanted);
  }

  Result<Value> FindOne(const Node& node, const Value::List& items) {
    std::size_t count = 0;
    for (const Value& item : items) {
      GW_TRY(is_it, IsTrueFor(node, item));
      count += is_it ? 1 : 0;
    }
    return Value::Bool(count == 1);
  }

  // filter(), and map() with or without a condition.
  Result<Value> Collect(const Node& node, const Value::List& items) {
    const bool is_filter = node.name == "filter";
    const bool has_condition = is_filter || node.children.size() == 3;
    Value::List kept;
    for (const Value& item : items) {
      if (has_condition) {
        GW_TRY(is_it, IsTrueFor(node, item));
        if (!is_it) continue;
      }
      if (is_filter) {
        kept.push_back(item);
        continue;
      }
      GW_TRY(value, FindFor(node, item, *node.children.back()));
      kept.push_back(std::move(value));
    }
    return Bounded(node, Value::ListOf(std::move(kept)));
  }

  const Source& source_;
  const Bindings& bindings_;
  Budget budget_;
  Trace trace_;
  std::vector<std::pair<std::string_view, Value>> locals_;  // of the macros around
};

}  // namespace

Evaluation Evaluate(const Node& root, const Source& source, const Bindings& bindings,
                    const RunOptions& options) {
  return Evaluator(source, bindings, options).Run(root);
}

}  // namespace gatewright::cel
