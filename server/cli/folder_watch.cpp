// server/cli/folder_watch.cpp: one thread: sleep, compare, wait for rest, call back.
#include "server/cli/folder_watch.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <utility>
#include <vector>

namespace gatewright::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kEvents = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE |
                                  IN_DELETE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF;

constexpr int kMaxRounds = 20;

void Drain(int fd) {
  char buffer[4096];
  while (::read(fd, buffer, sizeof buffer) > 0) {
  }
}

bool IsWatched(const fs::path& extension, WatchedFiles files) {
  if (files == WatchedFiles::kPlugins) return extension == ".so";
  return extension == ".yaml" || extension == ".yml";
}

}  // namespace

std::string FolderFingerprint(const std::string& path, WatchedFiles files) {
  std::vector<std::string> lines;
  std::error_code error;
  fs::directory_iterator entries(path, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    const fs::path& file = entries->path();
    if (!IsWatched(file.extension(), files)) continue;
    if (file.filename().string().starts_with('.')) continue;
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0) status = {};
    lines.push_back(fmt::format("{} {} {} {} {}.{}\n", file.filename().string(), status.st_dev,
                                status.st_ino, status.st_size, status.st_mtim.tv_sec,
                                status.st_mtim.tv_nsec));
  }
  std::sort(lines.begin(), lines.end());
  std::string all;
  for (const std::string& line : lines) all += line;
  return all;
}

FolderWatch::FolderWatch(std::string path, std::string seen, std::function<void()> changed,
                         WatchOptions options)
    : path_(std::move(path)),
      seen_(std::move(seen)),
      changed_(std::move(changed)),
      options_(options) {
  inotify_ = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  wake_ = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  Rewatch();
  thread_ = std::thread([this] { Run(); });
}

FolderWatch::~FolderWatch() {
  is_stopping_ = true;
  Wake();
  thread_.join();
  if (inotify_ >= 0) ::close(inotify_);
  if (wake_ >= 0) ::close(wake_);
}

void FolderWatch::Poke() {
  is_poked_ = true;
  Wake();
}

void FolderWatch::Wake() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_, &one, sizeof one);
}

// The folder itself may have been replaced: the watch then hangs on the old one. Adding a watch
// that is there already changes nothing.
void FolderWatch::Rewatch() {
  if (inotify_ < 0) return;
  const int now = ::inotify_add_watch(inotify_, path_.c_str(), kEvents);
  if (watch_ >= 0 && now != watch_) ::inotify_rm_watch(inotify_, watch_);
  watch_ = now;
}

bool FolderWatch::Wait(std::chrono::milliseconds limit) {
  pollfd fds[] = {{wake_, POLLIN, 0}, {inotify_, POLLIN, 0}};
  const nfds_t count = inotify_ >= 0 ? 2 : 1;
  const int ready = ::poll(fds, count, static_cast<int>(limit.count()));
  if (ready <= 0) return false;
  Drain(wake_);
  if (inotify_ >= 0) Drain(inotify_);
  return true;
}

void FolderWatch::Run() {
  while (!is_stopping_) {
    Rewatch();
    if (is_poked_ || FolderFingerprint(path_, options_.files) != seen_) {
      // Something that never rests is read in the middle sooner or later.
      for (int round = 0; round < kMaxRounds && !is_stopping_ && Wait(options_.rest); ++round) {
      }
      if (is_stopping_) return;
      is_poked_ = false;
      seen_ = FolderFingerprint(path_, options_.files);
      changed_();
    } else {
      Wait(options_.look);
    }
  }
}

}  // namespace gatewright::cli
