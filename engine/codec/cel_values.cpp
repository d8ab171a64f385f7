#include "engine/codec/cel_values.h"

#include <boost/json/value.hpp>
#include <cmath>
#include <utility>
#include <vector>

#include "engine/codec/json.h"
#include "engine/codec/json_writer.h"

namespace gatewright::codec {
namespace {

using cel::Kind;
using cel::Value;

std::string KeyText(const Value& key) {
  return key.Is(Kind::kString) ? key.string() : cel::ToText(key);
}

void Write(JsonWriter& out, const Value& value) {
  switch (value.kind()) {
    case Kind::kNull:
      out.Null();
      return;
    case Kind::kBool:
      out.Boolean(value.boolean());
      return;
    case Kind::kInt:
      out.Integer(value.integer());
      return;
    case Kind::kUint:
      out.Raw(std::to_string(value.unsigned_integer()));
      return;
    case Kind::kDouble:
      if (!std::isfinite(value.number())) break;
      out.Raw(ToJson(boost::json::value(value.number())));
      return;
    case Kind::kString:
      out.Text(value.string());
      return;
    case Kind::kList:
      out.OpenArray();
      for (const Value& item : value.items()) Write(out, item);
      out.CloseArray();
      return;
    case Kind::kMap:
      out.OpenObject();
      for (const auto& [key, item] : value.entries()) {
        out.ForeignKey(KeyText(key));
        Write(out, item);
      }
      out.CloseObject();
      return;
    case Kind::kTimestamp:
      out.Text(cel::FormatTimestamp(value.timestamp()));
      return;
    case Kind::kDuration:
      out.Text(cel::FormatTimeSpan(value.duration()));
      return;
    case Kind::kDecision:
      out.OpenObject().Key("decision").Text(cel::NameOf(value.decision().choice));
      out.Key("reason").Text(value.decision().reason);
      if (value.decision().choice == cel::Decision::Choice::kWait) {
        out.Key("wait").Text(cel::FormatTimeSpan(value.decision().wait));
      }
      out.CloseObject();
      return;
    default:
      break;
  }
  out.Text(cel::ToText(value, std::size_t{64} * 1024));
}

}  // namespace

Value ToCel(const boost::json::value& value) {
  switch (value.kind()) {
    case boost::json::kind::null:
      return Value::Null();
    case boost::json::kind::bool_:
      return Value::Bool(value.get_bool());
    case boost::json::kind::int64:
      return Value::Int(value.get_int64());
    case boost::json::kind::uint64:
      return Value::Uint(value.get_uint64());
    case boost::json::kind::double_:
      return Value::Double(value.get_double());
    case boost::json::kind::string:
      return Value::String(std::string(value.get_string()));
    case boost::json::kind::array: {
      Value::List items;
      for (const auto& item : value.get_array()) items.push_back(ToCel(item));
      return Value::ListOf(std::move(items));
    }
    case boost::json::kind::object:
      break;
  }
  std::vector<std::pair<std::string, Value>> fields;
  for (const auto& [key, item] : value.get_object()) fields.emplace_back(key, ToCel(item));
  return Value::Object(std::move(fields));
}

std::string CelToJson(const Value& value) {
  std::string text;
  JsonWriter out(text);
  Write(out, value);
  return text;
}

}  // namespace gatewright::codec
