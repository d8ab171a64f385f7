#include <fmt/format.h>

#include <array>
#include <optional>

#include "engine/cel/number_text.h"
#include "engine/cel/quoted_text.h"
#include "engine/cel/token.h"

namespace gatewright::cel {
namespace {

constexpr auto kNone = std::string_view::npos;
// Longer ones first.
constexpr std::array<std::string_view, 26> kSymbols = {
    "==", "!=", "<=", ">=", "&&", "||", "(", ")", "[", "]", "{", "}", ".",
    ",",  "?",  ":",  "+",  "-",  "*",  "/", "%", "!", "<", ">", "=", "&"};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsHexDigit(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool IsNameStart(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsNamePart(char c) { return IsNameStart(c) || IsDigit(c); }
bool IsQuotedNamePart(char c) {
  return IsNamePart(c) || c == '.' || c == '-' || c == '/' || c == ' ';
}
bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r'; }

// How a literal starts: r"…", b'''…''' and so on.
struct Opening {
  bool is_raw = false;
  bool is_bytes = false;
  std::string_view quote;
};

class Lexer {
 public:
  explicit Lexer(const Source& source) : source_(source), text_(source.text()) {}

  Result<std::vector<Token>> Run() {
    std::vector<Token> tokens;
    do {
      SkipSpaceAndComments();
      token_ = Token{};
      token_.range.begin = static_cast<std::uint32_t>(at_);
      if (!Next()) return *error_;
      token_.range.end = static_cast<std::uint32_t>(at_);
      tokens.push_back(std::move(token_));
    } while (tokens.back().kind != TokenKind::kEnd);
    return tokens;
  }

 private:
  char Peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  void SkipSpaceAndComments() {
    while (at_ < text_.size()) {
      if (IsSpace(text_[at_])) {
        ++at_;
      } else if (text_.substr(at_).starts_with("//")) {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else {
        return;
      }
    }
  }

  // Reads one token into token_. False when it is none; error_ says why.
  bool Next() {
    if (at_ == text_.size()) return true;
    if (const auto opening = FindOpening()) return ReadQuoted(*opening);
    const char c = Peek();
    if (IsNameStart(c)) {
      token_.kind = TokenKind::kName;
      while (IsNamePart(Peek())) token_.name += text_[at_++];
      return true;
    }
    if (IsDigit(c) || (c == '.' && IsDigit(Peek(1)))) return ReadNumber();
    if (c == '`') return ReadQuotedName();
    for (const std::string_view symbol : kSymbols) {
      if (!text_.substr(at_).starts_with(symbol)) continue;
      token_.kind = TokenKind::kSymbol;
      at_ += symbol.size();
      if (symbol == "=") return Fail("expected '==' to compare, found '='");
      if (symbol == "&") return Fail("expected '&&', found '&'");
      return true;
    }
    if (c == '|') return Fail("expected '||', found '|'");
    const auto byte = static_cast<unsigned char>(c);
    return Fail(byte > 0x20 && byte < 0x7f
                    ? fmt::format("expected an expression, found '{}'", c)
                    : fmt::format("expected an expression, found the byte 0x{:02x}; text belongs "
                                  "in quotes",
                                  byte));
  }

  bool ReadQuotedName() {
    const std::size_t close = text_.find('`', at_ + 1);
    if (close == kNone) return Fail("expected a closing '`'");
    token_.kind = TokenKind::kQuotedName;
    token_.name = text_.substr(at_ + 1, close - at_ - 1);
    for (const char c : token_.name) {
      if (!IsQuotedNamePart(c)) {
        return Fail("expected letters, digits, '_', '.', '-', '/' and spaces between '`'");
      }
    }
    if (token_.name.empty()) return Fail("expected a name between '`'");
    at_ = close + 1;
    return true;
  }

  bool ReadNumber() {
    token_.kind = TokenKind::kInt;
    const bool is_hex = Peek() == '0' && (Peek(1) == 'x' || Peek(1) == 'X');
    if (is_hex) at_ += 2;
    const std::size_t start = at_;
    while (is_hex ? IsHexDigit(Peek()) : IsDigit(Peek())) ++at_;
    if (!is_hex && ReadFractionAndExponent()) {
      const auto number = ParseDouble(text_.substr(start, at_ - start));
      if (!number) return Fail("expected a number that a double can hold");
      token_.kind = TokenKind::kLiteral;
      token_.literal = Value::Double(*number);
    } else {
      const auto number = ParseUint(text_.substr(start, at_ - start), is_hex ? 16 : 10);
      const bool has_digits = at_ > start;
      const bool is_uint = Peek() == 'u' || Peek() == 'U';
      if (is_uint) ++at_;
      if (!has_digits) return Fail("expected hexadecimal digits after 0x");
      if (!number) return Fail("expected a number of at most 64 bits");
      token_.magnitude = *number;
      if (is_uint) {
        token_.kind = TokenKind::kLiteral;
        token_.literal = Value::Uint(*number);
      }
    }
    if (IsNamePart(Peek())) {
      return Fail(fmt::format("expected an operator after the number, found '{}'", Peek()));
    }
    return true;
  }

  // ".5", "e10" or both. False when there is neither.
  bool ReadFractionAndExponent() {
    bool is_there = false;
    if (Peek() == '.' && IsDigit(Peek(1))) {
      is_there = true;
      for (++at_; IsDigit(Peek());) ++at_;
    }
    if (Peek() != 'e' && Peek() != 'E') return is_there;
    const std::size_t sign = Peek(1) == '+' || Peek(1) == '-' ? 1 : 0;
    if (!IsDigit(Peek(1 + sign))) return is_there;
    for (at_ += 1 + sign; IsDigit(Peek());) ++at_;
    return true;
  }

  std::optional<Opening> FindOpening() const {
    Opening opening;
    std::size_t ahead = 0;
    for (; ahead < 2; ++ahead) {
      const char c = Peek(ahead);
      if ((c == 'r' || c == 'R') && !opening.is_raw) {
        opening.is_raw = true;
      } else if ((c == 'b' || c == 'B') && !opening.is_bytes && !opening.is_raw) {
        opening.is_bytes = true;
      } else {
        break;
      }
    }
    const char quote = Peek(ahead);
    if (quote != '"' && quote != '\'') return std::nullopt;
    const bool is_triple = Peek(ahead + 1) == quote && Peek(ahead + 2) == quote;
    opening.quote = text_.substr(at_ + ahead, is_triple ? 3 : 1);
    return opening;
  }

  bool ReadQuoted(const Opening& opening) {
    at_ = static_cast<std::size_t>(opening.quote.data() - text_.data()) + opening.quote.size();
    const std::size_t start = at_;
    while (!text_.substr(at_).starts_with(opening.quote)) {
      if (!opening.is_raw && Peek() == '\\') ++at_;
      const bool is_line_end = Peek() == '\n' || Peek() == '\r';
      if (at_ >= text_.size() || (is_line_end && opening.quote.size() == 1)) {
        return Fail(fmt::format("expected a closing {}{}", opening.quote,
                                at_ < text_.size() ? " before the end of the line; use triple "
                                                     "quotes for text of several lines"
                                                   : ""));
      }
      ++at_;
    }
    const std::string_view inside = text_.substr(start, at_ - start);
    at_ += opening.quote.size();
    Unescaped read;
    if (opening.is_raw) {
      read.text = inside;
    } else {
      read = Unescape(inside, opening.is_bytes);
    }
    if (!read.problem.empty()) {
      token_.range.begin = static_cast<std::uint32_t>(start + read.problem_at);
      return Fail(read.problem);
    }
    token_.kind = TokenKind::kLiteral;
    token_.literal =
        opening.is_bytes ? Value::Bytes(std::move(read.text)) : Value::String(std::move(read.text));
    return true;
  }

  bool Fail(std::string_view message) {
    error_ = source_.Problem(token_.range.begin, message);
    return false;
  }

  const Source& source_;
  std::string_view text_;
  std::size_t at_ = 0;
  Token token_;
  std::optional<Error> error_;
};

}  // namespace

Result<std::vector<Token>> Tokenize(const Source& source) { return Lexer(source).Run(); }

}  // namespace gatewright::cel
