#include "server/api/cursor.h"

#include <fmt/format.h>

#include <cstdint>
#include <optional>

#include "engine/codec/digest.h"
#include "server/api/parameters.h"
#include "server/http/problem.h"

namespace gatewright::api {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string ToBase64Url(std::string_view bytes) {
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char byte : bytes) {
    bits = (bits << 8U) | static_cast<unsigned char>(byte);
    count += 8;
    while (count >= 6) {
      count -= 6;
      out += kAlphabet[(bits >> static_cast<unsigned>(count)) & 0x3FU];
    }
  }
  if (count > 0) out += kAlphabet[(bits << static_cast<unsigned>(6 - count)) & 0x3FU];
  return out;
}

std::optional<std::string> FromBase64Url(std::string_view text) {
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const std::size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 6U) | static_cast<std::uint32_t>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out += static_cast<char>((bits >> static_cast<unsigned>(count)) & 0xFFU);
  }
  return out;
}

// "<number>.<first 8 hex digits of its digest>"
std::string Plain(std::string_view number) {
  return fmt::format("{}.{}", number,
                     codec::Sha256Hex({"gatewright list cursor 1 ", number}).substr(0, 8));
}

void AppendEscaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
    if (is_plain) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
}

}  // namespace

std::string WriteCursor(RunId before) { return ToBase64Url(Plain(fmt::to_string(before.value))); }

Checked<RunId> ReadCursor(const http::Request& request) {
  const auto text = request.Query("cursor");
  if (!text) return RunId{};
  const auto plain = FromBase64Url(*text);
  if (plain) {
    const std::string_view number = std::string_view(*plain).substr(0, plain->find('.'));
    const auto value = ParseCanonicalInteger(number);
    if (value && *value > 0 && WriteCursor(RunId(*value)) == *text) return RunId(*value);
  }
  return http::Problem(400, "invalid_cursor",
                       "expected the next_cursor of an earlier page, unchanged; leave it out to "
                       "start from the newest");
}

std::string NextLink(const http::Request& request, std::string_view cursor) {
  std::string link = "<" + request.path;
  char separator = '?';
  for (const http::Parameter& parameter : request.query) {
    if (parameter.name == "cursor") continue;
    link += separator;
    AppendEscaped(link, parameter.name);
    link += '=';
    AppendEscaped(link, parameter.value);
    separator = '&';
  }
  link += separator;
  link += "cursor=";
  link += cursor;
  link += ">; rel=\"next\"";
  return link;
}

}  // namespace gatewright::api
