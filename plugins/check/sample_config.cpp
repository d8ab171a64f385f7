#include "plugins/check/sample_config.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cmath>
#include <cstdint>
#include <set>

#include "engine/codec/json.h"

namespace gatewright::check {
namespace {

namespace json = boost::json;

constexpr int kDeepest = 24;

// What a pattern, a format or a short sentence may have meant.
constexpr std::string_view kTexts[] = {"sample",
                                       "a",
                                       "1",
                                       "A",
                                       "/",
                                       "/a",
                                       "a=b",
                                       "10m",
                                       "09:00",
                                       "2026-01-06",
                                       "2026-01-06T09:00:00Z",
                                       "1.0.0",
                                       "https://example.com/",
                                       "ann@example.com",
                                       "example.com",
                                       "192.0.2.1",
                                       "2001:db8::1",
                                       "P1D",
                                       "018f0000-0000-7000-8000-000000000000"};

class Sampler {
 public:
  Sampler(const json::value& root, bool with_optional)
      : root_(root), with_optional_(with_optional) {}

  json::value Make(const json::value& schema, int depth = 0) const {
    const json::object* const node = schema.if_object();
    if (node == nullptr || depth > kDeepest) return json::object();
    if (const auto* examples = Array(*node, "examples"); examples && !examples->empty()) {
      return examples->front();
    }
    for (const char* fixed : {"const", "default"}) {
      if (const auto* value = node->if_contains(fixed)) return *value;
    }
    if (const auto* allowed = Array(*node, "enum"); allowed && !allowed->empty()) {
      return allowed->front();
    }
    if (const auto* reference = node->if_contains("$ref")) {
      if (const json::value* target = Find(*reference)) return Make(*target, depth + 1);
    }
    for (const char* choice : {"oneOf", "anyOf"}) {
      const auto* choices = Array(*node, choice);
      if (choices && !choices->empty() && !node->contains("properties")) {
        return Make(choices->front(), depth + 1);
      }
    }
    return OfType(*node, depth);
  }

 private:
  static const json::array* Array(const json::object& node, std::string_view key) {
    const json::value* const value = node.if_contains(key);
    return value ? value->if_array() : nullptr;
  }

  static double Number(const json::object& node, std::string_view key, double fallback) {
    const json::value* const value = node.if_contains(key);
    return value && value->is_number() ? value->to_number<double>() : fallback;
  }

  // "#/$defs/name" and the like; no other reference compiles.
  const json::value* Find(const json::value& reference) const {
    if (!reference.is_string()) return nullptr;
    const std::string_view text = reference.get_string();
    if (text == "#") return &root_;
    if (!text.starts_with("#/")) return nullptr;
    boost::system::error_code problem;
    return root_.find_pointer(text.substr(1), problem);
  }

  static std::string TypeOf(const json::object& node) {
    if (const json::value* const type = node.if_contains("type")) {
      if (type->is_string()) return std::string(type->get_string());
      if (const auto* types = type->if_array(); types && !types->empty()) {
        return std::string(types->front().get_string());
      }
    }
    if (node.contains("properties") || node.contains("required")) return "object";
    if (node.contains("items") || node.contains("prefixItems")) return "array";
    if (node.contains("minimum") || node.contains("maximum")) return "number";
    return node.contains("additionalProperties") ? "object" : "string";
  }

  json::value OfType(const json::object& node, int depth) const {
    const std::string type = TypeOf(node);
    if (type == "object") return MakeObject(node, depth);
    if (type == "array") return MakeArray(node, depth);
    if (type == "integer") return static_cast<std::int64_t>(std::ceil(Lowest(node)));
    if (type == "number") return Lowest(node);
    if (type == "boolean") return false;
    if (type == "null") return nullptr;
    return MakeText(node);
  }

  static double Lowest(const json::object& node) {
    const double low =
        std::max(Number(node, "minimum", 1), Number(node, "exclusiveMinimum", 0) + 1);
    const double step = Number(node, "multipleOf", 1);
    return std::min(std::ceil(low / step) * step, Number(node, "maximum", low + step));
  }

  json::value MakeObject(const json::object& node, int depth) const {
    std::set<std::string> wanted;
    const auto require = [&wanted](const json::object& part) {
      if (const auto* required = Array(part, "required")) {
        for (const json::value& name : *required) wanted.emplace(name.get_string());
      }
    };
    require(node);
    // The first way out of several is as good as any.
    for (const char* choice : {"oneOf", "anyOf"}) {
      const auto* choices = Array(node, choice);
      if (choices && !choices->empty() && choices->front().is_object()) {
        require(choices->front().get_object());
      }
    }
    json::object made;
    const json::value* const properties = node.if_contains("properties");
    if (properties && properties->is_object()) {
      for (const auto& property : properties->get_object()) {
        const std::string name(property.key());
        if (with_optional_ || wanted.contains(name)) {
          made[name] = Make(property.value(), depth + 1);
        }
      }
    }
    for (const std::string& name : wanted) {
      if (!made.contains(name)) made[name] = "sample";
    }
    return made;
  }

  json::value MakeArray(const json::object& node, int depth) const {
    json::array made;
    if (const auto* first = Array(node, "prefixItems")) {
      for (const json::value& item : *first) made.push_back(Make(item, depth + 1));
    }
    const std::size_t wanted =
        static_cast<std::size_t>(Number(node, "minItems", with_optional_ ? 1 : 0));
    const json::value* const items = node.if_contains("items");
    while (made.size() < wanted) {
      made.push_back(items ? Make(*items, depth + 1) : json::value("sample"));
    }
    return made;
  }

  // The first text that this very schema accepts.
  static json::value MakeText(const json::object& node) {
    const auto schema = codec::JsonSchema::Compile(json::value(
        json::object(node)));  // a $ref inside a string's schema does not compile, and is rare
    const auto shortest = static_cast<std::size_t>(Number(node, "minLength", 0));
    for (const std::string_view text : kTexts) {
      std::string tried(text);
      while (tried.size() < shortest) tried += tried;
      if (!schema || schema->Validate(json::value(tried)).empty()) return json::value(tried);
    }
    return "sample";
  }

  const json::value& root_;
  bool with_optional_;
};

}  // namespace

std::vector<SampleConfig> SampleConfigs(std::string_view schema_json,
                                        const codec::JsonSchema& schema) {
  const auto document = codec::ParseJson(schema_json);
  if (!document) return {};
  std::vector<SampleConfig> samples;
  const auto add = [&](const json::value& config, bool is_example) {
    if (!config.is_object() || !schema.Validate(config).empty()) return;
    std::string text = codec::ToJson(config);
    const auto is_it = [&](const SampleConfig& known) { return known.json == text; };
    if (std::ranges::none_of(samples, is_it)) samples.push_back({std::move(text), is_example});
  };
  if (const auto* node = document->if_object()) {
    if (const auto* examples = node->if_contains("examples"); examples && examples->is_array()) {
      for (const json::value& example : examples->get_array()) add(example, true);
    }
  }
  // The examples have been taken, so that the samplers look at what is below.
  json::value rest = *document;
  if (auto* node = rest.if_object()) node->erase("examples");
  add(Sampler(rest, false).Make(rest), false);
  add(Sampler(rest, true).Make(rest), false);
  return samples;
}

}  // namespace gatewright::check
