// Writing JSON: compact for the wire, canonical (RFC 8785) for digests.
#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <charconv>
#include <cmath>
#include <cstring>
#include <vector>

#include "engine/codec/json.h"
#include "engine/codec/utf8.h"

namespace gatewright::codec {
namespace {

namespace json = boost::json;

constexpr char kHex[] = "0123456789abcdef";

// Which bytes a JSON string may hold as they are: all ASCII but controls, quote and backslash.
constexpr std::array<bool, 256> kIsPlain = [] {
  std::array<bool, 256> plain{};
  for (int c = 0x20; c < 0x80; ++c) plain[static_cast<std::size_t>(c)] = c != '"' && c != '\\';
  return plain;
}();

void AppendEscaped(std::string& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += kHex[(c >> 4) & 15];
      out += kHex[c & 15];
  }
}

// The way ECMAScript writes a number, as RFC 8785 asks: shortest digits that read back equal, no
// exponent between 1e-7 and 1e21.
void AppendDouble(std::string& out, double number) {
  if (number == 0 || !std::isfinite(number)) {  // -0 is 0; parsed values are always finite
    out += '0';
    return;
  }
  char text[40];
  const auto end = std::to_chars(text, text + sizeof text, std::abs(number),
                                 std::chars_format::scientific)
                       .ptr;  // d.ddde±xx
  const char* const exponent_mark = std::find(text, end, 'e');
  int exponent = 0;
  const char* exponent_digits = exponent_mark + 1;
  if (*exponent_digits == '+') ++exponent_digits;
  std::from_chars(exponent_digits, end, exponent);
  std::string digits(1, text[0]);
  if (exponent_mark - text > 2)
    digits.append(text + 2, static_cast<std::size_t>(exponent_mark - text - 2));

  if (number < 0) out += '-';
  const int count = static_cast<int>(digits.size());
  const int point = exponent + 1;  // digits before the decimal point
  if (point > 21 || point <= -6) {
    out += digits[0];
    if (count > 1) out.append(1, '.').append(digits, 1);
    out += 'e';
    out += exponent < 0 ? '-' : '+';
    out += std::to_string(std::abs(exponent));
  } else if (point <= 0) {
    out.append("0.").append(static_cast<std::size_t>(-point), '0').append(digits);
  } else if (count <= point) {
    out.append(digits).append(static_cast<std::size_t>(point - count), '0');
  } else {
    out.append(digits, 0, static_cast<std::size_t>(point)).append(1, '.');
    out.append(digits, static_cast<std::size_t>(point));
  }
}

// Both numbers are the bytes where two valid strings first differ. UTF-8 sorts like UTF-16 except
// that U+E000…U+FFFF (lead EE, EF) come after the code points written as surrogate pairs (F0…F4).
int Utf16Rank(char byte) {
  const int rank = static_cast<unsigned char>(byte);
  return rank == 0xEE || rank == 0xEF ? rank + 0x10 : rank;
}

bool IsBeforeInUtf16(std::string_view a, std::string_view b) {
  const auto [in_a, in_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (in_a == a.end() || in_b == b.end()) return a.size() < b.size();
  return Utf16Rank(*in_a) < Utf16Rank(*in_b);
}

enum class Keys { kAsGiven = 1, kSorted };

void Append(std::string& out, const json::value& value, Keys keys);

void AppendMember(std::string& out, const json::key_value_pair& member, Keys keys) {
  if (out.back() != '{') out += ',';
  AppendJsonString(out, member.key());
  out += ':';
  Append(out, member.value(), keys);
}

void AppendObject(std::string& out, const json::object& object, Keys keys) {
  out += '{';
  if (keys == Keys::kAsGiven) {
    for (const auto& member : object) AppendMember(out, member, keys);
  } else {
    std::vector<const json::key_value_pair*> sorted;
    sorted.reserve(object.size());
    for (const auto& member : object) sorted.push_back(&member);
    std::sort(sorted.begin(), sorted.end(),
              [](const auto* a, const auto* b) { return IsBeforeInUtf16(a->key(), b->key()); });
    for (const auto* member : sorted) AppendMember(out, *member, keys);
  }
  out += '}';
}

void Append(std::string& out, const json::value& value, Keys keys) {
  switch (value.kind()) {
    case json::kind::null:
      out += "null";
      break;
    case json::kind::bool_:
      out += value.get_bool() ? "true" : "false";
      break;
    case json::kind::int64:
      out += std::to_string(value.get_int64());
      break;
    case json::kind::uint64:
      out += std::to_string(value.get_uint64());
      break;
    case json::kind::double_:
      AppendDouble(out, value.get_double());
      break;
    case json::kind::string:
      AppendJsonString(out, value.get_string());
      break;
    case json::kind::array: {
      out += '[';
      bool is_first = true;
      for (const auto& element : value.get_array()) {
        if (!is_first) out += ',';
        is_first = false;
        Append(out, element, keys);
      }
      out += ']';
      break;
    }
    case json::kind::object:
      AppendObject(out, value.get_object(), keys);
      break;
  }
}

}  // namespace

void AppendJsonString(std::string& out, std::string_view text) {
  out += '"';
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t start = at;
    while (at < text.size() && kIsPlain[static_cast<unsigned char>(text[at])]) ++at;
    out.append(text, start, at - start);
    if (at == text.size()) break;
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      AppendEscaped(out, text[at++]);
      continue;
    }
    const std::size_t length = Utf8Length(text.substr(at));
    if (length == 0) {
      out += "\xEF\xBF\xBD";  // U+FFFD
      ++at;
    } else {
      out.append(text, at, length);
      at += length;
    }
  }
  out += '"';
}

std::string ToJson(const json::value& value) {
  std::string out;
  Append(out, value, Keys::kAsGiven);
  return out;
}

std::string CanonicalJson(const json::value& value) {
  std::string out;
  Append(out, value, Keys::kSorted);
  return out;
}

}  // namespace gatewright::codec
