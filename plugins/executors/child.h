// plugins/executors/child.h: one child process in a session and process group of its own, from
// posix_spawn to the last reaped byte. Used by one thread.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

struct ChildPlan {
  std::string program;
  std::vector<std::string> argv;
  std::vector<std::string> environment;   // NAME=value
  std::string cwd;                        // empty = the server's own
  std::string stdin_text;                 // empty = /dev/null
  std::chrono::milliseconds grace{2000};  // between TERM and KILL, and for helpers left running
};

struct ChildEnd {
  bool was_stopped = false;  // we sent it TERM
  bool was_killed = false;   // and KILL after the grace
  bool is_known = true;      // false: somebody else reaped it
  int exit_code = -1;        // -1: it was ended by a signal
  int signal = 0;
};

// Runs the plan to its end; `on_output` gets its stdout and stderr as they come. `should_stop` is
// asked every 20 ms: true ends the whole group, TERM first. When the program ends by itself, what
// it left running has the grace to close its output. Nothing of the process group is left when this
// returns (what left the group by itself, with setsid, is not ours any more).
// Throws std::system_error when the child cannot be started. An exception of `on_output` or
// `should_stop` comes through, after the group has been killed.
ChildEnd RunChild(const ChildPlan& plan, const std::function<void(std::string_view)>& on_output,
                  const std::function<bool()>& should_stop);
