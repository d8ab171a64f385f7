// However a file changes, the folder's watcher notices: in place, by rename, by a swapped link.
#include "server/cli/folder_watch.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>

namespace gatewright::cli {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

class FolderWatchTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = ::testing::TempDir() + "gatewright-watch-XXXXXX";
    folder_ = ::mkdtemp(name.data());
    Write("a.yaml", "1");
  }
  void TearDown() override {
    watch_.reset();
    fs::remove_all(folder_);
  }

  void Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
  }

  void Watch(std::chrono::milliseconds look = 60s) {
    watch_ = std::make_unique<FolderWatch>(
        folder_.string(), FolderFingerprint(folder_.string()),
        [this] {
          const std::lock_guard lock(mutex_);
          ++calls_;
          changed_.notify_all();
        },
        WatchOptions{20ms, look});
  }

  // The deadline only ends a test that has already failed.
  bool IsCalled(int times = 1) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 30s, [&] { return calls_ >= times; });
  }

  fs::path folder_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int calls_ = 0;
  std::unique_ptr<FolderWatch> watch_;
};

TEST_F(FolderWatchTest, AFileWrittenInPlace) {
  Watch();
  Write("a.yaml", "22");
  EXPECT_TRUE(IsCalled());
}

TEST_F(FolderWatchTest, AFileRenamedOverAnother) {
  Watch();
  Write(".a.yaml.tmp", "22");
  fs::rename(folder_ / ".a.yaml.tmp", folder_ / "a.yaml");
  EXPECT_TRUE(IsCalled());
}

TEST_F(FolderWatchTest, ANewFileAndARemovedOne) {
  Watch();
  Write("b.yml", "1");
  EXPECT_TRUE(IsCalled(1));
  fs::remove(folder_ / "a.yaml");
  EXPECT_TRUE(IsCalled(2));
}

TEST_F(FolderWatchTest, TheLinkSwapOfAMountedConfigMap) {
  fs::remove(folder_ / "a.yaml");
  fs::create_directory(folder_ / "..v1");
  fs::create_directory(folder_ / "..v2");
  Write("..v1/a.yaml", "1");
  Write("..v2/a.yaml", "2");
  fs::create_directory_symlink("..v1", folder_ / "..data");
  fs::create_symlink("..data/a.yaml", folder_ / "a.yaml");
  Watch();
  fs::create_directory_symlink("..v2", folder_ / "..data_tmp");
  fs::rename(folder_ / "..data_tmp", folder_ / "..data");
  EXPECT_TRUE(IsCalled());
}

TEST_F(FolderWatchTest, WhatTheKernelDoesNotReportIsFoundByLooking) {
  const fs::path outside = folder_.string() + "-target";
  std::ofstream(outside) << "1";
  fs::create_symlink(outside, folder_ / "linked.yaml");
  Watch(50ms);
  std::ofstream(outside) << "22";  // behind the link: no event in the folder
  EXPECT_TRUE(IsCalled());
  fs::remove(outside);
}

TEST_F(FolderWatchTest, AChangeBetweenReadingAndWatchingIsNotMissed) {
  const std::string seen = FolderFingerprint(folder_.string());
  Write("a.yaml", "22");
  FolderWatch watch(
      folder_.string(), seen,
      [this] {
        const std::lock_guard lock(mutex_);
        ++calls_;
        changed_.notify_all();
      },
      WatchOptions{20ms, 60s});
  EXPECT_TRUE(IsCalled());
}

TEST_F(FolderWatchTest, APokeCallsThoughNothingChanged) {
  Watch();
  watch_->Poke();
  EXPECT_TRUE(IsCalled());
}

TEST_F(FolderWatchTest, AFolderThatIsNotThereIsEmpty) {
  EXPECT_EQ(FolderFingerprint((folder_ / "none").string()), "");
}

TEST_F(FolderWatchTest, OnlyDefinitionFilesCount) {
  const std::string before = FolderFingerprint(folder_.string());
  Write("notes.txt", "1");
  Write(".hidden.yaml", "1");
  Write("a.yaml~", "1");
  EXPECT_EQ(FolderFingerprint(folder_.string()), before);
}

TEST_F(FolderWatchTest, OfPluginsOnlyLibrariesCount) {
  const auto print = [&] { return FolderFingerprint(folder_.string(), WatchedFiles::kPlugins); };
  const std::string before = print();
  Write("b.yaml", "1");
  Write(".new.so", "1");
  EXPECT_EQ(print(), before);
  Write("new.so", "1");
  EXPECT_NE(print(), before);
}

}  // namespace
}  // namespace gatewright::cli
