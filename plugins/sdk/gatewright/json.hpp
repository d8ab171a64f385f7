// gatewright/json.hpp: a small strict JSON reader and an object writer for plugins. Std only.
// Strict: RFC 8259, no duplicate keys, no lone surrogates, at most 64 levels. Values are immutable
// after Parse and may be read by many threads.
#pragma once

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <locale>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatewright {
inline namespace sdk1 {

class Json {
 public:
  enum class Type { kNull = 1, kBool, kNumber, kString, kArray, kObject };
  struct Member;

  // Throws std::invalid_argument that says what was expected, and at which byte.
  static Json Parse(std::string_view text);

  Type type() const { return type_; }
  bool IsNull() const { return type_ == Type::kNull; }
  bool IsBool() const { return type_ == Type::kBool; }
  bool IsNumber() const { return type_ == Type::kNumber; }
  bool IsString() const { return type_ == Type::kString; }
  bool IsArray() const { return type_ == Type::kArray; }
  bool IsObject() const { return type_ == Type::kObject; }

  bool boolean() const { return bool_; }
  double number() const { return number_; }
  // Empty when the number is not a whole one or does not fit.
  std::optional<std::int64_t> integer() const;
  const std::string& string() const { return text_; }
  const std::vector<Json>& items() const { return items_; }
  const std::vector<Member>& members() const { return members_; }
  // Null when this is not an object or has no such key.
  const Json* Find(std::string_view key) const;
  // The value's own text, as it was written.
  const std::string& source() const { return source_; }

 private:
  friend class JsonReader;
  Type type_ = Type::kNull;
  bool bool_ = false;
  double number_ = 0;
  std::string text_;
  std::string source_;
  std::vector<Json> items_;
  std::vector<Member> members_;
};

struct Json::Member {
  std::string key;
  Json value;
};

inline std::string_view ToString(Json::Type type) {
  switch (type) {
    case Json::Type::kNull:
      return "null";
    case Json::Type::kBool:
      return "a boolean";
    case Json::Type::kNumber:
      return "a number";
    case Json::Type::kString:
      return "a string";
    case Json::Type::kArray:
      return "a list";
    case Json::Type::kObject:
      return "an object";
  }
  return "nothing";
}

inline std::optional<std::int64_t> Json::integer() const {
  if (!IsNumber()) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, problem] =
      std::from_chars(source_.data(), source_.data() + source_.size(), value);
  if (problem == std::errc{} && end == source_.data() + source_.size()) return value;
  // "1e3" and "2.0" are whole numbers too; 2^53 is where doubles stop being exact.
  constexpr double kExact = 9007199254740992.0;
  if (number_ < -kExact || number_ > kExact) return std::nullopt;
  const auto truncated = static_cast<std::int64_t>(number_);
  if (static_cast<double>(truncated) != number_) return std::nullopt;
  return truncated;
}

inline const Json* Json::Find(std::string_view key) const {
  for (const Member& member : members_) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

// Appends `text` as a JSON string, quotes included. `text` must be UTF-8.
inline void AppendQuoted(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          char escape[8];
          std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
          out += escape;
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

// Writes one JSON object: JsonObject().Add("exit_code", 0).Add("host", "a1").text()
class JsonObject {
 public:
  JsonObject& Add(std::string_view key, std::string_view value) {
    AppendQuoted(Key(key), value);
    return *this;
  }
  JsonObject& Add(std::string_view key, const char* value) {
    return Add(key, std::string_view(value));
  }
  JsonObject& Add(std::string_view key, std::int64_t value) {
    Key(key) += std::to_string(value);
    return *this;
  }
  JsonObject& Add(std::string_view key, int value) { return Add(key, std::int64_t{value}); }
  JsonObject& Add(std::string_view key, bool value) {
    Key(key) += value ? "true" : "false";
    return *this;
  }
  // `json` must be valid JSON.
  JsonObject& AddJson(std::string_view key, std::string_view json) {
    Key(key) += json;
    return *this;
  }
  std::string text() const { return body_ + '}'; }

 private:
  std::string& Key(std::string_view key) {
    if (body_.size() > 1) body_ += ',';
    AppendQuoted(body_, key);
    return body_ += ':';
  }

  std::string body_ = "{";
};

// Recursive descent over one text. Every Read… starts at its first character.
class JsonReader {
 public:
  explicit JsonReader(std::string_view text) : text_(text) {}

  Json ReadDocument() {
    SkipSpace();
    Json value = ReadValue(0);
    SkipSpace();
    if (at_ != text_.size()) Fail("the end");
    return value;
  }

 private:
  static constexpr int kMaxDepth = 64;

  [[noreturn]] void Fail(const std::string& expected) const {
    std::string found = "the end";
    if (at_ < text_.size()) {
      const auto byte = static_cast<unsigned char>(text_[at_]);
      char shown[16];
      std::snprintf(shown, sizeof shown, byte > 0x20 && byte < 0x7f ? "'%c'" : "byte 0x%02x", byte);
      found = shown;
    }
    throw std::invalid_argument("JSON, byte " + std::to_string(at_) + ": expected " + expected +
                                ", found " + found);
  }

  bool At(char wanted) const { return at_ < text_.size() && text_[at_] == wanted; }
  bool AtDigit() const { return at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; }
  bool Take(char wanted) {
    if (!At(wanted)) return false;
    ++at_;
    return true;
  }
  void Need(char wanted) {
    if (!Take(wanted)) Fail(std::string("'") + wanted + "'");
  }
  void SkipSpace() {
    while (At(' ') || At('\n') || At('\t') || At('\r')) ++at_;
  }

  Json ReadValue(int depth) {
    if (depth > kMaxDepth) Fail("at most 64 levels");
    const std::size_t start = at_;
    Json value;
    if (At('{')) {
      ReadObject(value, depth);
    } else if (At('[')) {
      ReadArray(value, depth);
    } else if (At('"')) {
      value.type_ = Json::Type::kString;
      value.text_ = ReadString();
    } else if (At('-') || AtDigit()) {
      ReadNumber(value);
    } else {
      ReadWord(value);
    }
    value.source_ = text_.substr(start, at_ - start);
    return value;
  }

  void ReadWord(Json& value) {
    const std::string_view rest = text_.substr(at_);
    if (rest.starts_with("null")) {
      at_ += 4;
    } else if (rest.starts_with("true") || rest.starts_with("false")) {
      value.type_ = Json::Type::kBool;
      value.bool_ = rest.front() == 't';
      at_ += value.bool_ ? 4 : 5;
    } else {
      Fail("a value");
    }
  }

  void ReadDigits() {
    if (!AtDigit()) Fail("a digit");
    while (AtDigit()) ++at_;
  }

  void ReadNumber(Json& value) {
    const std::size_t start = at_;
    Take('-');
    if (!Take('0')) ReadDigits();
    if (AtDigit()) Fail("no digit after a leading 0");
    if (Take('.')) ReadDigits();
    if (Take('e') || Take('E')) {
      if (!Take('+')) Take('-');
      ReadDigits();
    }
    value.type_ = Json::Type::kNumber;
    // Not strtod, whose decimal point depends on the locale; not every library's from_chars reads
    // doubles.
    std::istringstream number(std::string(text_.substr(start, at_ - start)));
    number.imbue(std::locale::classic());
    if (!(number >> value.number_)) {
      at_ = start;
      Fail("a number that fits a double");
    }
  }

  void ReadArray(Json& value, int depth) {
    value.type_ = Json::Type::kArray;
    Need('[');
    SkipSpace();
    if (Take(']')) return;
    do {
      SkipSpace();
      value.items_.push_back(ReadValue(depth + 1));
      SkipSpace();
    } while (Take(','));
    Need(']');
  }

  void ReadObject(Json& value, int depth) {
    value.type_ = Json::Type::kObject;
    Need('{');
    SkipSpace();
    if (Take('}')) return;
    do {
      SkipSpace();
      const std::size_t start = at_;
      std::string key = ReadString();
      if (value.Find(key)) {
        at_ = start;
        Fail("every key once, key '" + key + "'");
      }
      SkipSpace();
      Need(':');
      SkipSpace();
      Json member = ReadValue(depth + 1);
      value.members_.push_back({std::move(key), std::move(member)});
      SkipSpace();
    } while (Take(','));
    Need('}');
  }

  std::string ReadString() {
    Need('"');
    std::string out;
    while (!Take('"')) {
      if (at_ >= text_.size()) Fail("'\"'");
      if (static_cast<unsigned char>(text_[at_]) < 0x20) Fail("an escaped control character");
      if (Take('\\')) {
        ReadEscape(out);
      } else {
        out += text_[at_++];
      }
    }
    return out;
  }

  void ReadEscape(std::string& out) {
    static constexpr std::string_view kLetters = "\"\\/bfnrt";
    static constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    if (Take('u')) {
      AppendCodePoint(out, ReadCodePoint());
      return;
    }
    const auto known = at_ < text_.size() ? kLetters.find(text_[at_]) : std::string_view::npos;
    if (known == std::string_view::npos) Fail("an escape");
    out += kMeanings[known];
    ++at_;
  }

  std::uint32_t ReadHex4() {
    std::uint32_t value = 0;
    const char* const begin = text_.data() + at_;
    const auto digits = text_.substr(at_, 4);
    const auto [end, problem] = std::from_chars(begin, begin + digits.size(), value, 16);
    if (problem != std::errc{} || end != begin + 4 || digits.front() == '-') {
      Fail("four hexadecimal digits");
    }
    at_ += 4;
    return value;
  }

  std::uint32_t ReadCodePoint() {
    const std::uint32_t first = ReadHex4();
    if (first < 0xD800 || first > 0xDFFF) return first;
    if (first > 0xDBFF || !Take('\\') || !Take('u')) Fail("a pair of surrogates");
    const std::uint32_t second = ReadHex4();
    if (second < 0xDC00 || second > 0xDFFF) Fail("a pair of surrogates");
    return 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
  }

  static void AppendCodePoint(std::string& out, std::uint32_t point) {
    const auto tail = [&](int shift) {
      out += static_cast<char>(0x80 | ((point >> shift) & 0x3F));
    };
    if (point < 0x80) {
      out += static_cast<char>(point);
    } else if (point < 0x800) {
      out += static_cast<char>(0xC0 | (point >> 6));
      tail(0);
    } else if (point < 0x10000) {
      out += static_cast<char>(0xE0 | (point >> 12));
      tail(6), tail(0);
    } else {
      out += static_cast<char>(0xF0 | (point >> 18));
      tail(12), tail(6), tail(0);
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

inline Json Json::Parse(std::string_view text) { return JsonReader(text).ReadDocument(); }

}  // namespace sdk1
}  // namespace gatewright
