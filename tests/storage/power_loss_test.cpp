// tests/storage/power_loss_test.cpp: the power is cut while the store commits, again and again.
// What was acknowledged is still there, and the database is whole.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>

#include "engine/storage/check.h"
#include "tests/storage/raw_sqlite.h"
#include "tests/storage/store_fixture.h"

namespace gatewright::storage {
namespace {

namespace fs = std::filesystem;

class PowerLoss : public testing::Test {
 protected:
  // Runs the writer until it acknowledged `commits` commits, then cuts the power. Returns the
  // newest position it acknowledged; the database is what survived.
  std::int64_t WriteAndCut(int seed, int commits, bool does_disk_lie = false) {
    Copy(database_, survivors_);
    int acks[2];
    if (pipe2(acks, O_CLOEXEC) != 0) throw std::runtime_error("pipe");
    const pid_t writer = fork();
    if (writer == 0) {
      dup2(acks[1], STDOUT_FILENO);
      setenv("LD_PRELOAD", POWER_LOSS_SHIM, 1);
      setenv("POWER_LOSS_DATABASE", database_.c_str(), 1);
      setenv("POWER_LOSS_SURVIVORS", survivors_.c_str(), 1);
      if (does_disk_lie) setenv("POWER_LOSS_LIE", "1", 1);
      execl(POWER_LOSS_WRITER, POWER_LOSS_WRITER, database_.c_str(), std::to_string(seed).c_str(),
            nullptr);
      _exit(127);
    }
    close(acks[1]);
    std::int64_t head = 0;
    std::int64_t acknowledged = 0;
    for (int i = 0; read(acks[0], &head, sizeof head) == sizeof head; ++i) {
      acknowledged = head;
      if (i == commits) kill(writer, SIGKILL);  // and read what it could still acknowledge
    }
    close(acks[0]);
    int status = 0;
    waitpid(writer, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself: " << WEXITSTATUS(status);
    Copy(survivors_, database_);
    return acknowledged;
  }

  static void Copy(const std::string& from, const std::string& to) {
    for (const std::string suffix : {"", "-wal", "-shm"}) {
      fs::remove(to + suffix);
      if (suffix != "-shm" && fs::exists(from + suffix)) fs::copy_file(from + suffix, to + suffix);
    }
  }

  TempFolder folder_;
  // The shim compares names, so links in the path must be resolved.
  std::string database_ = fs::canonical(folder_.Path("")).string() + "/a.db";
  std::string survivors_ = fs::canonical(folder_.Path("")).string() + "/survivors.db";
};

TEST_F(PowerLoss, LosesNothingThatWasAcknowledged) {
  std::mt19937 random(20);
  for (int cut = 0; cut < 25; ++cut) {
    const auto acknowledged = WriteAndCut(cut, static_cast<int>(random() % 60));
    const auto report = CheckDatabase(database_, nullptr);
    ASSERT_TRUE(report) << "cut " << cut << ": " << report.error().message;
    ASSERT_EQ(report->problem, "") << "cut " << cut;
    ASSERT_GE(report->head.value, acknowledged) << "cut " << cut;
    ASSERT_EQ(RawValue(database_, "PRAGMA integrity_check"), "ok") << "cut " << cut;
  }
}

// The control: with a disk that only pretends to flush, the same test does see the loss.
TEST_F(PowerLoss, IsSeenWhenTheDiskLies) {
  int losses = 0;
  for (int cut = 0; cut < 8 && losses == 0; ++cut) {
    fs::remove(database_);
    fs::remove(database_ + "-wal");
    const auto acknowledged = WriteAndCut(cut, 10 + cut, true);
    const auto report = CheckDatabase(database_, nullptr);
    if (!report || !report->is_good() || report->head.value < acknowledged) ++losses;
  }
  EXPECT_GT(losses, 0);
}

}  // namespace
}  // namespace gatewright::storage
