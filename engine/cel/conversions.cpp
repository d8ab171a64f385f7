// int(), string(), timestamp() and the like. What has no counterpart is an error, never a guess.
#include <fmt/format.h>

#include <array>
#include <cmath>

#include "engine/cel/functions.h"
#include "engine/cel/number_text.h"
#include "engine/cel/utf8.h"

namespace gatewright::cel {
namespace {

using Arg = const Arguments&;

Error CannotBe(std::string_view type, Arg a, std::string_view expected) {
  return Problem(
      fmt::format("{} cannot be made {}; expected {}", ToText(a[0], 80), type, expected));
}

Result<Value> ToInt(Arg a) {
  constexpr std::string_view kExpected = "-9223372036854775808 to 9223372036854775807";
  switch (a[0].kind()) {
    case Kind::kUint:
      if (a[0].unsigned_integer() > INT64_MAX) return CannotBe("int", a, kExpected);
      return Value::Int(static_cast<std::int64_t>(a[0].unsigned_integer()));
    case Kind::kDouble:
      // The bounds themselves are out: they stand for every number that rounds to them.
      if (!(a[0].number() > -0x1p63 && a[0].number() < 0x1p63)) {
        return CannotBe("int", a, kExpected);
      }
      return Value::Int(static_cast<std::int64_t>(a[0].number()));
    case Kind::kString: {
      const auto number = ParseInt(a[0].string());
      if (!number) return CannotBe("int", a, "decimal digits of a 64 bit number");
      return Value::Int(*number);
    }
    case Kind::kTimestamp:
      return Value::Int(a[0].timestamp().seconds);
    default:
      return a[0];
  }
}

Result<Value> ToUint(Arg a) {
  constexpr std::string_view kExpected = "0 to 18446744073709551615";
  switch (a[0].kind()) {
    case Kind::kInt:
      if (a[0].integer() < 0) return CannotBe("uint", a, kExpected);
      return Value::Uint(static_cast<std::uint64_t>(a[0].integer()));
    case Kind::kDouble:
      if (!(a[0].number() >= 0 && a[0].number() < 0x1p64)) return CannotBe("uint", a, kExpected);
      return Value::Uint(static_cast<std::uint64_t>(a[0].number()));
    case Kind::kString: {
      const auto number = ParseUint(a[0].string());
      if (!number) return CannotBe("uint", a, "decimal digits of a 64 bit number without sign");
      return Value::Uint(*number);
    }
    default:
      return a[0];
  }
}

Result<Value> ToDouble(Arg a) {
  switch (a[0].kind()) {
    case Kind::kInt:
      return Value::Double(static_cast<double>(a[0].integer()));
    case Kind::kUint:
      return Value::Double(static_cast<double>(a[0].unsigned_integer()));
    case Kind::kString: {
      const auto number = ParseDouble(a[0].string());
      if (!number) return CannotBe("double", a, "a decimal number, 'NaN' or 'Infinity'");
      return Value::Double(*number);
    }
    default:
      return a[0];
  }
}

Result<Value> ToBool(Arg a) {
  if (a[0].Is(Kind::kBool)) return a[0];
  for (const char* word : {"1", "t", "true", "TRUE", "True"}) {
    if (a[0].string() == word) return Value::Bool(true);
  }
  for (const char* word : {"0", "f", "false", "FALSE", "False"}) {
    if (a[0].string() == word) return Value::Bool(false);
  }
  return CannotBe("bool", a, "'true', 't', '1', 'false', 'f' or '0'");
}

Result<Value> ToString(Arg a) {
  switch (a[0].kind()) {
    case Kind::kBool:
      return Value::String(a[0].boolean() ? "true" : "false");
    case Kind::kInt:
      return Value::String(fmt::format("{}", a[0].integer()));
    case Kind::kUint:
      return Value::String(fmt::format("{}", a[0].unsigned_integer()));
    case Kind::kDouble:
      return Value::String(NumberText(a[0].number()));
    case Kind::kBytes:
      a.budget.SpendOnText(a[0].bytes().size());
      if (FindInvalidUtf8(a[0].bytes())) return CannotBe("string", a, "valid UTF-8");
      return Value::String(a[0].bytes());
    case Kind::kTimestamp:
      return Value::String(FormatTimestamp(a[0].timestamp()));
    case Kind::kDuration:
      return Value::String(FormatTimeSpan(a[0].duration()));
    default:
      return a[0];
  }
}

Result<Value> ToBytes(Arg a) {
  if (a[0].Is(Kind::kBytes)) return a[0];
  a.budget.SpendOnText(a[0].string().size());
  return Value::Bytes(a[0].string());
}

Result<Value> ToTimestamp(Arg a) {
  if (a[0].Is(Kind::kTimestamp)) return a[0];
  const auto time =
      a[0].Is(Kind::kInt) ? TimestampOfSeconds(a[0].integer()) : ParseTimestamp(a[0].string());
  if (!time) {
    return CannotBe("a timestamp", a,
                    "RFC 3339 as in '2026-03-01T09:30:00Z', or seconds since 1970, within the "
                    "years 1 to 9999");
  }
  return Value::Of(*time);
}

Result<Value> ToDuration(Arg a) {
  if (a[0].Is(Kind::kDuration)) return a[0];
  const auto span = ParseTimeSpan(a[0].string());
  if (!span) {
    return CannotBe("a duration", a,
                    "numbers with units h, m, s, ms, us, ns as in '1h30m', within 292 years");
  }
  return Value::Of(*span);
}

Result<Value> ToType(Arg a) { return Value::TypeNamed(a[0].kind()); }
Result<Value> ToDyn(Arg a) { return a[0]; }

}  // namespace

void AddConversions(FunctionTable& table) {
  const auto add = [&](std::string_view name, Kind result, std::initializer_list<Kind> from,
                       Result<Value> (*call)(Arg)) {
    std::vector<Overload> overloads;
    for (const Kind kind : from) overloads.push_back({{Type(kind)}, Type(result)});
    table.push_back({name, Style::kGlobal, std::move(overloads), call});
  };
  using enum Kind;
  add("int", kInt, {kInt, kUint, kDouble, kString, kTimestamp}, ToInt);
  add("uint", kUint, {kUint, kInt, kDouble, kString}, ToUint);
  add("double", kDouble, {kDouble, kInt, kUint, kString}, ToDouble);
  add("bool", kBool, {kBool, kString}, ToBool);
  add("string", kString, {kString, kBool, kInt, kUint, kDouble, kBytes, kTimestamp, kDuration},
      ToString);
  add("bytes", kBytes, {kBytes, kString}, ToBytes);
  add("timestamp", kTimestamp, {kTimestamp, kString, kInt}, ToTimestamp);
  table.back().is_tried_early = true;
  add("duration", kDuration, {kDuration, kString}, ToDuration);
  table.back().is_tried_early = true;
  add("type", kType, {kDyn}, ToType);
  add("dyn", kDyn, {kDyn}, ToDyn);
}

}  // namespace gatewright::cel
