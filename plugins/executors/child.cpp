#include "child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

[[noreturn]] void Throw(int number, const char* what) {
  throw std::system_error(number, std::generic_category(), what);
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() { Close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return number_; }
  bool is_open() const { return number_ >= 0; }
  void Close() {
    if (is_open()) close(number_);
    number_ = -1;
  }

 private:
  int number_;
};

struct Pipe {
  Pipe() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) Throw(errno, "pipe");
    read_end = ends[0];
    write_end = ends[1];
  }
  int read_end;
  int write_end;
};

// The whole text, ready to be read: a file in memory cannot block us and needs no SIGPIPE care.
int OpenStdin(const std::string& text) {
  if (text.empty()) return open("/dev/null", O_RDONLY | O_CLOEXEC);
  const int file = memfd_create("stdin", MFD_CLOEXEC);
  for (std::size_t written = 0; file >= 0 && written < text.size();) {
    const ssize_t count = write(file, text.data() + written, text.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      close(file);
      return -1;
    }
    written += static_cast<std::size_t>(count);
  }
  if (file >= 0) lseek(file, 0, SEEK_SET);
  return file;
}

// What posix_spawn does in the child, in this order.
class FileActions {
 public:
  FileActions(int input, int output, const std::string& cwd) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_adddup2(&actions_, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, output, STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    if (!cwd.empty()) posix_spawn_file_actions_addchdir_np(&actions_, cwd.c_str());
  }
  ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

// A new session, and every signal as a fresh program expects it.
class Attributes {
 public:
  Attributes() {
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_init(&attributes_);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setflags(&attributes_,
                             POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~Attributes() { posix_spawnattr_destroy(&attributes_); }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_;
};

std::vector<char*> AsPointers(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  // posix_spawn takes char* for old times' sake and changes nothing.
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

pid_t Spawn(const ChildPlan& plan, int output) {
  const Descriptor input(OpenStdin(plan.stdin_text));
  if (!input.is_open()) Throw(errno, "stdin");
  const FileActions actions(input.get(), output, plan.cwd);
  const Attributes attributes;
  pid_t child = 0;
  const int problem =
      posix_spawn(&child, plan.program.c_str(), actions.get(), attributes.get(),
                  AsPointers(plan.argv).data(), AsPointers(plan.environment).data());
  if (problem != 0) Throw(problem, "posix_spawn");
  return child;
}

// The child's process group. Its number stays ours until the leader has been reaped, so the group
// is always signalled before that.
class Group {
 public:
  explicit Group(pid_t leader) : leader_(leader) {}
  ~Group() {
    if (!is_reaped_) Reap();
  }
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;

  void Signal(int signal) const { kill(-leader_, signal); }

  bool HasLeaderEnded() const {
    siginfo_t info{};
    const int options = WEXITED | WNOHANG | WNOWAIT;
    if (waitid(P_PID, static_cast<id_t>(leader_), &info, options) != 0) return errno == ECHILD;
    return info.si_pid == leader_;
  }

  // Ends whatever is left of the group, then waits for the leader.
  ChildEnd Reap() {
    Signal(SIGKILL);
    is_reaped_ = true;
    ChildEnd end;
    int status = 0;
    pid_t reaped;
    do {
      reaped = waitpid(leader_, &status, 0);
    } while (reaped < 0 && errno == EINTR);
    if (reaped != leader_) {
      end.is_known = false;
    } else if (WIFEXITED(status)) {
      end.exit_code = WEXITSTATUS(status);
    } else if (WIFSIGNALED(status)) {
      end.signal = WTERMSIG(status);
    }
    return end;
  }

 private:
  pid_t leader_;
  bool is_reaped_ = false;
};

// Reads what is there, at most 256 KiB so that nobody is kept from looking at the clock. Closes
// `pipe` at its end.
void Drain(Descriptor& pipe, const std::function<void(std::string_view)>& on_output) {
  char buffer[64 * 1024];
  for (int i = 0; i < 4 && pipe.is_open(); ++i) {
    const ssize_t count = read(pipe.get(), buffer, sizeof buffer);
    if (count > 0) {
      on_output({buffer, static_cast<std::size_t>(count)});
    } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
      pipe.Close();
    } else if (errno == EAGAIN) {
      return;
    }
  }
}

// What was written before the end and still lies in the pipe. A process that left the group may
// keep the pipe open, and even write on: that is not waited for.
void DrainRest(Descriptor& pipe, const std::function<void(std::string_view)>& on_output) {
  int left = 0;
  constexpr int kPipeAtMost = 64;  // × 256 KiB, more than a pipe can hold
  pollfd waiting{pipe.get(), POLLIN, 0};
  while (pipe.is_open() && left++ < kPipeAtMost && poll(&waiting, 1, 0) > 0) Drain(pipe, on_output);
}

void WaitForOutput(const Descriptor& pipe, milliseconds at_most) {
  // Without a pipe this only sleeps: the child has closed its output and runs on.
  pollfd waiting{pipe.get(), POLLIN, 0};
  poll(&waiting, pipe.is_open() ? 1 : 0, static_cast<int>(at_most.count()));
}

}  // namespace

ChildEnd RunChild(const ChildPlan& plan, const std::function<void(std::string_view)>& on_output,
                  const std::function<bool()>& should_stop) {
  const Pipe pipe;
  Descriptor output(pipe.read_end);
  Descriptor child_end(pipe.write_end);
  fcntl(output.get(), F_SETFL, O_NONBLOCK);
  Group group(Spawn(plan, child_end.get()));
  child_end.Close();

  constexpr milliseconds kLook{20};
  milliseconds pause{1};
  bool was_stopped = false;
  bool was_killed = false;
  Clock::time_point kill_at;
  while (!group.HasLeaderEnded()) {
    if (!was_stopped && should_stop()) {
      group.Signal(SIGTERM);
      was_stopped = true;
      kill_at = Clock::now() + plan.grace;
    }
    if (was_stopped && !was_killed && Clock::now() >= kill_at) {
      group.Signal(SIGKILL);
      was_killed = true;
    }
    // The end of the output is most often the end of the child, so that is looked at soon, and
    // less and less often when the child has only closed its output.
    WaitForOutput(output, output.is_open() ? kLook : pause);
    if (!output.is_open()) pause = std::min(pause * 2, kLook);
    Drain(output, on_output);
  }
  // A helper such as `tee` may still be writing down what the program said last.
  const auto linger_until = Clock::now() + plan.grace;
  while (output.is_open() && !was_stopped && Clock::now() < linger_until && !should_stop()) {
    WaitForOutput(output, kLook);
    Drain(output, on_output);
  }
  ChildEnd end = group.Reap();
  DrainRest(output, on_output);
  end.was_stopped = was_stopped;
  end.was_killed = was_killed;
  return end;
}
