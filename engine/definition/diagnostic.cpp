#include "engine/definition/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace gatewright::definition {

bool IsAboutShape(std::string_view code) {
  return code == codes::kWrongType || code == codes::kUnknownKey || code == codes::kMissingKey ||
         code == codes::kBadValue || code == codes::kNotSupportedYet;
}

std::string Format(const Diagnostic& diagnostic) {
  return fmt::format("{}:{}:{}: {}{}{}", diagnostic.file, diagnostic.line, diagnostic.column,
                     diagnostic.where, diagnostic.where.empty() ? "" : ": ", diagnostic.message);
}

void SortByPlace(std::vector<Diagnostic>& diagnostics) {
  std::stable_sort(diagnostics.begin(), diagnostics.end(), [](const auto& a, const auto& b) {
    return std::tie(a.file, a.line, a.column) < std::tie(b.file, b.line, b.column);
  });
}

}  // namespace gatewright::definition
