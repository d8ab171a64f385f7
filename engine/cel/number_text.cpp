#include "engine/cel/number_text.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>

namespace gatewright::cel {
namespace {

bool IsDecimal(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789.eE+-") == std::string_view::npos &&
         text.find_first_of("0123456789") != std::string_view::npos;
}

template <class Number>
std::optional<Number> ParseWhole(std::string_view text, int base) {
  Number value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<std::int64_t> ParseInt(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  return ParseWhole<std::int64_t>(text, 10);
}

std::optional<std::uint64_t> ParseUint(std::string_view text, int base) {
  return ParseWhole<std::uint64_t>(text, base);
}

std::optional<double> ParseDouble(std::string_view text) {
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<double>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  if (!IsDecimal(text)) return std::nullopt;
  double value = 0;
  const char* const last = text.data() + text.size();
  const auto [end, problem] = std::from_chars(text.data(), last, value);
  if (end != last) return std::nullopt;
  if (problem == std::errc{}) return value;
  // Out of the range of a double, on which side it does not say. A long double reaches further.
  long double wide = 0;
  if (std::from_chars(text.data(), last, wide).ec != std::errc{}) return std::nullopt;
  value = static_cast<double>(wide);
  if (std::isinf(value)) return std::nullopt;
  return value;
}

std::string NumberText(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number > 0 ? "Infinity" : "-Infinity";
  return fmt::format("{}", number);
}

}  // namespace gatewright::cel
