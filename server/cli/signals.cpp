// server/cli/signals.cpp: one thread in sigwait. SIGUSR2, which nobody else uses here, ends it.
#include "server/cli/signals.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <utility>

namespace gatewright::cli {
namespace {

sigset_t Ours() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGHUP);
  sigaddset(&set, SIGUSR2);
  return set;
}

}  // namespace

Signals::Signals() {
  const sigset_t set = Ours();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  thread_ = std::thread([this] { Run(); });
}

Signals::~Signals() {
  pthread_kill(thread_.native_handle(), SIGUSR2);
  thread_.join();
}

void Signals::OnHangup(std::function<void()> action) {
  const std::lock_guard lock(mutex_);
  on_hangup_ = std::move(action);
  if (on_hangup_ && std::exchange(is_hangup_kept_, false)) on_hangup_();
}

void Signals::WaitForStop() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return is_stop_wanted_; });
}

void Signals::Run() {
  const sigset_t set = Ours();
  while (true) {
    int signal = 0;
    if (sigwait(&set, &signal) != 0) continue;
    if (signal == SIGUSR2) return;
    const std::lock_guard lock(mutex_);
    if (signal == SIGHUP) {
      is_hangup_kept_ = !on_hangup_;
      if (on_hangup_) on_hangup_();
      continue;
    }
    if (is_stop_wanted_) ::_exit(128 + signal);
    is_stop_wanted_ = true;
    changed_.notify_all();
  }
}

}  // namespace gatewright::cli
