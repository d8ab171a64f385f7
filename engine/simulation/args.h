// engine/simulation/args.h: the words of one map of a script. A word nobody knows is a mistake
// in the file, told with its place. One thread.
#pragma once

#include <initializer_list>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "engine/definition/yaml.h"

namespace gatewright::simulation {

// What is wrong with the file itself: thrown where it is found, caught by the player.
struct Mistake : std::runtime_error {
  Mistake(definition::Mark mark, const std::string& message);
};

class Args {
 public:
  // Only the keys in `known` may be there.
  Args(const definition::Node& node, std::initializer_list<std::string_view> known);
  // Whatever keys are there: somebody else looks at them.
  explicit Args(const definition::Node& node) : node_(node) {}

  bool Has(std::string_view key) const { return node_.Find(key) != nullptr; }
  const definition::Node* Find(std::string_view key) const { return node_.Find(key); }
  std::string Text(std::string_view key) const;  // must be there
  std::string Text(std::string_view key, std::string_view otherwise) const;
  std::optional<std::int64_t> Number(std::string_view key) const;
  bool IsSet(std::string_view key) const;  // a boolean; false when it is not there
  std::vector<std::string> Texts(std::string_view key) const;  // a single word is a list of one

  // One of `words`, as its index; `otherwise` when it is not there.
  std::size_t Choice(std::string_view key, std::initializer_list<std::string_view> words,
                     std::size_t otherwise) const;

 private:
  definition::Node node_;
};

}  // namespace gatewright::simulation
