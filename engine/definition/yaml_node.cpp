// Resolving scalars, and reading a node.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "engine/codec/utf8.h"
#include "engine/definition/yaml_builder.h"

namespace gatewright::definition {
namespace {

constexpr std::size_t kMaxQuoted = 60;

bool IsOneOf(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool IsDigits(std::string_view text, std::string_view digits = "0123456789") {
  return !text.empty() && text.find_first_not_of(digits) == text.npos;
}

std::string_view TakeDigits(std::string_view& text) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto digits = text.substr(0, end);
  text.remove_prefix(end);
  return digits;
}

// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool IsFloat(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  const auto whole = TakeDigits(text);
  if (!text.empty() && text[0] == '.') {
    text.remove_prefix(1);
    if (TakeDigits(text).empty() && whole.empty()) return false;
  } else if (whole.empty()) {
    return false;
  }
  if (text.empty()) return true;
  if (text[0] != 'e' && text[0] != 'E') return false;
  text.remove_prefix(1);
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  return IsDigits(text);
}

// Sets a number when `digits` in `base` fit one; numbers that fit no integer become floats.
void ResolveInteger(Node::Data& data, bool is_negative, std::string_view digits, int base) {
  std::uint64_t magnitude = 0;
  const auto [end, problem] =
      std::from_chars(digits.data(), digits.data() + digits.size(), magnitude, base);
  constexpr std::uint64_t kMaxInt = std::numeric_limits<std::int64_t>::max();
  if (problem == std::errc{} &&
      (magnitude <= kMaxInt || (is_negative && magnitude == kMaxInt + 1))) {
    data.kind = NodeKind::kInt;
    data.int_value = static_cast<std::int64_t>(is_negative ? 0 - magnitude : magnitude);
  } else if (problem == std::errc{} && !is_negative) {
    data.kind = NodeKind::kUint;
    data.uint_value = magnitude;
  } else {
    data.kind = NodeKind::kFloat;
    data.float_value = base == 10 ? std::strtod(std::string(digits).c_str(), nullptr)
                                  : std::numeric_limits<double>::infinity();
    if (is_negative) data.float_value = -data.float_value;
  }
}

}  // namespace

void ResolvePlainScalar(Node::Data& data) {
  const std::string_view text = data.text;
  data.kind = NodeKind::kString;
  if (IsOneOf(text, {"", "~", "null", "Null", "NULL"})) {
    data.kind = NodeKind::kNull;
  } else if (IsOneOf(text, {"true", "True", "TRUE", "false", "False", "FALSE"})) {
    data.kind = NodeKind::kBool;
    data.bool_value = text[0] == 't' || text[0] == 'T';
  } else if (text.starts_with("0o") && IsDigits(text.substr(2), "01234567")) {
    ResolveInteger(data, false, text.substr(2), 8);
  } else if (text.starts_with("0x") && IsDigits(text.substr(2), "0123456789abcdefABCDEF")) {
    ResolveInteger(data, false, text.substr(2), 16);
  } else if (IsFloat(text)) {
    const bool has_sign = text[0] == '-' || text[0] == '+';
    const auto digits = text.substr(has_sign ? 1 : 0);
    data.is_ambiguous_number =
        digits.size() > 1 && digits[0] == '0' && IsDigits(digits.substr(0, 2));
    if (IsDigits(digits)) {
      ResolveInteger(data, text[0] == '-', digits, 10);
    } else {
      data.kind = NodeKind::kFloat;
      data.float_value = std::strtod(data.text.c_str(), nullptr);
    }
  } else if (IsOneOf(text.substr(text[0] == '-' || text[0] == '+' ? 1 : 0),
                     {".inf", ".Inf", ".INF"})) {
    data.kind = NodeKind::kFloat;
    data.float_value = (text[0] == '-' ? -1 : 1) * std::numeric_limits<double>::infinity();
  } else if (IsOneOf(text, {".nan", ".NaN", ".NAN"})) {
    data.kind = NodeKind::kFloat;
    data.float_value = std::numeric_limits<double>::quiet_NaN();
  } else {
    std::string lower(text.substr(0, 4));
    for (char& c : lower) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    data.is_yaml_1_1_bool =
        text.size() <= 3 && IsOneOf(lower, {"yes", "no", "on", "off", "y", "n"});
  }
}

Node::Node() : data_(std::make_shared<const Data>()) {}
Node::Node(std::shared_ptr<const Data> data) : data_(std::move(data)) {}

NodeKind Node::kind() const { return data_->kind; }
Mark Node::mark() const { return data_->mark; }
bool Node::is_number() const {
  return kind() == NodeKind::kInt || kind() == NodeKind::kUint || kind() == NodeKind::kFloat;
}
bool Node::is_ambiguous_number() const { return data_->is_ambiguous_number; }
bool Node::is_yaml_1_1_bool() const { return data_->is_yaml_1_1_bool; }
bool Node::bool_value() const { return data_->bool_value; }
std::int64_t Node::int_value() const { return data_->int_value; }
std::uint64_t Node::uint_value() const { return data_->uint_value; }
double Node::float_value() const { return data_->float_value; }
const std::string& Node::text() const { return data_->text; }
const std::vector<Node>& Node::items() const { return data_->items; }
const std::vector<YamlMember>& Node::members() const { return data_->members; }

const YamlMember* Node::FindMember(std::string_view key) const {
  for (const YamlMember& member : members()) {
    if (member.key == key) return &member;
  }
  return nullptr;
}

const Node* Node::Find(std::string_view key) const {
  const YamlMember* member = FindMember(key);
  return member ? &member->value : nullptr;
}

std::string Describe(const Node& node) {
  switch (node.kind()) {
    case NodeKind::kNull:
      return "nothing";
    case NodeKind::kBool:
    case NodeKind::kInt:
    case NodeKind::kUint:
    case NodeKind::kFloat:
      return node.text();
    case NodeKind::kList:
      return node.items().empty() ? "an empty list" : "a list";
    case NodeKind::kMap:
      return "a map";
    case NodeKind::kString:
      break;
  }
  return fmt::format("the string '{}'", Shorten(node.text()));
}

std::string Shorten(std::string_view text) {
  if (text.size() <= kMaxQuoted) return std::string(text);
  std::size_t end = 0;
  while (end < kMaxQuoted) end += std::max<std::size_t>(1, codec::Utf8Length(text.substr(end)));
  return std::string(text.substr(0, end)) + "…";
}

Mark FindMark(const Node& node, std::string_view pointer) {
  Node current = node;
  Mark mark = node.mark();
  while (!pointer.empty() && pointer[0] == '/') {
    const std::size_t end = std::min(pointer.find('/', 1), pointer.size());
    std::string token;
    for (std::size_t i = 1; i < end; ++i) {
      const bool is_escape = pointer[i] == '~' && i + 1 < end;
      token += is_escape ? (pointer[++i] == '0' ? '~' : '/') : pointer[i];
    }
    pointer.remove_prefix(end);
    if (const YamlMember* member = current.FindMember(token)) {
      mark = member->key_mark;
      current = Node(member->value);
      continue;
    }
    std::size_t index = 0;
    const auto [last, problem] = std::from_chars(token.data(), token.data() + token.size(), index);
    if (problem != std::errc{} || index >= current.items().size()) break;
    current = Node(current.items()[index]);
    mark = current.mark();
  }
  return mark;
}

}  // namespace gatewright::definition
