#include "engine/definition/schema_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/json/value.hpp>
#include <vector>

#include "engine/base/edit_distance.h"
#include "engine/codec/json_schema.h"
#include "engine/definition/yaml_json.h"

namespace gatewright::definition {
namespace {

// Whether a property not named by the schema cannot be there.
bool IsClosed(const Node& schema) {
  const Node* additional = schema.Find("additionalProperties");
  return additional && additional->is_bool() && !additional->bool_value() &&
         !schema.Find("patternProperties");
}

}  // namespace

std::string ReadSchema(const Node& schema, std::string_view label, const Scope& scope) {
  const boost::json::value value = ToJsonValue(schema);
  for (const auto& mistake : codec::JsonSchema::FindMistakes(value)) {
    scope.Report(FindMark(schema, mistake.pointer), codes::kBadSchema,
                 fmt::format("'{}{}': {}", label, mistake.pointer, mistake.message));
  }
  return ToJsonText(schema);
}

std::optional<std::string> FindDeadEnd(const Node* schema, std::span<const std::string_view> path,
                                       std::string_view what) {
  for (const std::string_view step : path) {
    if (!schema) return std::nullopt;
    const Node* properties = schema->Find("properties");
    const Node* next = properties ? properties->Find(step) : nullptr;
    if (!next && IsClosed(*schema)) {
      std::vector<std::string_view> known;
      if (properties) {
        for (const YamlMember& member : properties->members()) known.push_back(member.key);
      }
      return fmt::format("{} has no '{}' (it has: {}).{}", what, step, fmt::join(known, ", "),
                         DidYouMeanSuffix(step, std::span<const std::string_view>(known)));
    }
    schema = next;
  }
  return std::nullopt;
}

}  // namespace gatewright::definition
