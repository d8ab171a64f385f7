// engine/cel/token.h: the words an expression is made of. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/cel/source.h"
#include "engine/cel/value.h"

namespace gatewright::cel {

enum class TokenKind {
  kEnd = 1,
  kName,        // also true, null, in and the reserved words: the parser knows where they may stand
  kQuotedName,  // `a-b`, after a point only
  kInt,         // without its sign: 9223372036854775808 is fine after a minus
  kLiteral,     // uint, double, string, bytes
  kSymbol,      // operators and brackets
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  Range range;
  std::string name;             // kName, kQuotedName
  std::uint64_t magnitude = 0;  // kInt
  Value literal;                // kLiteral
};

// The last one is kEnd. The source is UTF-8.
Result<std::vector<Token>> Tokenize(const Source& source);

}  // namespace gatewright::cel
