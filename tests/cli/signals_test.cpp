// tests/cli/signals_test.cpp: no hang-up is lost, whenever it comes.
#include "server/cli/signals.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <future>
#include <thread>

namespace gatewright::cli {
namespace {

// A minute only ends a test that has already failed.
bool IsReady(std::promise<void>& promise) {
  return promise.get_future().wait_for(std::chrono::minutes{1}) == std::future_status::ready;
}

bool IsPending(int signal) {
  sigset_t pending;
  sigpending(&pending);
  return sigismember(&pending, signal) == 1;
}

TEST(Signals, AHangupBeforeAnybodyListensIsHeardByWhoComes) {
  Signals signals;
  ::kill(::getpid(), SIGHUP);
  while (IsPending(SIGHUP)) std::this_thread::yield();  // until the signal thread has it
  std::promise<void> heard;
  signals.OnHangup([&] { heard.set_value(); });  // a second call would throw
  EXPECT_TRUE(IsReady(heard));
  signals.OnHangup({});
}

TEST(Signals, EveryHangupIsHeard) {
  Signals signals;
  for (int i = 0; i < 3; ++i) {
    std::promise<void> heard;
    signals.OnHangup([&] { heard.set_value(); });
    ::kill(::getpid(), SIGHUP);
    EXPECT_TRUE(IsReady(heard));
    signals.OnHangup({});
  }
}

}  // namespace
}  // namespace gatewright::cli
