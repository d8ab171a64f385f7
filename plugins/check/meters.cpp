#include "plugins/check/meters.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <malloc.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <chrono>
#include <clocale>
#include <thread>

namespace gatewright::check {
namespace {

int OpenFolder(const char* path) { return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC); }

// The names in a folder that was opened before the sandbox closed /proc.
int CountEntries(int folder) {
  const int copy = dup(folder);
  DIR* const entries = copy < 0 ? nullptr : fdopendir(copy);
  if (entries == nullptr) return 0;
  rewinddir(entries);
  int count = 0;
  while (const dirent* entry = readdir(entries)) {
    if (entry->d_name[0] != '.') ++count;
  }
  closedir(entries);
  return count;
}

std::size_t ReadPages(int statm) {
  std::array<char, 128> text{};
  const ssize_t got = pread(statm, text.data(), text.size(), 0);
  std::size_t pages = 0;
  if (got > 0) std::from_chars(text.data(), text.data() + got, pages);
  return pages;
}

}  // namespace

Meters::Meters()
    : statm_(open("/proc/self/statm", O_RDONLY | O_CLOEXEC)),
      descriptors_(OpenFolder("/proc/self/fd")),
      tasks_(OpenFolder("/proc/self/task")) {}

Meters::~Meters() {
  for (const int descriptor : {statm_, descriptors_, tasks_}) {
    if (descriptor >= 0) close(descriptor);
  }
}

Usage Meters::Read() const {
  const struct mallinfo2 heap = mallinfo2();
  Usage usage;
  usage.heap_bytes = heap.uordblks + heap.hblkhd;
  usage.mapped_bytes = ReadPages(statm_) * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  usage.descriptors = CountEntries(descriptors_);
  usage.threads = CountEntries(tasks_);
  return usage;
}

Usage Meters::ReadSettled(int threads_wanted) const {
  constexpr int kLooks = 100;
  Usage usage = Read();
  for (int look = 0; look < kLooks && usage.threads > threads_wanted; ++look) {
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
    usage = Read();
  }
  return usage;
}

std::string ProcessWideState() {
  std::string state;
  for (int signal = 1; signal < NSIG; ++signal) {
    struct sigaction action {};
    if (sigaction(signal, nullptr, &action) != 0 || action.sa_handler == SIG_DFL) continue;
    const char* const name = sigabbrev_np(signal);
    state += fmt::format("a handler of SIG{}\n", name != nullptr ? name : "?");
  }
  std::array<char, 4096> folder{};
  if (getcwd(folder.data(), folder.size()) != nullptr) {
    state += fmt::format("the working directory {}\n", folder.data());
  }
  const mode_t mask = umask(0);
  umask(mask);
  state += fmt::format("the umask {:03o}\n", mask);
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    state += fmt::format("the environment variable {}\n", *variable);
  }
  state += fmt::format("the locale {}\n", std::setlocale(LC_ALL, nullptr));
  return state;
}

}  // namespace gatewright::check
