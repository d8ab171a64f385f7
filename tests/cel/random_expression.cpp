#include "tests/cel/random_expression.h"

#include <fmt/format.h>

namespace gatewright::cel::testing {

std::string RandomExpression::Make() { return Of(Any(), 4); }

std::string RandomExpression::Of(Wanted wanted, int depth) {
  if (Below(25) == 0) wanted = Any();  // now and then a type that is wrong
  if (!locals_.empty() && Below(4) == 0) return Pick(locals_);
  if (depth <= 0 || Below(5) == 0) return Leaf(wanted);
  if (Below(12) == 0) {
    return fmt::format("({} ? {} : {})", Of(Wanted::kBool, depth - 1), Of(wanted, depth - 1),
                       Of(wanted, depth - 1));
  }
  return Branch(wanted, depth - 1);
}

std::string RandomExpression::Leaf(Wanted wanted) {
  switch (wanted) {
    case Wanted::kBool:
      return Pick({"true", "false", "yes", "no", "object.owner.ok", "has(object.name)",
                   "has(object.nothing)", "has(map.a)"});
    case Wanted::kInt:
      return Pick({"0", "1", "-1", "2", "3", "10", "0x1F", "9223372036854775807",
                   "-9223372036854775808", "i", "big", "map.a", "map['c']", "list[1]", "list[9]",
                   "object.owner.id", "object.missing"});
    case Wanted::kUint:
      return Pick({"0u", "1u", "7u", "18446744073709551615u", "u"});
    case Wanted::kDouble:
      return Pick({"0.0", "1.0", "-2.5", "1e10", ".5", "d", "1e308", "(0.0/0.0)", "3.0"});
    case Wanted::kString:
      return Pick({"''", "'a'", "\"b\"", "'héllo'", "s", "object.name", "r'\\d'", "'''q\n'''",
                   "'\\u00e9\\n'", "words[0]", "'1'", "'2026-01-01T00:00:00Z'", "'15m'"});
    case Wanted::kBytes:
      return Pick({"b''", "b'a'", "b'\\xff'", "b", "bytes('é')"});
    case Wanted::kList:
      return Pick({"[]", "list", "words", "mixed", "[1, 2, 3]", "['a', 'qa']", "[[1], []]",
                   "object.tags", "[1, 2u, 3.0]"});
    case Wanted::kMap:
      return Pick(
          {"{}", "map", "object", "{'k': 1}", "{1: 'a', 2u: 'b', true: 'c'}", "object.owner"});
    case Wanted::kTime:
      return Pick({"t", "timestamp('2026-03-01T09:30:00Z')", "timestamp(0)",
                   "timestamp('2024-02-29T23:59:59.999+02:00')"});
    case Wanted::kSpan:
      return Pick({"span", "duration('90s')", "duration('-1.5h')", "duration('250ms')"});
  }
  return "null";
}

std::string RandomExpression::Branch(Wanted wanted, int depth) {
  const auto of = [&](Wanted other) { return Of(other, depth); };
  const auto both = [&](const char* operators) {
    const std::string all = operators;
    const char one = all[static_cast<std::size_t>(Below(static_cast<int>(all.size())))];
    const std::string left = of(wanted);
    return fmt::format("({} {} {})", left, one, of(wanted));
  };
  switch (wanted) {
    case Wanted::kBool:
      return Bool(depth);
    case Wanted::kInt:
      return Int(depth);
    case Wanted::kUint:
      return Below(4) == 0 ? fmt::format("uint({})", of(Wanted::kInt)) : both("+-*%");
    case Wanted::kDouble:
      return Below(4) == 0 ? fmt::format("double({})", of(Below(2) ? Wanted::kInt : Wanted::kUint))
                           : both("+-*/");
    case Wanted::kString:
      return Text(depth);
    case Wanted::kBytes:
      return Below(3) == 0 ? fmt::format("bytes({})", of(Wanted::kString)) : both("+");
    case Wanted::kList:
      return List(depth);
    case Wanted::kMap: {
      // A double is no key, but the other side takes it.
      const std::string key = Below(2) ? fmt::format("{} + ''", of(Wanted::kString))
                                       : fmt::format("{} + 0", of(Wanted::kInt));
      return fmt::format("{{{}: {}, 'z': {}}}", key, of(Any()), of(Any()));
    }
    case Wanted::kTime: {
      const std::string time = of(Wanted::kTime);
      return fmt::format("({} {} {})", time, Below(2) ? "+" : "-", of(Wanted::kSpan));
    }
    case Wanted::kSpan:
      if (Below(2)) return both("+-");
      const std::string later = of(Wanted::kTime);
      return fmt::format("({} - {})", later, of(Wanted::kTime));
  }
  return "null";
}

std::string RandomExpression::Bool(int depth) {
  const auto of = [&](Wanted wanted) { return Of(wanted, depth); };
  const Wanted any = Any();
  const std::string symbol = Pick({"==", "!=", "<", "<=", ">", ">="});
  switch (Below(9)) {
    case 0: {
      const std::string left = of(Wanted::kBool);
      return fmt::format("({} {} {})", left, Below(2) ? "&&" : "||", of(Wanted::kBool));
    }
    case 1:
      return fmt::format("!{}", of(Wanted::kBool));
    case 2:
    case 3: {
      const std::string left = of(any);
      return fmt::format("({} {} {})", left, symbol, of(any));
    }
    case 4: {
      const std::string left = of(Below(2) ? Wanted::kInt : Wanted::kUint);
      return fmt::format("({} {} {})", left, symbol, of(Wanted::kDouble));
    }
    case 5: {
      // What can be no key is in no map for us (and for cel-go), and an error for the other side.
      if (Below(2)) {
        const std::string item = of(any);
        return fmt::format("({} in {})", item, Leaf(Wanted::kList));
      }
      const std::string key = of(Wanted::kString);
      return fmt::format("(({} + '') in {})", key, of(Below(2) ? Wanted::kList : Wanted::kMap));
    }
    case 6: {
      const std::string text = of(Wanted::kString);
      return fmt::format("{}.{}({})", text, Pick({"contains", "startsWith", "endsWith"}),
                         of(Wanted::kString));
    }
    case 7:
      return fmt::format("{}.matches({})", of(Wanted::kString),
                         Pick({"'^a'", "'l+o'", "'[0-9]'", "'^$'", "r'\\w+'", "'(a|b)*é?'"}));
    default: {
      const std::string range = of(Below(3) ? Wanted::kList : Wanted::kMap), name = Local();
      locals_.push_back(name);
      const std::string body = of(Wanted::kBool);
      locals_.pop_back();
      return fmt::format("{}.{}({}, {})", range, Pick({"all", "exists", "exists_one"}), name, body);
    }
  }
}

std::string RandomExpression::Int(int depth) {
  const auto of = [&](Wanted wanted) { return Of(wanted, depth); };
  switch (Below(6)) {
    case 0: {
      const Wanted sized[] = {Wanted::kString, Wanted::kBytes, Wanted::kList, Wanted::kMap};
      return fmt::format("size({})", of(sized[Below(4)]));
    }
    case 1:
      // The other side also makes an int of a duration, which the specification does not have.
      return Below(2) ? fmt::format("int({} + 0.0)", of(Wanted::kDouble))
                      : fmt::format("int({} + 0u)", of(Wanted::kUint));
    case 2:
      return fmt::format(
          "{}.{}()", of(Wanted::kTime),
          Pick({"getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek",
                "getDayOfYear", "getHours", "getMinutes", "getSeconds", "getMilliseconds"}));
    case 3:
      return fmt::format("-({} + 0)", of(Wanted::kInt));  // the other side drops "-(-(" unseen
    default: {
      const std::string left = of(Wanted::kInt);
      return fmt::format("({} {} {})", left, Pick({"+", "-", "*", "/", "%"}), of(Wanted::kInt));
    }
  }
}

std::string RandomExpression::Text(int depth) {
  const auto of = [&](Wanted wanted) { return Of(wanted, depth); };
  // Left open by the specification: how many digits of a double and of a fraction of a second
  // string() gives. Wrong on the other side: timestamp(1) is taken for a millisecond.
  const Wanted plain[] = {Wanted::kInt, Wanted::kUint};
  if (Below(8) == 0) return fmt::format("string(timestamp({} + 'Z'))", of(Wanted::kString));
  if (Below(3) == 0)
    return fmt::format("string({} + {})", of(plain[Below(2)]), Below(2) ? "1" : "1u");
  if (Below(6) == 0) return fmt::format("string({} == {})", of(Wanted::kInt), of(Any()));
  const std::string left = of(Wanted::kString);
  return fmt::format("({} + {})", left, of(Wanted::kString));
}

std::string RandomExpression::List(int depth) {
  const auto of = [&](Wanted wanted) { return Of(wanted, depth); };
  const Wanted any = Any();
  switch (Below(3)) {
    case 0: {
      const std::string first = of(any);
      return fmt::format("[{}, {}]", first, of(any));
    }
    case 1: {
      const std::string left = of(Wanted::kList);
      return fmt::format("({} + {})", left, of(Wanted::kList));
    }
    default: {
      const std::string range = of(Below(3) ? Wanted::kList : Wanted::kMap), name = Local();
      const bool is_map = Below(2);
      locals_.push_back(name);
      const std::string body = of(is_map ? any : Wanted::kBool);
      locals_.pop_back();
      return fmt::format("{}.{}({}, {})", range, is_map ? "map" : "filter", name, body);
    }
  }
}

}  // namespace gatewright::cel::testing
