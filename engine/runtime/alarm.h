// engine/runtime/alarm.h: a thread that does something at the latest when it said it would, or when
// somebody pokes it. The base of everything that waits for time: timers, the outbox, followers.
// Thread-safe.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "engine/base/time.h"
#include "engine/ports/clock.h"

namespace gatewright::runtime {

class Alarm {
 public:
  // `work` does what is due and returns when it wants to be called again; none = only when poked.
  using Work = std::function<std::optional<Time>()>;

  Alarm(const ports::Clock& clock, std::string thread_name, Work work)
      : clock_(clock), thread_name_(std::move(thread_name)), work_(std::move(work)) {}
  ~Alarm() { Stop(); }

  void Start();
  void Stop();
  // Calls `work` soon.
  void Poke();
  // Calls `work` at `due` or earlier.
  void PokeAt(Time due);

 private:
  void Run();

  const ports::Clock& clock_;
  std::string thread_name_;
  Work work_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::optional<Time> next_;
  bool is_poked_ = true;  // once at the start
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace gatewright::runtime
