// engine/definition/document.h: what every kind of document has in common. One thread.
#pragma once

#include <array>
#include <string_view>

#include "engine/definition/scope.h"
#include "engine/definition/yaml.h"

namespace gatewright::definition {

inline constexpr std::array<std::string_view, 1> kApiVersions = {"gatewright/v1"};

inline bool IsKind(const Node& root, std::string_view kind) {
  const Node* given = root.Find("kind");
  return given && given->is_string() && given->text() == kind;
}

}  // namespace gatewright::definition
