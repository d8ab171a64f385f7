// engine/cel/budget.h: how much work one evaluation may still do. One thread.
#pragma once

#include <cstdint>

namespace gatewright::cel {

class Budget {
 public:
  explicit Budget(std::uint64_t limit) : limit_(limit) {}

  // False once more was asked for than there is: stop then, the result no longer counts.
  bool Spend(std::uint64_t units) {
    if (is_exhausted_ || units > limit_ - spent_) {
      is_exhausted_ = true;
      spent_ = limit_;
      return false;
    }
    spent_ += units;
    return true;
  }
  // Text is charged by the ten bytes.
  bool SpendOnText(std::uint64_t bytes) { return Spend(bytes / 10); }

  bool is_exhausted() const { return is_exhausted_; }
  std::uint64_t spent() const { return spent_; }
  std::uint64_t limit() const { return limit_; }

 private:
  std::uint64_t limit_;
  std::uint64_t spent_ = 0;
  bool is_exhausted_ = false;
};

}  // namespace gatewright::cel
