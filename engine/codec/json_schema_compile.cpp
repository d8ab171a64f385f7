// From a schema document to nodes. Collects every mistake instead of stopping at the first, and
// refuses schemas that could make the validator run without end.
// Long: one function per keyword of JSON Schema, read side by side with the validator.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <map>
#include <set>

#include "engine/base/edit_distance.h"
#include "engine/codec/json.h"
#include "engine/codec/json_schema_node.h"

namespace gatewright::codec {
namespace {

namespace json = boost::json;
using Node = JsonSchema::Node;

constexpr std::size_t kMaxNodes = 10'000;
constexpr std::size_t kMaxDepth = 64;
constexpr std::size_t kMaxPattern = 1'000;
constexpr std::size_t kMaxReferences = 500;  // one after the other, on the same value

// Keywords that only describe. They are checked for nothing and change nothing.
constexpr std::array<std::string_view, 13> kAnnotations = {
    "title",    "description",     "default",         "examples", "deprecated",
    "readOnly", "writeOnly",       "$schema",         "$id",      "$comment",
    "$defs",    "contentEncoding", "contentMediaType"};

constexpr std::array<std::pair<std::string_view, unsigned>, 7> kTypes = {{{"null", kTypeNull},
                                                                          {"boolean", kTypeBoolean},
                                                                          {"integer", kTypeInteger},
                                                                          {"number", kTypeNumber},
                                                                          {"string", kTypeString},
                                                                          {"array", kTypeArray},
                                                                          {"object", kTypeObject}}};

// RE2 has no \uXXXX, which patterns written for JavaScript use.
std::string ForRe2(std::string_view pattern) {
  std::string out;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '\\' || i + 1 == pattern.size()) {
      out += pattern[i];
      continue;
    }
    const bool is_unicode_escape =
        pattern[i + 1] == 'u' && i + 5 < pattern.size() &&
        pattern.substr(i + 2, 4).find_first_not_of("0123456789abcdefABCDEF") == pattern.npos;
    if (is_unicode_escape) {
      out += fmt::format("\\x{{{}}}", pattern.substr(i + 2, 4));
      i += 5;
    } else {
      out += pattern[i++];
      out += pattern[i];
    }
  }
  return out;
}

std::optional<std::string> UnescapePointerToken(std::string_view token) {
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] != '~') {
      out += token[i];
    } else if (++i < token.size() && (token[i] == '0' || token[i] == '1')) {
      out += token[i] == '0' ? '~' : '/';
    } else {
      return std::nullopt;
    }
  }
  return out;
}

class Compiler {
 public:
  Compiler(const json::value& document, std::vector<SchemaProblem>& mistakes)
      : document_(document), mistakes_(mistakes) {}

  std::shared_ptr<const SchemaProgram> Run() {
    program_->root = Compile(document_, "", 0);
    if (mistakes_.empty()) RefuseEndlessReferences();
    return program_;
  }

 private:
  using Reader = void (Compiler::*)(Node&, const json::value&, const std::string&, std::size_t);
  static const std::map<std::string_view, Reader>& Readers();

  void Mistake(const std::string& pointer, std::string_view keyword, std::string message) {
    mistakes_.push_back({pointer, std::string(keyword), std::move(message)});
  }

  const Node* Compile(const json::value& schema, const std::string& pointer, std::size_t depth) {
    if (const auto found = by_pointer_.find(pointer); found != by_pointer_.end()) {
      return found->second;
    }
    if (program_->nodes.size() >= kMaxNodes || depth > kMaxDepth) {
      if (!is_too_large_) {
        Mistake(pointer, "",
                fmt::format("the schema is too large (allowed: {} schemas, nested {} "
                            "deep)",
                            kMaxNodes, kMaxDepth));
      }
      is_too_large_ = true;
      return nullptr;
    }
    program_->nodes.push_back(std::make_unique<Node>());
    Node& node = *program_->nodes.back();
    by_pointer_[pointer] = &node;
    if (schema.is_bool()) {
      node.is_never = !schema.get_bool();
    } else if (const auto* object = schema.if_object()) {
      for (const auto& member : *object) ReadKeyword(node, member, pointer, depth);
      CheckTogether(node, *object, pointer);
    } else {
      Mistake(pointer, "", "expected a schema: an object, true or false");
    }
    return &node;
  }

  void ReadKeyword(Node& node, const json::key_value_pair& member, const std::string& pointer,
                   std::size_t depth) {
    const std::string_view keyword = member.key();
    const std::string at = JoinPointer(pointer, keyword);
    if (const auto reader = Readers().find(keyword); reader != Readers().end()) {
      (this->*reader->second)(node, member.value(), at, depth + 1);
      return;
    }
    if (std::find(kAnnotations.begin(), kAnnotations.end(), keyword) != kAnnotations.end()) {
      ReadAnnotation(node, keyword, member.value(), at, depth);
      return;
    }
    std::vector<std::string_view> known(kAnnotations.begin(), kAnnotations.end());
    for (const auto& [name, reader] : Readers()) known.push_back(name);
    const std::string hint =
        keyword == "definitions"
            ? std::string(" Did you mean '$defs'?")
            : DidYouMeanSuffix(keyword, std::span<const std::string_view>(known));
    Mistake(at, keyword,
            fmt::format("'{}' is not a keyword this validator honours.{}", keyword, hint));
  }

  void ReadAnnotation(Node& node, std::string_view keyword, const json::value& value,
                      const std::string& at, std::size_t depth) {
    if (keyword == "$defs") {
      ForEachSchema(value, at, depth, [](const std::string&, const Node*) {});
    } else if (keyword == "description" || keyword == "title") {
      if (const auto* text = value.if_string()) {
        if (keyword == "description" || node.description.empty()) node.description = *text;
      } else {
        Mistake(at, keyword, "expected a string");
      }
    }
  }

  // Mistakes that show only when all keywords of one schema are known.
  void CheckTogether(const Node& node, const json::object& schema, const std::string& pointer) {
    const auto out_of_order = [&](const auto& low, const auto& high, std::string_view names) {
      if (low && high && *low > *high) {
        Mistake(pointer, names, fmt::format("{}: nothing can satisfy both", names));
      }
    };
    out_of_order(node.min_length, node.max_length, "minLength > maxLength");
    out_of_order(node.min_items, node.max_items, "minItems > maxItems");
    out_of_order(node.min_properties, node.max_properties, "minProperties > maxProperties");
    out_of_order(node.minimum, node.maximum, "minimum > maximum");
    if (!schema.contains("if") && (schema.contains("then") || schema.contains("else"))) {
      Mistake(pointer, "if", "'then' and 'else' mean nothing without 'if'");
    }
  }

  // ---- readers of one keyword ----

  void ReadType(Node& node, const json::value& value, const std::string& at, std::size_t) {
    const auto add = [&](const json::value& name) {
      for (const auto& [known, bit] : kTypes) {
        if (name.is_string() && name.get_string() == known) {
          node.types |= bit;
          return;
        }
      }
      std::vector<std::string_view> names;
      for (const auto& type : kTypes) names.push_back(type.first);
      const std::string found = name.is_string() ? std::string(name.get_string()) : ToJson(name);
      Mistake(at, "type",
              fmt::format("'{}' is not a type (allowed: {}).{}", found, fmt::join(names, ", "),
                          DidYouMeanSuffix(found, std::span<const std::string_view>(names))));
    };
    if (const auto* list = value.if_array()) {
      if (list->empty()) Mistake(at, "type", "expected at least one type");
      for (const auto& name : *list) add(name);
    } else {
      add(value);
    }
  }

  void ReadEnum(Node& node, const json::value& value, const std::string& at, std::size_t) {
    const auto* list = value.if_array();
    if (!list || list->empty()) return Mistake(at, "enum", "expected a list of allowed values");
    node.allowed.assign(list->begin(), list->end());
    node.has_enum = true;
  }

  void ReadConst(Node& node, const json::value& value, const std::string&, std::size_t) {
    node.constant = value;
  }

  template <class Function>
  void ForEachSchema(const json::value& value, const std::string& at, std::size_t depth,
                     Function&& use) {
    const auto* object = value.if_object();
    if (!object) return Mistake(at, "", "expected an object of schemas");
    for (const auto& member : *object) {
      const std::string name(member.key());
      use(name, Compile(member.value(), JoinPointer(at, name), depth));
    }
  }

  void ReadProperties(Node& node, const json::value& value, const std::string& at,
                      std::size_t depth) {
    ForEachSchema(value, at, depth, [&](const std::string& name, const Node* schema) {
      node.properties[name] = schema;
      node.property_names.push_back(name);
    });
  }

  void ReadPatternProperties(Node& node, const json::value& value, const std::string& at,
                             std::size_t depth) {
    ForEachSchema(value, at, depth, [&](const std::string& pattern, const Node* schema) {
      if (auto compiled = CompilePattern(pattern, JoinPointer(at, pattern))) {
        node.pattern_properties.emplace_back(std::move(*compiled), schema);
      }
    });
  }

  void ReadDependentSchemas(Node& node, const json::value& value, const std::string& at,
                            std::size_t depth) {
    ForEachSchema(value, at, depth, [&](const std::string& name, const Node* schema) {
      node.dependent_schemas.emplace_back(name, schema);
    });
  }

  std::vector<std::string> ReadNames(const json::value& value, const std::string& at) {
    std::vector<std::string> names;
    const auto* list = value.if_array();
    if (!list) {
      Mistake(at, "", "expected a list of property names");
      return names;
    }
    for (const auto& name : *list) {
      if (name.is_string()) {
        names.emplace_back(name.get_string());
      } else {
        Mistake(at, "", fmt::format("expected a property name, found {}", ToJson(name)));
      }
    }
    return names;
  }

  void ReadRequired(Node& node, const json::value& value, const std::string& at, std::size_t) {
    node.required = ReadNames(value, at);
  }

  void ReadDependentRequired(Node& node, const json::value& value, const std::string& at,
                             std::size_t) {
    const auto* object = value.if_object();
    if (!object) return Mistake(at, "dependentRequired", "expected an object of lists of names");
    for (const auto& member : *object) {
      node.dependent_required.emplace_back(
          member.key(), ReadNames(member.value(), JoinPointer(at, member.key())));
    }
  }

  template <const Node* Node::*Member>
  void ReadSchema(Node& node, const json::value& value, const std::string& at, std::size_t depth) {
    node.*Member = Compile(value, at, depth);
  }

  template <std::vector<const Node*> Node::*Member>
  void ReadSchemas(Node& node, const json::value& value, const std::string& at, std::size_t depth) {
    const auto* list = value.if_array();
    if (!list || list->empty()) return Mistake(at, "", "expected a list of schemas");
    std::size_t index = 0;
    for (const auto& schema : *list) {
      (node.*Member).push_back(Compile(schema, JoinPointer(at, index++), depth));
    }
  }

  template <std::optional<std::size_t> Node::*Member>
  void ReadCount(Node& node, const json::value& value, const std::string& at, std::size_t) {
    std::optional<long double> number = NumberOf(value);
    const bool is_count = number && *number >= 0 && *number <= 1e15L &&
                          *number == static_cast<long double>(static_cast<std::size_t>(*number));
    if (!is_count) return Mistake(at, "", "expected a whole number of at least 0");
    node.*Member = static_cast<std::size_t>(*number);
  }

  template <std::optional<long double> Node::*Member>
  void ReadNumber(Node& node, const json::value& value, const std::string& at, std::size_t) {
    node.*Member = NumberOf(value);
    if (!(node.*Member)) return Mistake(at, "", "expected a number");
    if (Member == &Node::multiple_of && *(node.*Member) <= 0) {
      Mistake(at, "multipleOf", "expected a number greater than 0");
    }
  }

  static std::optional<long double> NumberOf(const json::value& value) {
    if (value.is_int64()) return static_cast<long double>(value.get_int64());
    if (value.is_uint64()) return static_cast<long double>(value.get_uint64());
    if (value.is_double()) return static_cast<long double>(value.get_double());
    return std::nullopt;
  }

  void ReadUniqueItems(Node& node, const json::value& value, const std::string& at, std::size_t) {
    if (!value.is_bool()) return Mistake(at, "uniqueItems", "expected true or false");
    node.has_unique_items = value.get_bool();
  }

  std::optional<SchemaPattern> CompilePattern(std::string_view pattern, const std::string& at) {
    if (pattern.size() > kMaxPattern) {
      Mistake(at, "pattern",
              fmt::format("the pattern has {} bytes (allowed: {})", pattern.size(), kMaxPattern));
      return std::nullopt;
    }
    re2::RE2::Options options;
    options.set_log_errors(false);
    auto expression = std::make_unique<const re2::RE2>(ForRe2(pattern), options);
    if (!expression->ok()) {
      Mistake(at, "pattern",
              fmt::format("the pattern '{}' cannot be read: {} (RE2 syntax: no look-around, no "
                          "back-references)",
                          pattern, expression->error()));
      return std::nullopt;
    }
    return SchemaPattern{std::string(pattern), std::move(expression)};
  }

  void ReadPattern(Node& node, const json::value& value, const std::string& at, std::size_t) {
    const auto* text = value.if_string();
    if (!text) return Mistake(at, "pattern", "expected a string");
    node.pattern = CompilePattern(*text, at);
  }

  void ReadFormat(Node& node, const json::value& value, const std::string& at, std::size_t) {
    const auto* text = value.if_string();
    if (!text) return Mistake(at, "format", "expected a string");
    node.format = *text;
  }

  void ReadRef(Node& node, const json::value& value, const std::string& at, std::size_t depth) {
    const auto* text = value.if_string();
    if (!text || !text->starts_with("#")) {
      return Mistake(at, "$ref",
                     fmt::format("expected a reference inside this schema, such as "
                                 "'#/$defs/name', found {}",
                                 ToJson(value)));
    }
    const json::value* target = &document_;
    std::string_view rest = std::string_view(*text).substr(1);
    std::string pointer;
    while (target && !rest.empty()) {
      const std::size_t end = rest.front() == '/' ? std::min(rest.find('/', 1), rest.size()) : 0;
      const auto token = end == 0 ? std::nullopt : UnescapePointerToken(rest.substr(1, end - 1));
      target = token ? Step(*target, *token) : nullptr;
      if (token) pointer = JoinPointer(pointer, *token);
      rest.remove_prefix(end);
      if (end == 0) break;
    }
    if (!target) {
      return Mistake(at, "$ref",
                     fmt::format("'{}' names nothing in this schema", std::string_view(*text)));
    }
    node.ref = Compile(*target, pointer, depth);
  }

  static const json::value* Step(const json::value& value, const std::string& token) {
    if (const auto* object = value.if_object()) return object->if_contains(token);
    const auto* array = value.if_array();
    if (!array || token.empty() || token.size() > 9) return nullptr;
    if (token.find_first_not_of("0123456789") != token.npos) return nullptr;
    return array->if_contains(static_cast<std::size_t>(std::stoul(token)));
  }

  // ---- references that lead back to themselves without going deeper into the document ----

  static std::vector<const Node*> SameInstance(const Node& node) {
    std::vector<const Node*> next = {node.ref, node.not_schema, node.if_schema, node.then_schema,
                                     node.else_schema};
    for (const auto* list : {&node.all_of, &node.any_of, &node.one_of}) {
      next.insert(next.end(), list->begin(), list->end());
    }
    for (const auto& [name, schema] : node.dependent_schemas) next.push_back(schema);
    std::erase(next, nullptr);
    return next;
  }

  bool LeadsBack(const Node* node, std::set<const Node*>& on_path, std::set<const Node*>& done) {
    if (done.contains(node)) return false;
    if (on_path.size() > kMaxReferences || !on_path.insert(node).second) return true;
    for (const Node* next : SameInstance(*node)) {
      if (LeadsBack(next, on_path, done)) return true;
    }
    on_path.erase(node);
    done.insert(node);
    return false;
  }

  void RefuseEndlessReferences() {
    std::set<const Node*> done;
    for (const auto& [pointer, node] : by_pointer_) {
      std::set<const Node*> on_path;
      if (!LeadsBack(node, on_path, done)) continue;
      return Mistake(pointer, "$ref",
                     "the schema refers to itself without end (or through too many steps)");
    }
  }

  const json::value& document_;
  std::vector<SchemaProblem>& mistakes_;
  std::shared_ptr<SchemaProgram> program_ = std::make_shared<SchemaProgram>();
  std::map<std::string, Node*> by_pointer_;
  bool is_too_large_ = false;
};

const std::map<std::string_view, Compiler::Reader>& Compiler::Readers() {
  static const std::map<std::string_view, Reader> readers = {
      {"type", &Compiler::ReadType},
      {"enum", &Compiler::ReadEnum},
      {"const", &Compiler::ReadConst},
      {"properties", &Compiler::ReadProperties},
      {"patternProperties", &Compiler::ReadPatternProperties},
      {"additionalProperties", &Compiler::ReadSchema<&Node::additional_properties>},
      {"propertyNames", &Compiler::ReadSchema<&Node::names>},
      {"required", &Compiler::ReadRequired},
      {"dependentRequired", &Compiler::ReadDependentRequired},
      {"dependentSchemas", &Compiler::ReadDependentSchemas},
      {"minProperties", &Compiler::ReadCount<&Node::min_properties>},
      {"maxProperties", &Compiler::ReadCount<&Node::max_properties>},
      {"items", &Compiler::ReadSchema<&Node::items>},
      {"prefixItems", &Compiler::ReadSchemas<&Node::prefix_items>},
      {"contains", &Compiler::ReadSchema<&Node::contains>},
      {"minContains", &Compiler::ReadCount<&Node::min_contains>},
      {"maxContains", &Compiler::ReadCount<&Node::max_contains>},
      {"minItems", &Compiler::ReadCount<&Node::min_items>},
      {"maxItems", &Compiler::ReadCount<&Node::max_items>},
      {"uniqueItems", &Compiler::ReadUniqueItems},
      {"minLength", &Compiler::ReadCount<&Node::min_length>},
      {"maxLength", &Compiler::ReadCount<&Node::max_length>},
      {"pattern", &Compiler::ReadPattern},
      {"format", &Compiler::ReadFormat},
      {"minimum", &Compiler::ReadNumber<&Node::minimum>},
      {"maximum", &Compiler::ReadNumber<&Node::maximum>},
      {"exclusiveMinimum", &Compiler::ReadNumber<&Node::exclusive_minimum>},
      {"exclusiveMaximum", &Compiler::ReadNumber<&Node::exclusive_maximum>},
      {"multipleOf", &Compiler::ReadNumber<&Node::multiple_of>},
      {"allOf", &Compiler::ReadSchemas<&Node::all_of>},
      {"anyOf", &Compiler::ReadSchemas<&Node::any_of>},
      {"oneOf", &Compiler::ReadSchemas<&Node::one_of>},
      {"not", &Compiler::ReadSchema<&Node::not_schema>},
      {"if", &Compiler::ReadSchema<&Node::if_schema>},
      {"then", &Compiler::ReadSchema<&Node::then_schema>},
      {"else", &Compiler::ReadSchema<&Node::else_schema>},
      {"$ref", &Compiler::ReadRef}};
  return readers;
}

}  // namespace

std::shared_ptr<const SchemaProgram> CompileSchema(const json::value& schema,
                                                   std::vector<SchemaProblem>& mistakes) {
  return Compiler(schema, mistakes).Run();
}

}  // namespace gatewright::codec
