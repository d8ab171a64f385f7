#include "engine/cel/compare.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace gatewright::cel {
namespace {

double ToDouble(const Value& value) {
  switch (value.kind()) {
    case Kind::kInt:
      return static_cast<double>(value.integer());
    case Kind::kUint:
      return static_cast<double>(value.unsigned_integer());
    default:
      return value.number();
  }
}

std::strong_ordering OrderMixed(std::int64_t a, std::uint64_t b) {
  if (std::cmp_less(a, b)) return std::strong_ordering::less;
  return std::cmp_equal(a, b) ? std::strong_ordering::equal : std::strong_ordering::greater;
}

bool AreListsEqual(const Value::List& a, const Value::List& b, Budget& budget) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!AreEqual(a[i], b[i], budget)) return false;
  }
  return true;
}

bool AreMapsEqual(const Value& a, const Value& b, Budget& budget) {
  if (a.entries().size() != b.entries().size()) return false;
  for (const auto& [key, value] : a.entries()) {
    const Value* const other = b.Find(key);
    if (!other || !AreEqual(value, *other, budget)) return false;
  }
  return true;
}

// Strings are UTF-8, so that the order of bytes is the order of code points.
std::strong_ordering OrderText(std::string_view a, std::string_view b, Budget& budget) {
  budget.SpendOnText(std::min(a.size(), b.size()));
  return a <=> b;
}

}  // namespace

std::partial_ordering OrderNumbers(const Value& a, const Value& b) {
  if (a.kind() == b.kind()) {
    if (a.Is(Kind::kInt)) return a.integer() <=> b.integer();
    if (a.Is(Kind::kUint)) return a.unsigned_integer() <=> b.unsigned_integer();
    return a.number() <=> b.number();
  }
  if (a.Is(Kind::kInt) && b.Is(Kind::kUint)) return OrderMixed(a.integer(), b.unsigned_integer());
  if (a.Is(Kind::kUint) && b.Is(Kind::kInt)) {
    return 0 <=> OrderMixed(b.integer(), a.unsigned_integer());
  }
  return ToDouble(a) <=> ToDouble(b);
}

bool AreEqual(const Value& a, const Value& b, Budget& budget) {
  if (!budget.Spend(1)) return false;
  if (IsNumber(a.kind()) && IsNumber(b.kind())) return std::is_eq(OrderNumbers(a, b));
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Kind::kNull:
      return true;
    case Kind::kBool:
      return a.boolean() == b.boolean();
    case Kind::kString:
      return std::is_eq(OrderText(a.string(), b.string(), budget));
    case Kind::kBytes:
      return std::is_eq(OrderText(a.bytes(), b.bytes(), budget));
    case Kind::kList:
      return AreListsEqual(a.items(), b.items(), budget);
    case Kind::kMap:
      return AreMapsEqual(a, b, budget);
    case Kind::kTimestamp:
      return a.timestamp() == b.timestamp();
    case Kind::kDuration:
      return a.duration() == b.duration();
    case Kind::kType:
      return a.named_type() == b.named_type();
    case Kind::kDecision:
      return a.decision().choice == b.decision().choice &&
             a.decision().reason == b.decision().reason && a.decision().wait == b.decision().wait;
    default:
      return false;
  }
}

std::optional<std::partial_ordering> Order(const Value& a, const Value& b, Budget& budget) {
  if (IsNumber(a.kind()) && IsNumber(b.kind())) return OrderNumbers(a, b);
  if (a.kind() != b.kind()) return std::nullopt;
  switch (a.kind()) {
    case Kind::kBool:
      return a.boolean() <=> b.boolean();
    case Kind::kString:
      return OrderText(a.string(), b.string(), budget);
    case Kind::kBytes:
      return OrderText(a.bytes(), b.bytes(), budget);
    case Kind::kTimestamp:
      return a.timestamp() <=> b.timestamp();
    case Kind::kDuration:
      return a.duration() <=> b.duration();
    default:
      return std::nullopt;
  }
}

}  // namespace gatewright::cel
