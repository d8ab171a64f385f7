#include "engine/definition/scope.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/base/edit_distance.h"
#include "engine/codec/utf8.h"

namespace gatewright::definition {
namespace {

constexpr std::size_t kMaxDiagnostics = 200;
constexpr std::size_t kMaxDurationDigits = 7;

bool IsSmallLetter(char c) { return c >= 'a' && c <= 'z'; }
bool IsCapital(char c) { return c >= 'A' && c <= 'Z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool Follows(std::string_view text, const NameRule& rule) {
  if (text.empty() || text.size() > rule.max_length) return false;
  const auto is_letter = [&](char c) {
    return IsSmallLetter(c) || (rule.allows_capitals && IsCapital(c));
  };
  return is_letter(text[0]) && std::all_of(text.begin() + 1, text.end(), [&](char c) {
           return is_letter(c) || IsDigit(c) || rule.also_allowed.find(c) != rule.also_allowed.npos;
         });
}

// Whether `text` is written like a duration, however long: what the editor schema can say.
bool LooksLikeDuration(std::string_view text) {
  constexpr std::array<std::string_view, 6> kUnits = {"w", "d", "h", "m", "s", "ms"};
  std::size_t next_unit = 0;
  bool is_any = false;
  while (!text.empty()) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    if (digits == 0 || digits > kMaxDurationDigits) return false;
    text.remove_prefix(digits);
    const auto unit = text.substr(0, text.starts_with("ms") ? 2 : 1);
    while (next_unit < kUnits.size() && kUnits[next_unit] != unit) ++next_unit;
    if (next_unit++ == kUnits.size()) return false;
    text.remove_prefix(unit.size());
    is_any = true;
  }
  return is_any;
}

// Whole numbers may be written 1.0, as in JSON Schema.
std::optional<double> NumberOf(const Node& node) {
  switch (node.kind()) {
    case NodeKind::kInt:
      return static_cast<double>(node.int_value());
    case NodeKind::kUint:
      return static_cast<double>(node.uint_value());
    case NodeKind::kFloat:
      if (std::isfinite(node.float_value())) return node.float_value();
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

}  // namespace

Scope::Scope(std::string file, std::vector<Diagnostic>& diagnostics)
    : file_(std::move(file)), diagnostics_(&diagnostics) {}

Scope Scope::In(std::string_view place) const {
  Scope inner = *this;
  if (!inner.where_.empty()) inner.where_ += ", ";
  inner.where_ += place;
  return inner;
}

bool Scope::is_full() const { return diagnostics_->size() >= kMaxDiagnostics; }

void Scope::Report(Mark mark, std::string_view code, std::string message) const {
  if (is_full()) return;
  diagnostics_->push_back(
      {file_, mark.line, mark.column, where_, std::move(message), std::string(code)});
}

void Scope::ReportNotYet(Mark mark, std::string_view what) const {
  Report(mark, codes::kNotSupportedYet,
         fmt::format("{} is not supported yet; it is refused so that nothing is silently ignored",
                     what));
}

std::optional<std::string> Scope::AsText(const Node& node, std::string_view label,
                                         std::size_t max_characters) const {
  if (!node.is_string()) {
    const bool may_be_quoted = node.is_number() || node.is_bool();
    Report(node.mark(), codes::kWrongType,
           fmt::format("'{}': expected a string, found {}{}", label, Describe(node),
                       may_be_quoted ? " (quote it)" : ""));
    return std::nullopt;
  }
  const std::size_t length = codec::CountCodePoints(node.text());
  if (length > max_characters) {
    Report(node.mark(), codes::kBadValue,
           fmt::format("'{}': {} characters are too many (allowed: {})", label, length,
                       max_characters));
    return std::nullopt;
  }
  return node.text();
}

std::optional<std::string> Scope::AsName(const Node& node, std::string_view label,
                                         const NameRule& rule) const {
  auto text = AsText(node, label, std::numeric_limits<std::size_t>::max());
  if (!text || !IsName(*text, node.mark(), label, rule)) return std::nullopt;
  return text;
}

bool Scope::IsName(std::string_view text, Mark mark, std::string_view label,
                   const NameRule& rule) const {
  if (Follows(text, rule)) return true;
  Report(mark, codes::kBadValue,
         fmt::format("'{}': the name '{}' is not allowed (allowed: {})", label, Shorten(text),
                     rule.words));
  return false;
}

std::optional<bool> Scope::AsBool(const Node& node, std::string_view label) const {
  if (node.is_bool()) return node.bool_value();
  Report(node.mark(), codes::kWrongType,
         fmt::format(
             "'{}': expected true or false, found {}{}", label, Describe(node),
             node.is_yaml_1_1_bool() ? " (only true and false are booleans in YAML 1.2)" : ""));
  return std::nullopt;
}

std::optional<std::uint32_t> Scope::AsCount(const Node& node, std::string_view label,
                                            std::uint32_t min, std::uint32_t max) const {
  const auto number = NumberOf(node);
  if (!number || *number != std::floor(*number)) {
    Report(node.mark(), codes::kWrongType,
           fmt::format("'{}': expected a whole number from {} to {}, found {}", label, min, max,
                       Describe(node)));
    return std::nullopt;
  }
  if (*number < min || *number > max) {
    Report(
        node.mark(), codes::kBadValue,
        fmt::format("'{}': {} is not allowed (allowed: {} to {})", label, node.text(), min, max));
    return std::nullopt;
  }
  return static_cast<std::uint32_t>(*number);
}

std::optional<double> Scope::AsNumber(const Node& node, std::string_view label, double min,
                                      double max) const {
  const auto number = NumberOf(node);
  if (!number) {
    Report(node.mark(), codes::kWrongType,
           fmt::format("'{}': expected a number from {} to {}, found {}", label, min, max,
                       Describe(node)));
    return std::nullopt;
  }
  if (*number < min || *number > max) {
    Report(
        node.mark(), codes::kBadValue,
        fmt::format("'{}': {} is not allowed (allowed: {} to {})", label, node.text(), min, max));
    return std::nullopt;
  }
  return number;
}

std::optional<Duration> Scope::AsDuration(const Node& node, std::string_view label, Duration min,
                                          Duration max) const {
  constexpr std::string_view kExample =
      "a duration such as 30s, 15m or 1h30m (units: w d h m s ms)";
  if (!node.is_string()) {
    Report(node.mark(), codes::kWrongType,
           fmt::format("'{}': expected {}, found {}", label, kExample, Describe(node)));
    return std::nullopt;
  }
  if (!LooksLikeDuration(node.text())) {
    Report(node.mark(), codes::kBadValue,
           fmt::format("'{}': expected {}, found {}", label, kExample, Describe(node)));
    return std::nullopt;
  }
  const auto duration = ParseDuration(node.text());
  if (!duration || *duration < min || *duration > max) {
    Report(node.mark(), codes::kOutOfRange,
           fmt::format("'{}': {} is not allowed (allowed: {} to {})", label, node.text(),
                       FormatDuration(min), FormatDuration(max)));
    return std::nullopt;
  }
  return duration;
}

std::optional<std::size_t> Scope::AsChoice(const Node& node, std::string_view label,
                                           std::span<const std::string_view> words) const {
  if (!node.is_string()) {
    Report(node.mark(), codes::kWrongType,
           fmt::format("'{}': expected one of {}, found {}", label, fmt::join(words, ", "),
                       Describe(node)));
    return std::nullopt;
  }
  const auto found = std::find(words.begin(), words.end(), node.text());
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  Report(node.mark(), codes::kBadValue,
         fmt::format("'{}': {} is not allowed (allowed: {}).{}", label, Describe(node),
                     fmt::join(words, ", "), DidYouMeanSuffix(node.text(), words)));
  return std::nullopt;
}

bool Scope::IsMap(const Node& node, std::string_view label) const {
  if (node.is_map()) return true;
  Report(node.mark(), codes::kWrongType,
         fmt::format("'{}': expected a map, found {}", label, Describe(node)));
  return false;
}

bool Scope::IsList(const Node& node, std::string_view label, std::size_t min,
                   std::size_t max) const {
  if (!node.is_list()) {
    Report(node.mark(), codes::kWrongType,
           fmt::format("'{}': expected a list, found {}", label, Describe(node)));
    return false;
  }
  const std::size_t count = node.items().size();
  if (count < min) {
    Report(node.mark(), codes::kBadValue,
           fmt::format("'{}': expected at least {}, found {}", label, min, Describe(node)));
  } else if (count > max) {
    Report(node.mark(), codes::kBadValue,
           fmt::format("'{}': {} are too many (allowed: {})", label, count, max));
  }
  return count >= min && count <= max;
}

Fields::Fields(const Scope& scope, const Node& node, const Keys& keys)
    : scope_(scope), node_(node) {
  const auto is_in = [](const auto& list, std::string_view key) {
    return std::find(list.begin(), list.end(), key) != list.end();
  };
  std::vector<std::string_view> known = keys.required;
  known.insert(known.end(), keys.optional.begin(), keys.optional.end());
  for (const YamlMember& member : node.members()) {
    if (is_in(known, member.key)) continue;
    if (is_in(keys.not_yet, member.key)) {
      scope.ReportNotYet(member.key_mark, fmt::format("'{}'", member.key));
      continue;
    }
    scope.Report(
        member.key_mark, codes::kUnknownKey,
        fmt::format("unknown key '{}' (known: {}).{}", member.key, fmt::join(known, ", "),
                    DidYouMeanSuffix(member.key, std::span<const std::string_view>(known))));
  }
  for (const std::string_view key : keys.required) {
    if (node.Find(key)) continue;
    scope.Report(node.mark(), codes::kMissingKey, fmt::format("'{}' is missing", key));
  }
}

std::optional<std::string> Fields::Text(std::string_view key, std::size_t max_characters) const {
  const Node* node = Find(key);
  return node ? scope_.AsText(*node, key, max_characters) : std::nullopt;
}

std::optional<std::string> Fields::Name(std::string_view key, const NameRule& rule) const {
  const Node* node = Find(key);
  return node ? scope_.AsName(*node, key, rule) : std::nullopt;
}

std::optional<bool> Fields::Bool(std::string_view key) const {
  const Node* node = Find(key);
  return node ? scope_.AsBool(*node, key) : std::nullopt;
}

std::optional<std::uint32_t> Fields::Count(std::string_view key, std::uint32_t min,
                                           std::uint32_t max) const {
  const Node* node = Find(key);
  return node ? scope_.AsCount(*node, key, min, max) : std::nullopt;
}

std::optional<double> Fields::Number(std::string_view key, double min, double max) const {
  const Node* node = Find(key);
  return node ? scope_.AsNumber(*node, key, min, max) : std::nullopt;
}

std::optional<Duration> Fields::Time(std::string_view key, Duration min, Duration max) const {
  const Node* node = Find(key);
  return node ? scope_.AsDuration(*node, key, min, max) : std::nullopt;
}

std::optional<std::size_t> Fields::Choice(std::string_view key,
                                          std::span<const std::string_view> words) const {
  const Node* node = Find(key);
  return node ? scope_.AsChoice(*node, key, words) : std::nullopt;
}

const Node* Fields::Map(std::string_view key) const {
  const Node* node = Find(key);
  return node && scope_.IsMap(*node, key) ? node : nullptr;
}

const Node* Fields::List(std::string_view key, std::size_t min, std::size_t max) const {
  const Node* node = Find(key);
  return node && scope_.IsList(*node, key, min, max) ? node : nullptr;
}

}  // namespace gatewright::definition
