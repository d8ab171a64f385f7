#include "engine/access/verb.h"

#include <algorithm>

namespace gatewright::access {

std::string_view ToString(Verb verb) { return kVerbNames[static_cast<std::size_t>(verb) - 1]; }

std::optional<Verb> ParseVerb(std::string_view name) {
  const auto found = std::ranges::find(kVerbNames, name);
  if (found == kVerbNames.end()) return std::nullopt;
  return static_cast<Verb>(found - kVerbNames.begin() + 1);
}

}  // namespace gatewright::access
