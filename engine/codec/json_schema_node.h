// engine/codec/json_schema_node.h: a compiled schema as the validator walks it. Inside the codec
// only. Immutable once compiled.
#pragma once

#include <re2/re2.h>

#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/codec/json_schema.h"

namespace gatewright::codec {

enum JsonType : unsigned {
  kTypeNull = 1,
  kTypeBoolean = 2,
  kTypeInteger = 4,
  kTypeNumber = 8,  // includes integers
  kTypeString = 16,
  kTypeArray = 32,
  kTypeObject = 64,
};

struct SchemaPattern {
  std::string text;  // as written
  std::unique_ptr<const re2::RE2> expression;
};

// One schema. Pointers are to nodes of the same program; null or empty = keyword not given.
struct JsonSchema::Node {
  bool is_never = false;  // the schema `false`
  unsigned types = 0;     // JsonType bits; 0 = any
  std::optional<boost::json::value> constant;
  std::vector<boost::json::value> allowed;  // enum
  bool has_enum = false;
  std::string description;  // shown when nothing better can be said

  // objects
  std::unordered_map<std::string, const Node*> properties;
  std::vector<std::string> property_names;  // in the order of the schema
  std::vector<std::string> required;
  std::vector<std::pair<SchemaPattern, const Node*>> pattern_properties;
  const Node* additional_properties = nullptr;
  const Node* names = nullptr;  // propertyNames
  std::optional<std::size_t> min_properties, max_properties;
  std::vector<std::pair<std::string, std::vector<std::string>>> dependent_required;
  std::vector<std::pair<std::string, const Node*>> dependent_schemas;

  // arrays
  const Node* items = nullptr;
  std::vector<const Node*> prefix_items;
  const Node* contains = nullptr;
  std::optional<std::size_t> min_contains, max_contains;
  std::optional<std::size_t> min_items, max_items;
  bool has_unique_items = false;

  // strings
  std::optional<std::size_t> min_length, max_length;
  std::optional<SchemaPattern> pattern;
  std::string format;

  // numbers; long double holds every 64-bit integer exactly
  std::optional<long double> minimum, maximum, exclusive_minimum, exclusive_maximum, multiple_of;

  // combinations
  std::vector<const Node*> all_of, any_of, one_of;
  const Node* not_schema = nullptr;
  const Node* if_schema = nullptr;
  const Node* then_schema = nullptr;
  const Node* else_schema = nullptr;
  const Node* ref = nullptr;
};

// Owns every node of one schema; `JsonSchema` shares it.
struct SchemaProgram {
  std::vector<std::unique_ptr<JsonSchema::Node>> nodes;
  const JsonSchema::Node* root = nullptr;
};

// Compiles `schema`; on mistakes, all of them are in `mistakes` and the program is not to be used.
std::shared_ptr<const SchemaProgram> CompileSchema(const boost::json::value& schema,
                                                   std::vector<SchemaProblem>& mistakes);

std::vector<SchemaProblem> ValidateAgainst(const JsonSchema::Node& root,
                                           const boost::json::value& document,
                                           bool is_unfinished = false);

// Whether `text` looks like `format` (date-time, date, time, email, uri, uuid, ipv4, ipv6,
// hostname, duration); formats we do not know are annotations and always match.
bool MatchesFormat(std::string_view format, std::string_view text);

// `pointer` with one more token, escaped as RFC 6901 asks.
std::string JoinPointer(std::string_view pointer, std::string_view token);
std::string JoinPointer(std::string_view pointer, std::size_t index);

}  // namespace gatewright::codec
