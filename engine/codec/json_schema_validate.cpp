// Walking a document along a compiled schema. Each cause is reported once: a value of the wrong
// type is not also reported for every keyword it then breaks, and of several alternatives only the
// one that was evidently meant speaks.
// Long: the keywords of JSON Schema, one short function each, are read side by side.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cmath>
#include <utility>

#include "engine/base/edit_distance.h"
#include "engine/codec/json.h"
#include "engine/codec/json_schema_node.h"
#include "engine/codec/utf8.h"

namespace gatewright::codec {
namespace {

namespace json = boost::json;
using Node = JsonSchema::Node;

// Schemas may repeat alternatives that repeat alternatives: work is bounded, not only depth.
constexpr std::size_t kMaxSteps = 1'000'000;
constexpr std::size_t kMaxRecursion = 250;  // documents are 32 deep; far below any thread's stack
constexpr std::size_t kMaxProblems = 100;
constexpr std::size_t kMaxShown = 80;
constexpr std::size_t kMaxListed = 20;

std::optional<long double> NumberOf(const json::value& value) {
  if (value.is_int64()) return static_cast<long double>(value.get_int64());
  if (value.is_uint64()) return static_cast<long double>(value.get_uint64());
  if (value.is_double()) return static_cast<long double>(value.get_double());
  return std::nullopt;
}

unsigned TypesOf(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return kTypeNull;
    case json::kind::bool_:
      return kTypeBoolean;
    case json::kind::int64:
    case json::kind::uint64:
      return kTypeInteger | kTypeNumber;
    case json::kind::double_: {
      const double number = value.get_double();
      return number == std::floor(number) ? kTypeInteger | kTypeNumber : unsigned{kTypeNumber};
    }
    case json::kind::string:
      return kTypeString;
    case json::kind::array:
      return kTypeArray;
    case json::kind::object:
      return kTypeObject;
  }
  return 0;
}

// "a string or an integer"
std::string NameTypes(unsigned types) {
  std::vector<std::string_view> names;
  if (types & kTypeNull) names.push_back("null");
  if (types & kTypeBoolean) names.push_back("true or false");
  if (types & kTypeNumber) {
    names.push_back("a number");
  } else if (types & kTypeInteger) {
    names.push_back("a whole number");
  }
  if (types & kTypeString) names.push_back("a string");
  if (types & kTypeArray) names.push_back("a list");
  if (types & kTypeObject) names.push_back("an object");
  return fmt::format("{}", fmt::join(names, " or "));
}

// A value as a person would quote it: scalars themselves, the rest by kind, never longer than a
// line.
std::string Show(const json::value& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return "a list";
  std::string text = ToJson(value);
  if (text.size() <= kMaxShown) return text;
  std::size_t end = kMaxShown;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "…";
}

std::string ShowAll(const std::vector<json::value>& values) {
  std::vector<std::string> shown;
  for (const auto& value : values) {
    if (shown.size() == kMaxListed) {
      shown.push_back("…");
      break;
    }
    shown.push_back(value.is_string() ? std::string(value.get_string()) : Show(value));
  }
  return fmt::format("{}", fmt::join(shown, ", "));
}

bool Matches(const SchemaPattern& pattern, std::string_view text) {
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *pattern.expression);
}

// Equal as JSON: 1 and 1.0 are the same number.
bool IsEqual(const json::value& a, const json::value& b) {
  if (const auto number = NumberOf(a)) return NumberOf(b) == number;
  if (a.is_string() || a.is_bool() || a.is_null()) return a == b;
  return a.kind() == b.kind() && CanonicalJson(a) == CanonicalJson(b);
}

class Validator {
 public:
  Validator(std::vector<SchemaProblem>& problems, bool is_unfinished)
      : problems_(&problems), is_unfinished_(is_unfinished) {}

  void Check(const Node& node, const json::value& value, const std::string& at) {
    if (depth_ == kMaxRecursion) has_given_up_ = true;
    if (has_given_up_) return;
    ++depth_;
    CheckKeywords(node, value, at);
    --depth_;
    has_given_up_ |= ++steps_ > kMaxSteps;
  }

  bool HasGivenUp() const { return has_given_up_; }

 private:
  void CheckKeywords(const Node& node, const json::value& value, const std::string& at) {
    if (problems_->size() >= kMaxProblems) return;
    if (node.is_never) return Problem(at, "false", "nothing is allowed here");
    if (node.ref) Check(*node.ref, value, at);
    const unsigned types = TypesOf(value);
    if (node.types != 0 && (node.types & types) == 0) {
      return Problem(at, "type",
                     fmt::format("expected {}, found {}", NameTypes(node.types), Show(value)));
    }
    if (!CheckValues(node, value, at)) return;
    if (types & kTypeString) CheckString(node, value.get_string(), at);
    if (types & kTypeNumber) CheckNumber(node, value, at);
    if (types & kTypeArray) CheckArray(node, value.get_array(), at);
    if (types & kTypeObject) CheckObject(node, value.get_object(), value, at);
    CheckCombinations(node, value, at);
  }

  // What going on writing cannot put right: the shape is another.
  static bool IsAboutShape(std::string_view keyword) {
    constexpr std::string_view kShape[] = {"type", "additionalProperties", "false", "anyOf",
                                           "oneOf"};
    return std::ranges::find(kShape, keyword) != std::end(kShape);
  }

  void Problem(const std::string& at, std::string_view keyword, std::string message) {
    if (is_unfinished_ && !IsAboutShape(keyword)) return;
    if (problems_->size() < kMaxProblems) {
      problems_->push_back({at, std::string(keyword), std::move(message)});
    }
  }

  // What `node` says about `value`, apart from what has been found so far.
  std::vector<SchemaProblem> Try(const Node& node, const json::value& value,
                                 const std::string& at) {
    std::vector<SchemaProblem> found;
    std::vector<SchemaProblem>* const outer = std::exchange(problems_, &found);
    Check(node, value, at);
    problems_ = outer;
    return found;
  }

  bool CheckValues(const Node& node, const json::value& value, const std::string& at) {
    if (node.constant && !IsEqual(*node.constant, value)) {
      Problem(at, "const", fmt::format("expected {}, found {}", Show(*node.constant), Show(value)));
      return false;
    }
    if (!node.has_enum) return true;
    for (const auto& allowed : node.allowed) {
      if (IsEqual(allowed, value)) return true;
    }
    std::string hint;
    if (value.is_string()) {
      std::vector<std::string> known;
      for (const auto& allowed : node.allowed) {
        if (allowed.is_string()) known.emplace_back(allowed.get_string());
      }
      hint = DidYouMeanSuffix(std::string_view(value.get_string()),
                              std::span<const std::string>(known));
    }
    Problem(at, "enum",
            fmt::format("{} is not one of the allowed values ({}).{}", Show(value),
                        ShowAll(node.allowed), hint));
    return false;
  }

  void CheckString(const Node& node, std::string_view text, const std::string& at) {
    if (node.min_length || node.max_length) {
      const std::size_t length = CountCodePoints(text);
      if (node.min_length && length < *node.min_length) {
        Problem(at, "minLength",
                fmt::format("expected at least {} characters, found {}", *node.min_length, length));
      }
      if (node.max_length && length > *node.max_length) {
        Problem(at, "maxLength",
                fmt::format("expected at most {} characters, found {}", *node.max_length, length));
      }
    }
    if (node.pattern && !Matches(*node.pattern, text)) {
      Problem(at, "pattern",
              fmt::format("{} does not match the pattern {}", Show(json::value(text)),
                          node.pattern->text));
    }
    if (!node.format.empty() && !MatchesFormat(node.format, text)) {
      Problem(at, "format", fmt::format("{} is not a {}", Show(json::value(text)), node.format));
    }
  }

  void CheckNumber(const Node& node, const json::value& value, const std::string& at) {
    const long double number = *NumberOf(value);
    const auto check = [&](const std::optional<long double>& limit, bool is_good,
                           std::string_view keyword, std::string_view words) {
      if (!limit || is_good) return;
      Problem(at, keyword,
              fmt::format("expected {} {}, found {}", words,
                          ToJson(json::value(static_cast<double>(*limit))), Show(value)));
    };
    check(node.minimum, number >= node.minimum, "minimum", "at least");
    check(node.maximum, number <= node.maximum, "maximum", "at most");
    check(node.exclusive_minimum, number > node.exclusive_minimum, "exclusiveMinimum", "more than");
    check(node.exclusive_maximum, number < node.exclusive_maximum, "exclusiveMaximum", "less than");
    if (node.multiple_of) {
      const long double times = number / *node.multiple_of;
      // 0.3 is a multiple of 0.1 to everybody but the binary representation of both.
      const long double slack = 1e-12L * std::max(1.0L, std::abs(times));
      const bool is_multiple = std::abs(times - std::round(times)) <= slack;
      check(node.multiple_of, is_multiple, "multipleOf", "a multiple of");
    }
  }

  void CheckArray(const Node& node, const json::array& list, const std::string& at) {
    if (node.min_items && list.size() < *node.min_items) {
      Problem(at, "minItems",
              fmt::format("expected at least {} items, found {}", *node.min_items, list.size()));
    }
    if (node.max_items && list.size() > *node.max_items) {
      Problem(at, "maxItems",
              fmt::format("expected at most {} items, found {}", *node.max_items, list.size()));
    }
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (i < node.prefix_items.size()) {
        Check(*node.prefix_items[i], list[i], JoinPointer(at, i));
      } else if (node.items) {
        Check(*node.items, list[i], JoinPointer(at, i));
      }
    }
    if (node.contains) CheckContains(node, list, at);
    if (node.has_unique_items) CheckUnique(list, at);
  }

  void CheckContains(const Node& node, const json::array& list, const std::string& at) {
    std::size_t matching = 0;
    for (const auto& element : list) matching += Try(*node.contains, element, at).empty();
    const std::size_t needed = node.min_contains.value_or(1);
    if (matching < needed) {
      Problem(at, "contains",
              fmt::format("expected at least {} matching items, found {}", needed, matching));
    }
    if (node.max_contains && matching > *node.max_contains) {
      Problem(at, "maxContains",
              fmt::format("expected at most {} matching items, found {}", *node.max_contains,
                          matching));
    }
  }

  void CheckUnique(const json::array& list, const std::string& at) {
    std::vector<std::pair<std::string, std::size_t>> seen;
    seen.reserve(list.size());
    for (std::size_t i = 0; i < list.size(); ++i) seen.emplace_back(CanonicalJson(list[i]), i);
    std::sort(seen.begin(), seen.end());
    for (std::size_t i = 1; i < seen.size(); ++i) {
      if (seen[i].first != seen[i - 1].first) continue;
      Problem(JoinPointer(at, seen[i].second), "uniqueItems",
              fmt::format("{} is in the list already", Show(list[seen[i].second])));
    }
  }

  void CheckObject(const Node& node, const json::object& object, const json::value& value,
                   const std::string& at) {
    for (const std::string& name : node.required) {
      if (object.contains(name)) continue;
      Problem(at, "required", fmt::format("'{}' is missing", name));
    }
    if (node.min_properties && object.size() < *node.min_properties) {
      Problem(
          at, "minProperties",
          fmt::format("expected at least {} keys, found {}", *node.min_properties, object.size()));
    }
    if (node.max_properties && object.size() > *node.max_properties) {
      Problem(
          at, "maxProperties",
          fmt::format("expected at most {} keys, found {}", *node.max_properties, object.size()));
    }
    for (const auto& member : object) CheckMember(node, member, at);
    for (const auto& [name, others] : node.dependent_required) {
      if (!object.contains(name)) continue;
      for (const std::string& other : others) {
        if (object.contains(other)) continue;
        Problem(at, "dependentRequired",
                fmt::format("'{}' is missing; '{}' needs it", other, name));
      }
    }
    for (const auto& [name, schema] : node.dependent_schemas) {
      if (object.contains(name)) Check(*schema, value, at);
    }
  }

  void CheckMember(const Node& node, const json::key_value_pair& member, const std::string& at) {
    const std::string name(member.key());
    const std::string below = JoinPointer(at, name);
    if (node.names) Check(*node.names, json::value(name), below);
    bool is_known = false;
    if (const auto property = node.properties.find(name); property != node.properties.end()) {
      is_known = true;
      Check(*property->second, member.value(), below);
    }
    for (const auto& [pattern, schema] : node.pattern_properties) {
      if (!Matches(pattern, name)) continue;
      is_known = true;
      Check(*schema, member.value(), below);
    }
    if (is_known || !node.additional_properties) return;
    if (!node.additional_properties->is_never) {
      return Check(*node.additional_properties, member.value(), below);
    }
    const std::span<const std::string> known(node.property_names);
    Problem(below, "additionalProperties",
            known.empty() ? fmt::format("unknown key '{}' (no keys are allowed here)", name)
                          : fmt::format("unknown key '{}' (known: {}).{}", name,
                                        fmt::join(known, ", "), DidYouMeanSuffix(name, known)));
  }

  void CheckCombinations(const Node& node, const json::value& value, const std::string& at) {
    for (const Node* schema : node.all_of) Check(*schema, value, at);
    if (!node.any_of.empty()) CheckAlternatives(node, node.any_of, false, value, at);
    if (!node.one_of.empty()) CheckAlternatives(node, node.one_of, !is_unfinished_, value, at);
    if (node.not_schema && Try(*node.not_schema, value, at).empty()) {
      Problem(at, "not",
              node.not_schema->description.empty()
                  ? fmt::format("{} is what is not allowed here", Show(value))
                  : fmt::format("not allowed: {}", node.not_schema->description));
    }
    if (node.if_schema && !is_unfinished_) {
      const Node* branch =
          Try(*node.if_schema, value, at).empty() ? node.then_schema : node.else_schema;
      if (branch) Check(*branch, value, at);
    }
  }

  void CheckAlternatives(const Node& node, const std::vector<const Node*>& alternatives,
                         bool only_one, const json::value& value, const std::string& at) {
    std::size_t matching = 0;
    std::vector<SchemaProblem> nearest;
    std::size_t nearest_count = 0;  // alternatives whose only problems lie deeper in the value
    std::vector<std::string> reasons;
    for (const Node* alternative : alternatives) {
      auto problems = Try(*alternative, value, at);
      if (problems.empty()) {
        if (!only_one) return;
        ++matching;
        continue;
      }
      const bool is_meant = std::none_of(problems.begin(), problems.end(), [&](const auto& p) {
        return p.pointer == at || p.keyword == "additionalProperties" || p.keyword == "const";
      });
      reasons.push_back(problems.front().message);
      if (!is_meant) continue;
      ++nearest_count;
      nearest = std::move(problems);
    }
    if (matching == 1) return;
    if (matching > 1) {
      return Problem(at, "oneOf",
                     fmt::format("exactly one of {} alternatives may match, {} do",
                                 alternatives.size(), matching));
    }
    if (nearest_count == 1) {
      for (auto& problem : nearest) Problem(problem.pointer, problem.keyword, problem.message);
      return;
    }
    Problem(at, only_one ? "oneOf" : "anyOf",
            node.description.empty()
                ? fmt::format("{} matches none of the alternatives: {}", Show(value),
                              fmt::join(reasons, "; or "))
                : fmt::format("{} is not allowed (expected: {})", Show(value), node.description));
  }

  std::vector<SchemaProblem>* problems_;
  bool is_unfinished_;
  std::size_t steps_ = 0;
  std::size_t depth_ = 0;
  bool has_given_up_ = false;
};

}  // namespace

std::vector<SchemaProblem> ValidateAgainst(const Node& root, const json::value& document,
                                           bool is_unfinished) {
  std::vector<SchemaProblem> problems;
  Validator validator(problems, is_unfinished);
  validator.Check(root, document, "");
  if (validator.HasGivenUp()) {
    // Giving up is never "valid", whatever had been found by then.
    problems = {{"", "", "the document takes too long to check against its schema"}};
  }
  return problems;
}

}  // namespace gatewright::codec
