// engine/definition/lists.h: small helpers for lists and words of a definition file. One thread.
#pragma once

#include <fmt/format.h>

#include <set>
#include <string>
#include <string_view>

#include "engine/definition/scope.h"
#include "engine/definition/yaml.h"

namespace gatewright::definition {

inline bool IsText(const Node* node, std::string_view word) {
  return node && node->is_string() && node->text() == word;
}

// Calls `use` for every different text of a list; the same one twice is reported.
template <class Function>
void ForEachOnce(const Node& list, std::string_view label, const Scope& scope, Function&& use) {
  std::set<std::string> seen;
  for (const Node& item : list.items()) {
    if (item.is_string() && !seen.insert(item.text()).second) {
      scope.Report(item.mark(), codes::kBadValue,
                   fmt::format("'{}': '{}' is in the list already", label, Shorten(item.text())));
    } else {
      use(item);
    }
  }
}

}  // namespace gatewright::definition
