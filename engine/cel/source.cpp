#include "engine/cel/source.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/cel/utf8.h"

namespace gatewright::cel {

std::string Source::Place(std::uint32_t offset) const {
  const std::string_view before = std::string_view(text_).substr(0, offset);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const std::size_t newline = before.rfind('\n');
  const std::size_t start = newline == std::string_view::npos ? 0 : newline + 1;
  return fmt::format("{}:{}", line, CountCodePoints(before.substr(start)) + 1);
}

Error Source::Problem(std::uint32_t offset, std::string_view message) const {
  return {ErrorCode::kInvalid, fmt::format("{}: {}", Place(offset), message)};
}

}  // namespace gatewright::cel
