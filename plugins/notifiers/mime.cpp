#include "plugins/notifiers/mime.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "plugins/outbound/crypto.h"

namespace gatewright::notifiers {
namespace {

constexpr std::size_t kMaxPlain = 60;
// Of text in one encoded word, which may have 75 characters.
constexpr std::size_t kMaxInWord = 39;
constexpr std::size_t kLineOfBase64 = 76;
constexpr std::size_t kMaxAddress = 254;

bool IsPlain(std::string_view text) {
  return text.size() <= kMaxPlain && text.find("=?") == text.npos &&
         std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

bool IsInsideCharacter(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// The longest beginning that fits into an encoded word and ends between characters.
std::size_t WordSize(std::string_view text) {
  if (text.size() <= kMaxInWord) return text.size();
  std::size_t end = kMaxInWord;
  while (end > kMaxInWord - 4 && IsInsideCharacter(text[end])) --end;
  return end;
}

}  // namespace

std::string TextHeader(std::string_view name, std::string_view text) {
  std::string out(name);
  out += ": ";
  if (IsPlain(text)) return out.append(text).append("\r\n");
  while (!text.empty()) {
    const std::size_t size = WordSize(text);
    out += "=?UTF-8?B?" + outbound::ToBase64(text.substr(0, size)) + "?=\r\n";
    text.remove_prefix(size);
    if (!text.empty()) out += ' ';
  }
  return out;
}

std::string AddressHeader(std::string_view name, const std::vector<std::string>& addresses) {
  std::string out(name);
  out += ": ";
  for (const std::string& address : addresses) {
    if (&address != &addresses.front()) out += ",\r\n ";
    out += address;
  }
  return out += "\r\n";
}

std::string DateHeader(TimePoint when) {
  static constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(when);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(when - day));
  char text[64];
  std::snprintf(text, sizeof text, "Date: %s, %u %s %d %02d:%02d:%02d +0000\r\n",
                kDays[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
                kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  return text;
}

std::string TextBody(std::string_view text) {
  std::string out =
      "MIME-Version: 1.0\r\n"
      "Content-Type: text/plain; charset=utf-8\r\n"
      "Content-Transfer-Encoding: base64\r\n"
      "\r\n";
  const std::string encoded = outbound::ToBase64(text);
  for (std::size_t at = 0; at < encoded.size(); at += kLineOfBase64) {
    out.append(encoded, at, kLineOfBase64).append("\r\n");
  }
  return out;
}

bool IsAddress(std::string_view text) {
  constexpr std::string_view kQuoted = "()<>[]:;@\\,\"";
  const auto is_bare = [&](std::string_view part) {
    return !part.empty() && std::ranges::all_of(part, [&](char c) {
      return c > ' ' && c <= '~' && kQuoted.find(c) == kQuoted.npos;
    });
  };
  const auto at = text.find('@');
  return at != text.npos && text.size() <= kMaxAddress && is_bare(text.substr(0, at)) &&
         is_bare(text.substr(at + 1));
}

}  // namespace gatewright::notifiers
