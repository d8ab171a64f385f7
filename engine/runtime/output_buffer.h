// engine/runtime/output_buffer.h: gathers an attempt's output and hands it to the store in chunks.
// Used by the attempt's own thread, and by whatever threads its executor has. Thread-safe.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <string_view>

#include "engine/ports/plugins.h"
#include "engine/runtime/command_loop.h"

namespace gatewright::runtime {

class OutputBuffer final : public ports::AttemptSink {
 public:
  OutputBuffer(CommandLoop& loop, RunId run, AttemptNumber number, std::int64_t limit)
      : loop_(loop), run_(run), number_(number), limit_(limit) {}

  void Output(std::string_view bytes) override;
  // Shown to nobody yet: progress is not part of the log.
  void Progress(int percent, std::string_view text) override;
  // Hands over what is left. Call it before the attempt's end is submitted.
  void Finish();

 private:
  void FlushLocked();

  CommandLoop& loop_;
  RunId run_;
  AttemptNumber number_;
  std::int64_t limit_;
  std::mutex mutex_;
  std::string pending_;
  std::int64_t handed_over_ = 0;
  std::int64_t dropped_ = 0;
  std::chrono::steady_clock::time_point last_flush_ = std::chrono::steady_clock::now();
};

}  // namespace gatewright::runtime
