#include "engine/simulation/args.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace gatewright::simulation {

using definition::Node;

Mistake::Mistake(definition::Mark mark, const std::string& message)
    : std::runtime_error(fmt::format("line {}: {}", mark.line, message)) {}

Args::Args(const Node& node, std::initializer_list<std::string_view> known) : node_(node) {
  if (!node.is_map() && !node.is_null()) {
    throw Mistake(node.mark(), "expected a map, found " + Describe(node));
  }
  for (const definition::YamlMember& member : node.members()) {
    if (std::ranges::find(known, member.key) == known.end()) {
      throw Mistake(member.key_mark, fmt::format("unknown key '{}' (known: {})", member.key,
                                                 fmt::join(known, ", ")));
    }
  }
}

std::string Args::Text(std::string_view key) const {
  const Node* node = Find(key);
  if (node == nullptr) throw Mistake(node_.mark(), fmt::format("'{}' is missing", key));
  if (node->is_list() || node->is_map()) {
    throw Mistake(node->mark(),
                  fmt::format("'{}': expected a word, found {}", key, Describe(*node)));
  }
  return node->text();
}

std::string Args::Text(std::string_view key, std::string_view otherwise) const {
  return Has(key) ? Text(key) : std::string(otherwise);
}

std::optional<std::int64_t> Args::Number(std::string_view key) const {
  const Node* node = Find(key);
  if (node == nullptr) return std::nullopt;
  if (node->kind() != definition::NodeKind::kInt) {
    throw Mistake(node->mark(),
                  fmt::format("'{}': expected a number, found {}", key, Describe(*node)));
  }
  return node->int_value();
}

bool Args::IsSet(std::string_view key) const {
  const Node* node = Find(key);
  if (node == nullptr) return false;
  if (!node->is_bool()) {
    throw Mistake(node->mark(),
                  fmt::format("'{}': expected true or false, found {}", key, Describe(*node)));
  }
  return node->bool_value();
}

std::vector<std::string> Args::Texts(std::string_view key) const {
  std::vector<std::string> texts;
  const Node* node = Find(key);
  if (node == nullptr) return texts;
  if (node->is_map() || node->is_null()) {
    throw Mistake(node->mark(),
                  fmt::format("'{}': expected a list, found {}", key, Describe(*node)));
  }
  if (!node->is_list()) return {node->text()};
  for (const Node& item : node->items()) texts.push_back(item.text());
  return texts;
}

std::size_t Args::Choice(std::string_view key, std::initializer_list<std::string_view> words,
                         std::size_t otherwise) const {
  if (!Has(key)) return otherwise;
  const std::string text = Text(key);
  const auto found = std::ranges::find(words, text);
  if (found == words.end()) {
    throw Mistake(Find(key)->mark(), fmt::format("'{}': unknown word '{}' (allowed: {})", key, text,
                                                 fmt::join(words, ", ")));
  }
  return static_cast<std::size_t>(found - words.begin());
}

}  // namespace gatewright::simulation
