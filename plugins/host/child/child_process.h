// plugins/host/child/child_process.h: one process that serves a library, as the server sees it.
// Used by one thread at a time; the kill may come from any.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "plugins/host/child/frame.h"
#include "plugins/host/child/messages.h"
#include "plugins/host/child/sandbox.h"

namespace gatewright::host {

// How long a process may take to take an order; what it does then has limits of its own.
constexpr std::chrono::seconds kTakesOrder{1};

constexpr int kNoCopy = -1;

class ChildProcess {
 public:
  using Clock = FrameSocket::Clock;

  // `program` plus the arguments of `gatewright plugin-host` in a session of its own, with an empty
  // environment and no descriptor but the socket; and `copy`, when the library is in there.
  static Result<std::unique_ptr<ChildProcess>> Start(const std::filesystem::path& program,
                                                     const SandboxOptions& options,
                                                     int copy = kNoCopy);
  // The same with other arguments, for other hidden commands of the program.
  static Result<std::unique_ptr<ChildProcess>> Start(const std::filesystem::path& program,
                                                     std::vector<std::string> arguments,
                                                     int copy = kNoCopy);
  // Kills and reaps it.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  FrameSocket& socket() { return socket_; }
  std::int64_t NextOrder() { return ++newest_order_; }
  // Between two calls there is nothing to read.
  bool is_quiet();
  // The instances that this process has made.
  std::set<std::int64_t>& made() { return made_; }

  // Kills it and all it started, waits for it, and says how it ended: "was killed by SIGSEGV",
  // "exited with status 3". Empty when it still ran and only this ended it. `is_gone`: it hung up,
  // so its own end is worth a moment.
  std::string End(bool is_gone);

 private:
  ChildProcess(pid_t pid, int socket) : pid_(pid), socket_(socket) {}

  pid_t pid_;  // 0 once it is reaped
  FrameSocket socket_;
  std::set<std::int64_t> made_;
  std::int64_t newest_order_ = 0;
};

}  // namespace gatewright::host
