#include "server/api/parameters.h"

#include <fmt/format.h>

#include <charconv>

#include "engine/codec/requests.h"
#include "engine/codec/utf8.h"
#include "server/api/problems.h"

namespace gatewright::api {

std::optional<std::int64_t> ParseCanonicalInteger(std::string_view text) {
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  std::int64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Checked<RunId> PathRun(const http::Request& request) {
  const std::string_view text = request.Param("id");
  const auto value = ParseCanonicalInteger(text);
  if (!value || *value < 1) return NoSuchRun(text);
  return RunId(*value);
}

Checked<std::int64_t> PathNumber(const http::Request& request, std::string_view what) {
  const std::string_view text = request.Param("id");
  const auto value = ParseCanonicalInteger(text);
  if (value && *value >= 1) return *value;
  return http::Problem(404, "not_found", fmt::format("there is no {} '{}'", what, text));
}

Checked<AttemptNumber> PathAttempt(const http::Request& request) {
  const std::string_view text = request.Param("number");
  const auto value = ParseCanonicalInteger(text);
  if (!value || *value < 1) {
    return http::Problem(404, "not_found", fmt::format("the run has no attempt '{}'", text));
  }
  return AttemptNumber(*value);
}

http::Response BadParameter(std::string_view name, std::string_view expected,
                            std::string_view found) {
  constexpr std::size_t kShown = 64;
  return http::Problem(400, "invalid_parameter",
                       fmt::format("query parameter '{}': expected {}, found '{}'", name, expected,
                                   found.substr(0, kShown)));
}

Checked<std::int64_t> QueryInteger(const http::Request& request, std::string_view name,
                                   IntegerRange range) {
  const auto text = request.Query(name);
  if (!text) return range.usual;
  const auto value = ParseCanonicalInteger(*text);
  if (!value || *value < range.lowest || *value > range.highest) {
    return BadParameter(name, fmt::format("an integer from {} to {}", range.lowest, range.highest),
                        *text);
  }
  return *value;
}

Checked<std::string> QueryText(const http::Request& request, std::string_view name) {
  const auto text = request.Query(name);
  if (!text) return std::string();
  if (text->empty() || codec::CountCodePoints(*text) > codec::kMaxNameLength) {
    return BadParameter(name, fmt::format("1 to {} characters", codec::kMaxNameLength), *text);
  }
  return std::string(*text);
}

Checked<bool> QueryFlag(const http::Request& request, std::string_view name) {
  const auto text = request.Query(name);
  if (!text || *text == "false") return false;
  if (text->empty() || *text == "true") return true;
  return BadParameter(name, "true or false", *text);
}

Checked<Duration> QueryDuration(const http::Request& request, std::string_view name, Duration usual,
                                Duration longest) {
  const auto text = request.Query(name);
  if (!text) return usual;
  const auto value = *text == "0" ? std::optional(Duration::zero()) : ParseDuration(*text);
  if (!value || *value < Duration::zero() || *value > longest) {
    return BadParameter(
        name, fmt::format("a time such as 30s, from 0s to {}", FormatDuration(longest)), *text);
  }
  return *value;
}

}  // namespace gatewright::api
