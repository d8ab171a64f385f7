// A private folder of plugins for one test, and a host over it that keeps what plugins say.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/host/plugin_host.h"

namespace gatewright::host {

class PluginFolder {
 public:
  PluginFolder() {
    std::string name = std::filesystem::temp_directory_path() / "gatewright-plugins-XXXXXX";
    path_ = mkdtemp(name.data());
  }
  ~PluginFolder() { std::filesystem::remove_all(path_); }
  PluginFolder(const PluginFolder&) = delete;
  PluginFolder& operator=(const PluginFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

  // Copies a built plugin into the folder, writable by its owner only, whatever the umask was.
  std::filesystem::path Add(const std::filesystem::path& from) {
    const auto to = path_ / from.filename();
    std::filesystem::copy_file(from, to);
    Permit(to, 0755);
    return to;
  }
  std::filesystem::path Write(std::string_view name, std::string_view bytes) {
    const auto to = path_ / name;
    std::ofstream(to, std::ios::binary) << bytes;
    Permit(to, 0644);
    return to;
  }
  static void Permit(const std::filesystem::path& path, unsigned mode) {
    std::filesystem::permissions(path, static_cast<std::filesystem::perms>(mode));
  }

 private:
  std::filesystem::path path_;
};

struct LogLines {
  void operator()(LogSeverity severity, std::string_view offer, std::string_view line) {
    const std::lock_guard lock(mutex);
    lines.push_back(std::to_string(static_cast<int>(severity)) + " " + std::string(offer) + ": " +
                    std::string(line));
  }
  std::mutex mutex;
  std::vector<std::string> lines;
};

inline std::unique_ptr<PluginHost> MustLoad(PluginHostOptions options) {
  auto host = PluginHost::Load(std::move(options));
  if (host) return std::move(*host);
  ADD_FAILURE() << host.error().message;
  return nullptr;
}

// Our own plugins, from the build folder, whose permissions are the developer's business.
inline std::unique_ptr<PluginHost> LoadOurs() {
  PluginHostOptions options;
  options.folder = OUR_PLUGINS;
  options.trust = FolderTrust::kAnybody;
  return MustLoad(std::move(options));
}

inline ports::Context SomeContext() {
  ports::Context context;
  context.run = RunId{42};
  context.workflow = "deployment";
  context.stage = "QA";
  context.rule = "qa";
  context.epoch = 3;
  context.requester = "ann";
  context.subject_json = R"({"environment":"staging"})";
  context.subject_digest = "d1";
  context.now = FromMicros(1'700'000'000'000'000);
  return context;
}

constexpr Duration kLimit = std::chrono::seconds{20};

}  // namespace gatewright::host
