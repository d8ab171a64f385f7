// Arithmetic, comparison and membership. Whole numbers never wrap: what does not fit is an error.
#include <fmt/format.h>

#include <limits>

#include "engine/cel/compare.h"
#include "engine/cel/functions.h"

namespace gatewright::cel {
namespace {

using Arg = const Arguments&;

Error Overflow(std::string_view symbol, Arg a) {
  return Problem(fmt::format("overflow: {} {} {} does not fit {}", ToText(a[0]), symbol,
                             ToText(a[1]), NameOf(a[0].kind())));
}
Error DivisionByZero(std::string_view symbol, Arg a) {
  return Problem(fmt::format("division by zero: {} {} {}", ToText(a[0]), symbol, ToText(a[1])));
}
Error OutOfRange(std::string_view symbol, Arg a) {
  return Problem(
      fmt::format("out of range: {} {} {}; times lie in the years 1 to 9999, durations "
                  "within 292 years",
                  ToText(a[0]), symbol, ToText(a[1])));
}

template <class Moment>
Result<Value> Checked(std::optional<Moment> result, std::string_view symbol, Arg a) {
  if (!result) return OutOfRange(symbol, a);
  return Value::Of(*result);
}

// Copies of a list cost its length: an expression may not make a lot of them.
Value Concatenate(Arg a) {
  const auto &left = a[0].items(), &right = a[1].items();
  if (!a.budget.Spend(left.size() + right.size())) return Value();
  Value::List all = left;
  all.insert(all.end(), right.begin(), right.end());
  return Value::ListOf(std::move(all));
}

Result<Value> Plus(Arg a) {
  switch (a[0].kind()) {
    case Kind::kInt: {
      std::int64_t sum = 0;
      if (__builtin_add_overflow(a[0].integer(), a[1].integer(), &sum)) return Overflow("+", a);
      return Value::Int(sum);
    }
    case Kind::kUint: {
      std::uint64_t sum = 0;
      if (__builtin_add_overflow(a[0].unsigned_integer(), a[1].unsigned_integer(), &sum)) {
        return Overflow("+", a);
      }
      return Value::Uint(sum);
    }
    case Kind::kDouble:
      return Value::Double(a[0].number() + a[1].number());
    case Kind::kString:
      if (!a.budget.SpendOnText(a[0].string().size() + a[1].string().size())) return Value();
      return Value::String(a[0].string() + a[1].string());
    case Kind::kBytes:
      if (!a.budget.SpendOnText(a[0].bytes().size() + a[1].bytes().size())) return Value();
      return Value::Bytes(a[0].bytes() + a[1].bytes());
    case Kind::kList:
      return Concatenate(a);
    case Kind::kTimestamp:
      return Checked(Add(a[0].timestamp(), a[1].duration()), "+", a);
    default:
      if (a[1].Is(Kind::kTimestamp)) {
        return Checked(Add(a[1].timestamp(), a[0].duration()), "+", a);
      }
      return Checked(Add(a[0].duration(), a[1].duration()), "+", a);
  }
}

Result<Value> Negate(Arg a) {
  if (a[0].Is(Kind::kDouble)) return Value::Double(-a[0].number());
  if (a[0].integer() == std::numeric_limits<std::int64_t>::min()) {
    return Problem(fmt::format("overflow: -({}) does not fit int", a[0].integer()));
  }
  return Value::Int(-a[0].integer());
}

Result<Value> Minus(Arg a) {
  if (a.values.size() == 1) return Negate(a);
  switch (a[0].kind()) {
    case Kind::kInt: {
      std::int64_t difference = 0;
      if (__builtin_sub_overflow(a[0].integer(), a[1].integer(), &difference)) {
        return Overflow("-", a);
      }
      return Value::Int(difference);
    }
    case Kind::kUint:
      if (a[0].unsigned_integer() < a[1].unsigned_integer()) return Overflow("-", a);
      return Value::Uint(a[0].unsigned_integer() - a[1].unsigned_integer());
    case Kind::kDouble:
      return Value::Double(a[0].number() - a[1].number());
    case Kind::kTimestamp:
      if (a[1].Is(Kind::kTimestamp)) {
        return Checked(Subtract(a[0].timestamp(), a[1].timestamp()), "-", a);
      }
      return Checked(Subtract(a[0].timestamp(), a[1].duration()), "-", a);
    default:
      return Checked(Subtract(a[0].duration(), a[1].duration()), "-", a);
  }
}

Result<Value> Times(Arg a) {
  if (a[0].Is(Kind::kInt)) {
    std::int64_t product = 0;
    if (__builtin_mul_overflow(a[0].integer(), a[1].integer(), &product)) return Overflow("*", a);
    return Value::Int(product);
  }
  if (a[0].Is(Kind::kUint)) {
    std::uint64_t product = 0;
    if (__builtin_mul_overflow(a[0].unsigned_integer(), a[1].unsigned_integer(), &product)) {
      return Overflow("*", a);
    }
    return Value::Uint(product);
  }
  return Value::Double(a[0].number() * a[1].number());
}

// The smallest int divided by -1 is the one quotient that does not fit.
bool IsQuotientTooBig(Arg a) {
  return a[0].integer() == std::numeric_limits<std::int64_t>::min() && a[1].integer() == -1;
}

Result<Value> Divide(Arg a) {
  if (a[0].Is(Kind::kDouble)) return Value::Double(a[0].number() / a[1].number());
  if (a[0].Is(Kind::kUint)) {
    if (a[1].unsigned_integer() == 0) return DivisionByZero("/", a);
    return Value::Uint(a[0].unsigned_integer() / a[1].unsigned_integer());
  }
  if (a[1].integer() == 0) return DivisionByZero("/", a);
  if (IsQuotientTooBig(a)) return Overflow("/", a);
  return Value::Int(a[0].integer() / a[1].integer());
}

Result<Value> Modulo(Arg a) {
  if (a[0].Is(Kind::kUint)) {
    if (a[1].unsigned_integer() == 0) return DivisionByZero("%", a);
    return Value::Uint(a[0].unsigned_integer() % a[1].unsigned_integer());
  }
  if (a[1].integer() == 0) return DivisionByZero("%", a);
  if (IsQuotientTooBig(a)) return Overflow("%", a);
  return Value::Int(a[0].integer() % a[1].integer());
}

Result<Value> Equal(Arg a) { return Value::Bool(AreEqual(a[0], a[1], a.budget)); }
Result<Value> Unequal(Arg a) { return Value::Bool(!AreEqual(a[0], a[1], a.budget)); }

// NaN is neither less nor greater than anything.
template <bool (*IsIt)(std::partial_ordering)>
Result<Value> Ordered(Arg a) {
  const auto order = Order(a[0], a[1], a.budget);
  return Value::Bool(order && IsIt(*order));
}

Result<Value> In(Arg a) {
  if (a[1].Is(Kind::kMap)) return Value::Bool(a[1].Find(a[0]) != nullptr);
  for (const Value& item : a[1].items()) {
    if (AreEqual(a[0], item, a.budget)) return Value::Bool(true);
    if (a.budget.is_exhausted()) break;
  }
  return Value::Bool(false);
}

Result<Value> Not(Arg a) { return Value::Bool(!a[0].boolean()); }

Overload Same(Kind kind) { return {{Type(kind), Type(kind)}, Type(kind)}; }

std::vector<Overload> Comparisons() {
  std::vector<Overload> all;
  const auto add = [&](Kind a, Kind b) { all.push_back({{Type(a), Type(b)}, Type::Bool()}); };
  for (const Kind a : {Kind::kInt, Kind::kUint, Kind::kDouble}) {
    for (const Kind b : {Kind::kInt, Kind::kUint, Kind::kDouble}) add(a, b);
  }
  for (const Kind same :
       {Kind::kString, Kind::kTimestamp, Kind::kDuration, Kind::kBool, Kind::kBytes}) {
    add(same, same);
  }
  return all;
}

}  // namespace

void AddOperators(FunctionTable& table) {
  const Type any, list(Kind::kList), map(Kind::kMap), boolean(Kind::kBool);
  const Type time(Kind::kTimestamp), span(Kind::kDuration);
  const auto add = [&](std::string_view name, std::vector<Overload> overloads,
                       Result<Value> (*call)(Arg)) {
    table.push_back({name, Style::kOperator, std::move(overloads), call});
  };
  const Overload ints = Same(Kind::kInt), uints = Same(Kind::kUint), doubles = Same(Kind::kDouble);
  add("+",
      {ints, uints, doubles, Same(Kind::kString), Same(Kind::kBytes), Same(Kind::kList),
       Overload{{time, span}, time}, Overload{{span, time}, time}, Overload{{span, span}, span}},
      Plus);
  add("-",
      {ints, uints, doubles, Overload{{time, time}, span}, Overload{{time, span}, time},
       Overload{{span, span}, span}, Overload{{Type(Kind::kInt)}, Type(Kind::kInt)},
       Overload{{Type(Kind::kDouble)}, Type(Kind::kDouble)}},
      Minus);
  add("*", {ints, uints, doubles}, Times);
  add("/", {ints, uints, doubles}, Divide);
  add("%", {ints, uints}, Modulo);
  add("!", {Overload{{boolean}, boolean}}, Not);
  add("==", {Overload{{any, any}, boolean}}, Equal);
  add("!=", {Overload{{any, any}, boolean}}, Unequal);
  add("<", Comparisons(), Ordered<std::is_lt>);
  add("<=", Comparisons(), Ordered<std::is_lteq>);
  add(">", Comparisons(), Ordered<std::is_gt>);
  add(">=", Comparisons(), Ordered<std::is_gteq>);
  add("in", {Overload{{any, list}, boolean}, Overload{{any, map}, boolean}}, In);
}

}  // namespace gatewright::cel
