// engine/runtime/attempt_calls.h: one question to the executor of an attempt: its settings filled
// in, its secrets read for this call alone and kept out of what comes back. Blocks; thread-safe.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/codec/secrets.h"
#include "engine/core/command.h"
#include "engine/ports/clock.h"
#include "engine/ports/plugins.h"
#include "engine/runtime/run_cache.h"

namespace gatewright::runtime {

class AttemptCalls {
 public:
  // Where the outside may say how this attempt ended; empty: nowhere.
  using CallbackUrl = std::function<std::string(RunId, const core::Attempt&)>;

  AttemptCalls(ports::Plugins& plugins, const ports::Clock& clock, codec::SecretReader read_secret,
               CallbackUrl callback_url)
      : plugins_(plugins),
        clock_(clock),
        read_secret_(std::move(read_secret)),
        callback_url_(std::move(callback_url)) {}

  // The attempt must exist. One that undoes another may do so by that one's executor.
  Result<ports::AttemptReport> Start(const LoadedRun& run, AttemptNumber number,
                                     ports::AttemptSink& output,
                                     const std::atomic<bool>& cancelled);
  Result<ports::AttemptReport> Probe(const LoadedRun& run, AttemptNumber number,
                                     ports::AttemptSink& output);
  Result<ports::AttemptReport> Stop(const LoadedRun& run, AttemptNumber number,
                                    ports::AttemptSink& output);

  bool CanProbe(const LoadedRun& run, AttemptNumber number) const;
  bool CanStop(const LoadedRun& run, AttemptNumber number) const;

 private:
  struct Made {
    std::shared_ptr<ports::Executor> executor;
    std::vector<std::string> secrets;  // that its settings hold
  };
  Result<Made> Make(const LoadedRun& run, const core::Attempt& attempt);
  // Of an executor that can be asked about the attempt later; else null.
  const ports::Offer* OfferOf(const LoadedRun& run, AttemptNumber number) const;
  template <class Question>
  Result<ports::AttemptReport> Ask(const LoadedRun& run, AttemptNumber number,
                                   ports::AttemptSink& output, Question question);

  ports::Plugins& plugins_;
  const ports::Clock& clock_;
  codec::SecretReader read_secret_;
  CallbackUrl callback_url_;
};

// How the attempt ended, as the executor reported it; anything but kRunning.
core::FinishAttempt EndOf(const core::Attempt& attempt, const Result<ports::AttemptReport>& report);
core::FinishAttempt EndOf(const core::Attempt& attempt, core::AttemptEnd end, std::string summary);

}  // namespace gatewright::runtime
