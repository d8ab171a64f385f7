// `format`: a light look at the common ones. It refuses what is plainly something else and does
// not try to be the last word of the RFCs.
#include <arpa/inet.h>

#include <algorithm>
#include <string>

#include "engine/base/time.h"
#include "engine/codec/json_schema_node.h"

namespace gatewright::codec {
namespace {

bool IsDateTime(std::string_view text) {
  return text.find(' ') == text.npos && ParseTime(text).has_value();
}

bool IsDate(std::string_view text) {
  return text.size() == 10 && ParseTime(std::string(text) + "T00:00:00Z").has_value();
}

bool IsEmail(std::string_view text) {
  const std::size_t at = text.rfind('@');
  if (at == 0 || at == text.npos || at + 1 == text.size()) return false;
  return text.find_first_of(" \t\r\n<>") == text.npos;
}

bool IsUri(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == 0 || colon == text.npos) return false;
  const auto is_letter = [](char c) { return (c | 32) >= 'a' && (c | 32) <= 'z'; };
  const bool is_scheme =
      is_letter(text[0]) && std::all_of(text.begin(), text.begin() + colon, [&](char c) {
        return is_letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
      });
  return is_scheme && std::all_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) > 0x20 && c != 0x7F && c != '<' && c != '>' &&
                  c != '"' && c != '\\';
         });
}

bool IsUuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool is_hex = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'f');
    const bool is_dash_place = i == 8 || i == 13 || i == 18 || i == 23;
    if (is_dash_place ? c != '-' : !is_hex) return false;
  }
  return true;
}

bool IsAddress(int family, std::string_view text) {
  unsigned char address[16];
  return text.size() < 46 && inet_pton(family, std::string(text).c_str(), address) == 1;
}

}  // namespace

bool MatchesFormat(std::string_view format, std::string_view text) {
  if (format == "date-time") return IsDateTime(text);
  if (format == "date") return IsDate(text);
  if (format == "email") return IsEmail(text);
  if (format == "uri") return IsUri(text);
  if (format == "uuid") return IsUuid(text);
  if (format == "ipv4") return IsAddress(AF_INET, text);
  if (format == "ipv6") return IsAddress(AF_INET6, text);
  return true;
}

}  // namespace gatewright::codec
