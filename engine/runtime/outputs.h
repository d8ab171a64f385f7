// engine/runtime/outputs.h: the outputs of the attempts that run: one thread that flushes them all,
// their progress, and the one place from which is told that something was appended. Thread-safe.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "engine/runtime/output_buffer.h"

namespace gatewright::runtime {

class Outputs {
 public:
  Outputs(CommandLoop& loop, const ports::Clock& clock, ports::Log& log, std::int64_t limit)
      : loop_(loop), clock_(clock), log_(log), limit_(limit) {}
  ~Outputs() { Stop(); }

  // Called by the command loop; before Start.
  void SetListener(OutputListener listener) { listener_ = std::move(listener); }
  void Start();
  void Stop();

  // The one that is open, or a new one behind the `stored` bytes that are there.
  std::shared_ptr<OutputBuffer> Open(RunId run, AttemptNumber number, std::int64_t stored = 0);
  // Of an attempt that goes on outside: somebody else than its executor says how far it is.
  void Progress(RunId run, AttemptNumber number, std::int64_t stored, int percent,
                std::string_view text);
  // Before the end of the attempt is submitted.
  void Finish(RunId run, AttemptNumber number);

  OutputState StateOf(RunId run, AttemptNumber number) const;
  std::vector<AttemptProgress> ProgressOf(RunId run) const;  // of attempts that run

 private:
  using Key = std::pair<RunId, AttemptNumber>;

  void Wake();
  void Run();
  void Forget(const Key& key);
  std::shared_ptr<OutputBuffer> Find(const Key& key) const;

  CommandLoop& loop_;
  const ports::Clock& clock_;
  ports::Log& log_;
  const std::int64_t limit_;
  OutputListener listener_;

  mutable std::mutex mutex_;
  std::map<Key, std::shared_ptr<OutputBuffer>> open_;
  std::map<Key, std::int64_t> left_out_;  // of those that have ended, the newest ones
  std::deque<Key> left_out_order_;

  std::mutex wake_mutex_;
  std::condition_variable wake_;
  bool is_wanted_ = false;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace gatewright::runtime
