// server/cli/folder_watch.h: calls back when the files of a folder have changed and come to rest.
// inotify wakes it up; what counts is a fingerprint of the folder, so that atomic renames, editors'
// temporary files, the symlink swap of a Kubernetes ConfigMap and file systems without inotify
// (it also looks every few seconds) all come out the same: one call per change.
// Its callback runs on its own thread.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <thread>

namespace gatewright::cli {

// Which files of a folder count.
enum class WatchedFiles { kYaml = 1, kPlugins };

struct WatchOptions {
  std::chrono::milliseconds rest{150};    // unchanged for so long = come to rest
  std::chrono::milliseconds look{3'000};  // without being woken up
  WatchedFiles files = WatchedFiles::kYaml;
};

class FolderWatch {
 public:
  // `seen`: the fingerprint from before the caller last read the folder, so that nothing that
  // changed in between is missed.
  FolderWatch(std::string path, std::string seen, std::function<void()> changed,
              WatchOptions options = {});
  ~FolderWatch();  // waits for a running callback
  FolderWatch(const FolderWatch&) = delete;
  FolderWatch& operator=(const FolderWatch&) = delete;

  // Calls back soon, changed or not. From any thread.
  void Poke();

 private:
  void Run();
  void Rewatch();
  bool Wait(std::chrono::milliseconds limit);  // true: woken up
  void Wake();

  std::string path_;
  std::string seen_;
  std::function<void()> changed_;
  WatchOptions options_;
  int inotify_ = -1;
  int watch_ = -1;
  int wake_ = -1;
  std::atomic<bool> is_stopping_{false};
  std::atomic<bool> is_poked_{false};
  std::thread thread_;
};

// Name, size, inode and time of every *.yaml and *.yml (of every *.so), of what links point to.
// Empty: no folder.
std::string FolderFingerprint(const std::string& path, WatchedFiles files = WatchedFiles::kYaml);

}  // namespace gatewright::cli
