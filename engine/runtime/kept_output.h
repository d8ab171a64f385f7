// engine/runtime/kept_output.h: which part of an attempt's output is kept: its first bytes, at
// once, and its last ones, once it has ended; between them a line that says how many were left out.
// Output within the limit is kept byte for byte. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gatewright::runtime {

class KeptOutput {
 public:
  // `limit`: bytes of output kept. The lines that say what was left out come on top.
  explicit KeptOutput(std::int64_t limit);

  void Add(std::string_view bytes);
  // No more is coming: what was held back becomes ready.
  void End();

  // Bytes to be stored, in order; each is given once.
  std::string Take();
  std::size_t ready() const { return ready_.size(); }
  std::int64_t left_out() const { return left_out_; }

 private:
  void AddToTail(std::string_view bytes);
  void TrimTail();

  const std::int64_t limit_;
  const std::size_t tail_limit_;
  std::size_t head_room_;
  bool is_head_full_ = false;
  bool is_cut_ = false;  // more came than fits, and the ready bytes say so
  bool ends_line_ = true;
  std::string ready_;
  std::string tail_;  // up to twice its limit, so that it moves rarely
  std::int64_t left_out_ = 0;
};

}  // namespace gatewright::runtime
