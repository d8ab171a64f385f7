#include "engine/runtime/kept_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace gatewright::runtime {
namespace {

constexpr std::int64_t kLongestTail = 64 << 10;
constexpr std::size_t kLongestCodePoint = 4;

bool IsInsideCodePoint(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

}  // namespace

KeptOutput::KeptOutput(std::int64_t limit)
    : limit_(std::max<std::int64_t>(limit, 0)),
      tail_limit_(static_cast<std::size_t>(std::min(kLongestTail, limit_ / 4))),
      head_room_(static_cast<std::size_t>(limit_) - tail_limit_) {}

void KeptOutput::Add(std::string_view bytes) {
  if (!is_head_full_) {
    std::size_t fits = std::min(head_room_, bytes.size());
    if (fits < bytes.size()) {
      is_head_full_ = true;
      // Not in the middle of a character.
      for (std::size_t i = 0; i < kLongestCodePoint && fits > 0; ++i) {
        if (!IsInsideCodePoint(bytes[fits])) break;
        --fits;
      }
    }
    head_room_ -= fits;
    if (fits > 0) ends_line_ = bytes[fits - 1] == '\n';
    ready_.append(bytes.substr(0, fits));
    bytes.remove_prefix(fits);
  }
  if (!bytes.empty()) AddToTail(bytes);
}

void KeptOutput::AddToTail(std::string_view bytes) {
  tail_.append(bytes.substr(bytes.size() - std::min(bytes.size(), 2 * tail_limit_)));
  left_out_ += static_cast<std::int64_t>(bytes.size() - std::min(bytes.size(), 2 * tail_limit_));
  if (!is_cut_ && (left_out_ > 0 || tail_.size() > tail_limit_)) {
    is_cut_ = true;
    ready_ += fmt::format(
        "{}[more than {} bytes of output: from here on only the last {} are kept, to be read once "
        "the attempt has ended]\n",
        ends_line_ ? "" : "\n", limit_, tail_limit_);
  }
  if (tail_.size() > 2 * tail_limit_) TrimTail();
}

void KeptOutput::TrimTail() {
  const std::size_t surplus = tail_.size() - std::min(tail_.size(), tail_limit_);
  tail_.erase(0, surplus);
  left_out_ += static_cast<std::int64_t>(surplus);
}

void KeptOutput::End() {
  is_head_full_ = true;
  if (is_cut_) {
    TrimTail();
    std::size_t inside = 0;
    while (inside < std::min(kLongestCodePoint, tail_.size()) && IsInsideCodePoint(tail_[inside])) {
      ++inside;
    }
    tail_.erase(0, inside);
    left_out_ += static_cast<std::int64_t>(inside);
    ready_ += fmt::format("[{} bytes of output were left out here]\n", left_out_);
  }
  ready_ += std::exchange(tail_, {});
}

std::string KeptOutput::Take() { return std::exchange(ready_, {}); }

}  // namespace gatewright::runtime
