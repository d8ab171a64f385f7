#include "tests/cel/answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

namespace gatewright::cel::testing {
namespace {

std::string Hex(const std::string& bytes) {
  std::string text;
  for (const char c : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return text;
}

std::string OfMap(const Value& map) {
  std::vector<std::string> entries;
  for (const auto& [key, value] : map.entries()) {
    entries.push_back(ToAnswer(key) + "=" + ToAnswer(value));
  }
  std::sort(entries.begin(), entries.end());
  return fmt::format("{{{}}}", fmt::join(entries, ","));
}

std::string OfList(const Value& list) {
  std::vector<std::string> items;
  for (const Value& item : list.items()) items.push_back(ToAnswer(item));
  return fmt::format("[{}]", fmt::join(items, ","));
}

}  // namespace

std::string ToAnswer(const Value& value) {
  switch (value.kind()) {
    case Kind::kNull:
      return "null";
    case Kind::kBool:
      return value.boolean() ? "true" : "false";
    case Kind::kInt:
      return fmt::format("i:{}", value.integer());
    case Kind::kUint:
      return fmt::format("u:{}", value.unsigned_integer());
    case Kind::kDouble:
      if (std::isnan(value.number())) return "d:nan";
      return fmt::format("d:{:016x}", std::bit_cast<std::uint64_t>(value.number()));
    case Kind::kString:
      return "s:" + Hex(value.string());
    case Kind::kBytes:
      return "b:" + Hex(value.bytes());
    case Kind::kList:
      return OfList(value);
    case Kind::kMap:
      return OfMap(value);
    case Kind::kTimestamp:
      return fmt::format("ts:{}.{}", value.timestamp().seconds, value.timestamp().nanos);
    case Kind::kDuration:
      return fmt::format("span:{}.{}", value.duration().seconds, value.duration().nanos);
    case Kind::kType:
      return fmt::format("t:{}", NameOf(value.named_type()));
    default:
      return ToText(value);
  }
}

std::string ToAnswer(const Result<Value>& value) {
  return value ? ToAnswer(*value) : std::string("error");
}

}  // namespace gatewright::cel::testing
