#include "tests/cel/proto_value.h"

#include <cmath>
#include <cstdlib>
#include <stdexcept>

#include "engine/cel/number_text.h"
#include "engine/cel/type_names.h"

namespace gatewright::cel::testing {
namespace {

double ToDouble(const std::string& text) { return std::strtod(text.c_str(), nullptr); }

Value ToList(const Message& message) {
  Value::List items;
  for (const Message* item : message.All("values")) items.push_back(ToValue(*item));
  return Value::ListOf(std::move(items));
}

Value ToMap(const Message& message) {
  Value::Entries entries;
  for (const Message* entry : message.All("entries")) {
    entries.push_back({ToValue(*entry->Find("key")), ToValue(*entry->Find("value"))});
  }
  return *Value::MapOf(std::move(entries));
}

}  // namespace

Value ToValue(const Message& message) {
  const auto& field = message.fields.at(0);
  if (field.name == "null_value") return Value::Null();
  if (field.name == "bool_value") return Value::Bool(field.text == "true");
  if (field.name == "int64_value") return Value::Int(*ParseInt(field.text));
  if (field.name == "uint64_value") return Value::Uint(*ParseUint(field.text));
  if (field.name == "double_value") return Value::Double(ToDouble(field.text));
  if (field.name == "string_value") return Value::String(field.text);
  if (field.name == "bytes_value") return Value::Bytes(field.text);
  if (field.name == "list_value") return ToList(field.message);
  if (field.name == "map_value") return ToMap(field.message);
  if (field.name == "type_value") {
    if (const auto kind = FindTypeNamed(field.text)) return Value::TypeNamed(*kind);
  }
  throw std::runtime_error("no counterpart for " + field.name + " " + field.text);
}

Type ToType(const Message& message) {
  const auto& field = message.fields.at(0);
  if (field.name == "null") return Type(Kind::kNull);
  if (field.name == "list_type") return Type::List(ToType(*field.message.Find("elem_type")));
  if (field.name == "map_type") {
    return Type::Map(ToType(*field.message.Find("key_type")),
                     ToType(*field.message.Find("value_type")));
  }
  if (field.text == "BOOL") return Type::Bool();
  if (field.text == "INT64") return Type::Int();
  if (field.text == "UINT64") return Type(Kind::kUint);
  if (field.text == "DOUBLE") return Type::Double();
  if (field.text == "STRING") return Type::String();
  if (field.text == "BYTES") return Type(Kind::kBytes);
  throw std::runtime_error("no counterpart for type " + field.name + " " + field.text);
}

bool AreSame(const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return false;
  if (a.Is(Kind::kDouble)) {
    if (std::isnan(a.number()) || std::isnan(b.number())) {
      return std::isnan(a.number()) && std::isnan(b.number());
    }
    return a.number() == b.number() && std::signbit(a.number()) == std::signbit(b.number());
  }
  if (a.Is(Kind::kList)) {
    if (a.items().size() != b.items().size()) return false;
    for (std::size_t i = 0; i < a.items().size(); ++i) {
      if (!AreSame(a.items()[i], b.items()[i])) return false;
    }
    return true;
  }
  if (a.Is(Kind::kMap)) {
    if (a.entries().size() != b.entries().size()) return false;
    for (const auto& [key, value] : a.entries()) {
      const Value* const other = b.Find(key);
      if (!other || !AreSame(value, *other)) return false;
    }
    return true;
  }
  return ToText(a, 1 << 20) == ToText(b, 1 << 20);
}

}  // namespace gatewright::cel::testing
