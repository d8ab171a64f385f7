// server/cli/signals.h: signals as calls on an ordinary thread. Made in main before any other
// thread, so that all of them inherit the blocked mask.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace gatewright::cli {

class Signals {
 public:
  Signals();  // blocks SIGTERM, SIGINT, SIGHUP; ignores SIGPIPE
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  // Called for every SIGHUP, on the signal thread; and at once for those that came while there was
  // no action.
  void OnHangup(std::function<void()> action);
  // Returns at the first SIGTERM or SIGINT. From then on a second one ends the process at once,
  // with 128 + its number.
  void WaitForStop();

 private:
  void Run();

  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_stop_wanted_ = false;
  bool is_hangup_kept_ = false;
  std::function<void()> on_hangup_;
  std::thread thread_;
};

}  // namespace gatewright::cli
