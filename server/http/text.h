// server/http/text.h: small pure functions on protocol text. Thread-safe.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace gatewright::http {

bool EqualsIgnoreCase(std::string_view a, std::string_view b);

// A character of a method or header name (RFC 9110 `token`).
bool IsTokenCharacter(char c);

// Without surrounding spaces and tabs.
std::string_view TrimBlanks(std::string_view text);

bool IsValidUtf8(std::string_view text);

enum class PlusSign { kLiteral = 1, kSpace };

// Replaces %XX. False for a malformed escape, a NUL or a result that is not UTF-8.
bool PercentDecode(std::string_view text, PlusSign plus, std::string& out);

// Appends `text` as the inside of a JSON string; each byte that is not UTF-8 becomes U+FFFD.
void AppendJsonEscaped(std::string& out, std::string_view text);

void AppendNumber(std::string& out, std::uint64_t number);

// Calls `visit` with each element of a comma-separated list, without the blanks around it.
template <class Visit>
void ForEachElement(std::string_view list, Visit visit) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    visit(TrimBlanks(list.substr(0, comma)));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
}

}  // namespace gatewright::http
