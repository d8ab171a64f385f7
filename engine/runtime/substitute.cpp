#include "engine/runtime/substitute.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "engine/codec/json.h"

namespace gatewright::runtime {
namespace {

namespace json = boost::json;

const json::value* FindPath(const json::value& scope, std::string_view path) {
  const json::value* at = &scope;
  while (!path.empty()) {
    const auto dot = path.find('.');
    const auto* object = at->if_object();
    if (object == nullptr) return nullptr;
    at = object->if_contains(path.substr(0, dot));
    if (at == nullptr) return nullptr;
    path.remove_prefix(dot == std::string_view::npos ? path.size() : dot + 1);
  }
  return at;
}

class Substituter {
 public:
  explicit Substituter(const json::value& scope) : scope_(scope) {}

  void Walk(json::value& value) {
    if (auto* text = value.if_string()) {
      if (std::string_view(*text).find("${") != std::string_view::npos) *text = Replaced(*text);
    } else if (auto* array = value.if_array()) {
      for (json::value& element : *array) Walk(element);
    } else if (auto* object = value.if_object()) {
      for (auto& member : *object) Walk(member.value());
    }
  }

  std::vector<std::string> missing_paths;

 private:
  std::string Replaced(std::string_view text) {
    std::string out;
    while (true) {
      const auto start = text.find("${");
      const auto end = start == std::string_view::npos ? start : text.find('}', start);
      if (end == std::string_view::npos) return out.append(text);
      out.append(text, 0, start);
      out.append(ValueAt(text.substr(start + 2, end - start - 2)));
      text.remove_prefix(end + 1);
    }
  }

  std::string ValueAt(std::string_view path) {
    const json::value* value = FindPath(scope_, path);
    if (value == nullptr || value->is_object() || value->is_array() || value->is_null()) {
      missing_paths.emplace_back(path);
      return "";
    }
    if (const auto* text = value->if_string()) return std::string(*text);
    return codec::ToJson(*value);
  }

  const json::value& scope_;
};

}  // namespace

Result<Substituted> Substitute(std::string_view with_json, std::string_view scope_json) {
  if (with_json.find("${") == std::string_view::npos)
    return Substituted{std::string(with_json), {}};
  GW_TRY(config, codec::ParseJson(with_json));
  GW_TRY(scope, codec::ParseJson(scope_json));
  Substituter substituter(scope);
  substituter.Walk(config);
  return Substituted{codec::ToJson(config), std::move(substituter.missing_paths)};
}

}  // namespace gatewright::runtime
