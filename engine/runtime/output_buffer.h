// engine/runtime/output_buffer.h: one attempt's output on its way to the store: gathered, handed to
// the command loop in order, kept until it is on disk. Also the attempt's newest progress.
// Used by the attempt's own thread, by whatever threads its executor has, by the thread that
// flushes, and by the command loop. Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "engine/ports/clock.h"
#include "engine/ports/log.h"
#include "engine/ports/plugins.h"
#include "engine/runtime/command_loop.h"
#include "engine/runtime/kept_output.h"
#include "engine/runtime/output_state.h"

namespace gatewright::runtime {

class OutputBuffer final : public ports::AttemptSink,
                           public std::enable_shared_from_this<OutputBuffer> {
 public:
  struct Around {
    CommandLoop& loop;
    const ports::Clock& clock;
    ports::Log& log;
    std::function<void()> wake;  // something waits to be flushed
    // By the command loop, with no lock held: bytes were stored; `is_over`: those were the last.
    std::function<void(bool is_over)> stored;
  };

  // Its bytes go behind the `stored` ones, which count towards the limit.
  OutputBuffer(RunId run, AttemptNumber number, std::int64_t limit, std::int64_t stored,
               Around around);

  void Output(std::string_view bytes) override;
  void Progress(int percent, std::string_view text) override;
  // Hands over what is left. Call it before the attempt's end is submitted, so that who sees the
  // end finds all of the output. False: there was nothing, and `stored` will not be called.
  bool Finish();
  // Hands over what waits, unless something is on its way already.
  void Flush();

  std::optional<AttemptProgress> progress() const;
  std::int64_t left_out() const;

 private:
  void FlushLocked();
  void Stored(const Reply& reply);

  const RunId run_;
  const AttemptNumber number_;
  const Around around_;
  mutable std::mutex mutex_;
  std::condition_variable landed_;
  KeptOutput kept_;
  std::string under_way_;      // handed over, or to be handed over again
  bool is_under_way_ = false;  // the command loop has it
  bool is_finished_ = false;
  bool is_lost_ = false;  // the store refused: what comes after cannot be appended
  std::int64_t stored_ = 0;
  std::chrono::steady_clock::time_point last_flush_{};
  std::optional<AttemptProgress> progress_;
};

}  // namespace gatewright::runtime
