// engine/cel/quoted_text.h: what the inside of a string or bytes literal stands for. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gatewright::cel {

struct Unescaped {
  std::string text;
  std::string problem;         // empty when all is well
  std::size_t problem_at = 0;  // offset into the input
};

// Replaces \n, \x41, \101, \u270c, \U0001f431 and the like. In bytes, \x and \101 are bytes and \u
// is refused; in strings they are code points.
Unescaped Unescape(std::string_view inside, bool is_bytes);

}  // namespace gatewright::cel
