#include "plugins/host/child/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <thread>
#include <vector>

#include "plugins/host/child/serve.h"

namespace gatewright::host {
namespace {

Error Failed(const char* what, int number) {
  return {ErrorCode::kUnavailable, fmt::format("could not start a plugin's process: {}: {}", what,
                                               std::generic_category().message(number))};
}

// What posix_spawn does in the new process, in this order.
class FileActions {
 public:
  FileActions(int socket, int copy) {
    posix_spawn_file_actions_init(&actions_);
    for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
      posix_spawn_file_actions_addopen(&actions_, standard, "/dev/null", O_RDWR, 0);
    }
    posix_spawn_file_actions_adddup2(&actions_, socket, kServerSocket);
    if (copy != kNoCopy) posix_spawn_file_actions_adddup2(&actions_, copy, kCopyOfLibrary);
    posix_spawn_file_actions_addclosefrom_np(
        &actions_, copy == kNoCopy ? kServerSocket + 1 : kCopyOfLibrary + 1);
    posix_spawn_file_actions_addchdir_np(&actions_, "/");
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

std::vector<std::string> ArgumentsOf(const SandboxOptions& options, int copy) {
  std::vector<std::string> arguments{"plugin-host", options.library.string(), "--memory",
                                     std::to_string(options.memory_bytes)};
  for (const Grant grant : options.grants) {
    arguments.emplace_back("--grant");
    arguments.emplace_back(ToString(grant));
  }
  if (copy != kNoCopy) arguments.insert(arguments.end(), {"--from", "copy"});
  return arguments;
}

std::string SayEnd(int status) {
  if (WIFSIGNALED(status)) {
    const char* name = sigabbrev_np(WTERMSIG(status));
    return fmt::format("was killed by {}{}", name != nullptr ? "SIG" : "signal ",
                       name != nullptr ? name : std::to_string(WTERMSIG(status)));
  }
  return fmt::format("exited with status {}", WEXITSTATUS(status));
}

}  // namespace

Result<std::unique_ptr<ChildProcess>> ChildProcess::Start(const std::filesystem::path& program,
                                                          const SandboxOptions& options, int copy) {
  return Start(program, ArgumentsOf(options, copy), copy);
}

Result<std::unique_ptr<ChildProcess>> ChildProcess::Start(const std::filesystem::path& program,
                                                          std::vector<std::string> arguments,
                                                          int copy) {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return Failed("socketpair", errno);
  }
  arguments.insert(arguments.begin(), program.string());
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  // No environment: a secret of the server's must not reach a plugin.
  std::array<char*, 1> environment{nullptr};
  pid_t pid = 0;
  // The child's end must not be the number that it is moved to: dup2 would leave it close-on-exec.
  const int theirs = fcntl(ends[1], F_DUPFD_CLOEXEC, kServerSocket + 1);
  close(ends[1]);
  const int problem = posix_spawn(&pid, program.c_str(), FileActions(theirs, copy).get(),
                                  Attributes().get(), argv.data(), environment.data());
  close(theirs);
  if (problem != 0) {
    close(ends[0]);
    return Failed(program.c_str(), problem);
  }
  return std::unique_ptr<ChildProcess>(new ChildProcess(pid, ends[0]));
}

bool ChildProcess::is_quiet() {
  const auto said = socket_.Receive(Clock::now());
  return said.has_value() && !said->has_value();
}

ChildProcess::~ChildProcess() { End(false); }

std::string ChildProcess::End(bool is_gone) {
  if (pid_ == 0) return "";
  // Whoever just crashed may need a moment to be gone; how it ended tells more than our kill.
  int status = 0;
  pid_t reaped = 0;
  constexpr int kLooks = 20;
  for (int look = 0; look < kLooks && reaped == 0; ++look) {
    reaped = waitpid(pid_, &status, WNOHANG);
    if (reaped != 0 || !is_gone) break;
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  kill(-pid_, SIGKILL);
  std::string said = reaped > 0 ? SayEnd(status) : "";
  while (reaped == 0 || (reaped < 0 && errno == EINTR)) reaped = waitpid(pid_, &status, 0);
  pid_ = 0;
  return said;
}

}  // namespace gatewright::host
