#include "plugins/policies/cel_json.h"

#include <charconv>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace gatewright::policies {
namespace {

using cel::Kind;
using cel::Type;
using cel::Value;

template <class Number>
std::optional<Number> ReadWhole(std::string_view text) {
  Number value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Value ToNumber(const Json& json, const Type& type) {
  if (type.kind() == Kind::kDouble) return Value::Double(json.number());
  if (const auto whole = ReadWhole<std::int64_t>(json.source())) return Value::Int(*whole);
  if (const auto large = ReadWhole<std::uint64_t>(json.source())) return Value::Uint(*large);
  return Value::Double(json.number());
}

Type TypeOfField(const Type& object, const std::string& name) {
  if (object.kind() != Kind::kObject) return object.element();
  const auto found = object.fields().find(name);
  return found == object.fields().end() ? Type() : found->second;
}

// The one type that a schema names, apart from null; empty when there are several or none.
std::string_view NamedType(const Json& schema) {
  const Json* const type = schema.Find("type");
  if (!type) return schema.Find("properties") ? "object" : "";
  if (type->IsString()) return type->string();
  std::string_view only;
  for (const Json& one : type->items()) {
    if (one.string() == "null") continue;
    if (!only.empty()) return "";
    only = one.string();
  }
  return only;
}

Type TypeOfObjectSchema(const Json& schema) {
  const Json* const more = schema.Find("additionalProperties");
  const bool allows_more = more && !(more->IsBool() && !more->boolean());
  const Json* const properties = schema.Find("properties");
  if (!properties) return Type::Map(Type::String(), allows_more ? TypeOfSchema(*more) : Type());
  Type::Fields fields;
  for (const auto& [name, field] : properties->members()) {
    fields.emplace(name, TypeOfSchema(field));
  }
  return Type::Object(std::move(fields), allows_more);
}

}  // namespace

Value ToCel(const Json& json, const Type& type) {
  switch (json.type()) {
    case Json::Type::kNull:
      return Value::Null();
    case Json::Type::kBool:
      return Value::Bool(json.boolean());
    case Json::Type::kNumber:
      return ToNumber(json, type);
    case Json::Type::kString:
      return Value::String(json.string());
    case Json::Type::kArray: {
      Value::List items;
      for (const Json& item : json.items()) items.push_back(ToCel(item, type.element()));
      return Value::ListOf(std::move(items));
    }
    case Json::Type::kObject:
      break;
  }
  std::vector<std::pair<std::string, Value>> fields;
  for (const auto& [name, field] : json.members()) {
    fields.emplace_back(name, ToCel(field, TypeOfField(type, name)));
  }
  return Value::Object(std::move(fields));
}

Type TypeOfSchema(const Json& schema) {
  if (!schema.IsObject()) return Type();
  const std::string_view name = NamedType(schema);
  if (name == "string") return Type::String();
  if (name == "boolean") return Type::Bool();
  if (name == "integer") return Type::Int();
  if (name == "number") return Type::Double();
  if (name == "object") return TypeOfObjectSchema(schema);
  if (name != "array") return Type();
  const Json* const items = schema.Find("items");
  return Type::List(items ? TypeOfSchema(*items) : Type());
}

Type TypeOfValue(const Value& value) {
  if (value.Is(Kind::kNull)) return Type();
  if (value.Is(Kind::kList)) {
    std::optional<Type> element;
    for (const Value& item : value.items()) {
      element = element ? cel::Join(*element, TypeOfValue(item)) : TypeOfValue(item);
    }
    return Type::List(element.value_or(Type()));
  }
  if (!value.Is(Kind::kMap)) return Type(value.kind());
  Type::Fields fields;
  for (const auto& [key, item] : value.entries()) fields.emplace(key.string(), TypeOfValue(item));
  return Type::Object(std::move(fields));
}

}  // namespace gatewright::policies
