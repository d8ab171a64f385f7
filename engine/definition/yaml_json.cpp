#include "engine/definition/yaml_json.h"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cmath>

#include "engine/codec/json.h"

namespace gatewright::definition {
namespace {

namespace json = boost::json;

// A part of the document is stored inside other JSON (a run, an event), which needs some depth too.
constexpr std::size_t kMaxDepth = codec::kMaxJsonDepth - 4;

void Check(const Node& node, const Scope& scope, std::size_t depth) {
  if (depth > kMaxDepth) {
    return scope.Report(node.mark(), codes::kTooMany,
                        fmt::format("nested deeper than the allowed {} levels", kMaxDepth));
  }
  if (node.is_ambiguous_number()) {
    scope.Report(node.mark(), codes::kAmbiguous,
                 fmt::format("{} starts with a zero: some readers take it for octal; write it "
                             "without (octal is 0o…), or quote it",
                             node.text()));
  }
  if (node.kind() == NodeKind::kFloat && !std::isfinite(node.float_value())) {
    scope.Report(node.mark(), codes::kAmbiguous,
                 fmt::format("{} is not a number that can be stored", node.text()));
  }
  for (const Node& item : node.items()) Check(item, scope, depth + 1);
  for (const YamlMember& member : node.members()) Check(member.value, scope, depth + 1);
}

}  // namespace

json::value ToJsonValue(const Node& node) {
  switch (node.kind()) {
    case NodeKind::kNull:
      return nullptr;
    case NodeKind::kBool:
      return node.bool_value();
    case NodeKind::kInt:
      return node.int_value();
    case NodeKind::kUint:
      return node.uint_value();
    case NodeKind::kFloat:
      if (!std::isfinite(node.float_value())) return nullptr;
      return node.float_value();
    case NodeKind::kString:
      return json::string(node.text());
    case NodeKind::kList: {
      json::array list;
      for (const Node& item : node.items()) list.push_back(ToJsonValue(item));
      return list;
    }
    case NodeKind::kMap: {
      json::object object;
      for (const YamlMember& member : node.members()) {
        object[member.key] = ToJsonValue(member.value);
      }
      return object;
    }
  }
  return nullptr;
}

std::string ToJsonText(const Node& node) { return codec::ToJson(ToJsonValue(node)); }

void CheckJson(const Node& node, const Scope& scope) { Check(node, scope, 1); }

}  // namespace gatewright::definition
