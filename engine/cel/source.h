// engine/cel/source.h: the text of an expression, and where in it something stands. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "engine/base/error.h"

namespace gatewright::cel {

// Bytes [begin, end) of the text.
struct Range {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

class Source {
 public:
  explicit Source(std::string text) : text_(std::move(text)) {}

  const std::string& text() const { return text_; }
  std::string_view At(Range range) const {
    return std::string_view(text_).substr(range.begin, range.end - range.begin);
  }
  // "3:14": line and column from 1, the column in characters.
  std::string Place(std::uint32_t offset) const;
  // "3:14: message"
  Error Problem(std::uint32_t offset, std::string_view message) const;

 private:
  std::string text_;
};

}  // namespace gatewright::cel
