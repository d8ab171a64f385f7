#include "tests/cel/textproto.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <stdexcept>

#include "engine/cel/utf8.h"

namespace gatewright::cel::testing {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Message ReadMessage(char close) {
    Message message;
    for (SkipSpace(); !At(close); SkipSpace()) {
      message.fields.push_back(ReadField());
      SkipSpace();
      if (!Take(',')) Take(';');
    }
    if (close != '\0') ++at_;
    return message;
  }

 private:
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool At(char wanted) const { return Peek() == wanted && (wanted != '\0' || at_ == text_.size()); }
  bool Take(char wanted) {
    if (Peek() != wanted) return false;
    ++at_;
    return true;
  }
  void SkipSpace() {
    while (at_ < text_.size()) {
      if (std::string_view(" \t\r\n").find(Peek()) != std::string_view::npos) {
        ++at_;
      } else if (Peek() == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else {
        return;
      }
    }
  }
  [[noreturn]] void Fail(std::string_view expected) const {
    const auto line = std::count(text_.begin(), text_.begin() + static_cast<long>(at_), '\n') + 1;
    throw std::runtime_error(fmt::format("line {}: expected {}", line, expected));
  }

  Message::Field ReadField() {
    Message::Field field;
    if (Take('[')) {  // the name of an extension or of the type inside an Any
      while (!At(']') && at_ < text_.size()) field.name += text_[at_++];
      ++at_;
    } else {
      field.name = ReadWord();
    }
    SkipSpace();
    const bool has_colon = Take(':');
    SkipSpace();
    if (Take('{')) {
      field.message = ReadMessage('}');
    } else if (!has_colon) {
      Fail("':' or '{'");
    } else if (At('"') || At('\'')) {
      for (; At('"') || At('\''); SkipSpace()) field.text += ReadString();
    } else if (Take('[')) {
      while (!Take(']')) ++at_;  // lists of numbers stand in messages only
    } else {
      field.text = ReadWord();
    }
    return field;
  }

  std::string ReadWord() {
    std::string word;
    const auto is_part = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '_' || c == '-' || c == '+' || c == '.';
    };
    while (is_part(Peek())) word += text_[at_++];
    if (word.empty()) Fail("a word");
    return word;
  }

  std::string ReadString() {
    const char quote = text_[at_++];
    std::string out;
    while (!Take(quote)) {
      if (at_ == text_.size()) Fail("a closing quote");
      const char c = text_[at_++];
      if (c == '\\') {
        ReadEscape(out);
      } else {
        out += c;
      }
    }
    return out;
  }

  void ReadEscape(std::string& out) {
    constexpr std::string_view kSimple = "abfnrtv\\'\"?", kMeaning = "\a\b\f\n\r\t\v\\'\"?";
    const char c = text_[at_++];
    if (const auto simple = kSimple.find(c); simple != std::string_view::npos) {
      out += kMeaning[simple];
    } else if (c >= '0' && c <= '7') {
      --at_;
      out += static_cast<char>(ReadDigits(3, 8));
    } else if (c == 'x' || c == 'X') {
      out += static_cast<char>(ReadDigits(2, 16));
    } else if (c == 'u' || c == 'U') {
      AppendCodePoint(out, ReadDigits(c == 'u' ? 4 : 8, 16));
    } else {
      Fail("a known escape");
    }
  }

  std::uint32_t ReadDigits(int most, std::uint32_t base) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::uint32_t value = 0;
    for (; most > 0 && at_ < text_.size(); --most, ++at_) {
      const char c = Peek();
      const char lower = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
      const auto digit = kDigits.substr(0, base).find(lower);
      if (digit == std::string_view::npos) break;
      value = value * base + static_cast<std::uint32_t>(digit);
    }
    return value;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

const Message* Message::Find(std::string_view name) const {
  for (const Field& field : fields) {
    if (field.name == name) return &field.message;
  }
  return nullptr;
}

std::string Message::Text(std::string_view name) const {
  for (const Field& field : fields) {
    if (field.name == name) return field.text;
  }
  return "";
}

std::vector<const Message*> Message::All(std::string_view name) const {
  std::vector<const Message*> found;
  for (const Field& field : fields) {
    if (field.name == name) found.push_back(&field.message);
  }
  return found;
}

Message ParseTextproto(std::string_view text) { return Reader(text).ReadMessage('\0'); }

}  // namespace gatewright::cel::testing
