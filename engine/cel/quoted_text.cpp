#include "engine/cel/quoted_text.h"

#include <fmt/format.h>

#include <cstdint>
#include <optional>

#include "engine/cel/number_text.h"
#include "engine/cel/utf8.h"

namespace gatewright::cel {
namespace {

constexpr std::string_view kSimple = "abfnrtv\\?\"'`";
constexpr std::string_view kMeaning = "\a\b\f\n\r\t\v\\?\"'`";

class Reader {
 public:
  Reader(std::string_view inside, bool is_bytes) : inside_(inside), is_bytes_(is_bytes) {}

  Unescaped Read() {
    while (at_ < inside_.size() && result_.problem.empty()) {
      if (inside_[at_] == '\\') {
        ReadEscape();
      } else {
        result_.text += inside_[at_++];
      }
    }
    return std::move(result_);
  }

 private:
  void ReadEscape() {
    const std::size_t start = at_++;  // a literal never ends with a lone backslash
    const char c = inside_[at_];
    if (const auto simple = kSimple.find(c); simple != std::string_view::npos) {
      result_.text += kMeaning[simple];
      ++at_;
    } else if (c >= '0' && c <= '3') {
      ReadCode(start, 3, 8, "three octal digits up to \\377");
    } else if (c == 'x' || c == 'X') {
      ++at_;
      ReadCode(start, 2, 16, "two hexadecimal digits");
    } else if ((c == 'u' || c == 'U') && is_bytes_) {
      Fail(start, fmt::format("\\{} stands for a character and has no place in bytes; expected "
                              "\\x and two hexadecimal digits",
                              c));
    } else if (c == 'u' || c == 'U') {
      ++at_;
      ReadCode(start, c == 'u' ? 4 : 8, 16,
               c == 'u' ? "four hexadecimal digits" : "eight hexadecimal digits");
    } else {
      Fail(start,
           "unknown escape; expected one of \\a \\b \\f \\n \\r \\t \\v \\\\ \\? \\\" \\' \\` "
           "\\x41 \\101 \\u0041 \\U00000041");
    }
  }

  void ReadCode(std::size_t start, std::size_t digits, int base, std::string_view expected) {
    const std::string_view text = inside_.substr(at_, digits);
    const auto code = text.size() == digits ? ParseUint(text, base) : std::nullopt;
    if (!code) return Fail(start, fmt::format("expected {} after the backslash", expected));
    if (*code > 0x10ffff || (*code >= 0xd800 && *code < 0xe000)) {
      return Fail(start, fmt::format("{:x} is no character; expected at most 10ffff, and no "
                                     "surrogate (d800 to dfff)",
                                     *code));
    }
    at_ += digits;
    if (is_bytes_) {
      result_.text += static_cast<char>(*code);
    } else {
      AppendCodePoint(result_.text, static_cast<std::uint32_t>(*code));
    }
  }

  void Fail(std::size_t at, std::string problem) {
    result_.problem = std::move(problem);
    result_.problem_at = at;
  }

  std::string_view inside_;
  bool is_bytes_;
  std::size_t at_ = 0;
  Unescaped result_;
};

}  // namespace

Unescaped Unescape(std::string_view inside, bool is_bytes) {
  return Reader(inside, is_bytes).Read();
}

}  // namespace gatewright::cel
