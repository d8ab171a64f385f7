// tests/storage/sqlite_test.cpp: what only the SQLite store promises: one writer, sound refusals to
// open, a bounded write-ahead log, and going on after a full disk.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "engine/storage/check.h"
#include "engine/storage/migrations.h"
#include "engine/storage/sqlite_store.h"
#include "tests/storage/raw_sqlite.h"
#include "tests/storage/store_fixture.h"

namespace gatewright::storage {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

Result<std::unique_ptr<ports::Store>> Open(const std::string& path) {
  StoreOptions options;
  options.path = path;
  return OpenSqlite(options);
}

Error Refusal(const std::string& path) {
  auto opened = Open(path);
  EXPECT_FALSE(opened) << "opened " << path;
  return opened ? Error{} : opened.error();
}

TEST(Sqlite, LetsOneProcessWrite) {
  const TempFolder folder;
  const auto path = folder.Path("a.db");
  auto first = Get(Open(path));
  const Error refused = Refusal(path);
  EXPECT_EQ(refused.code, ErrorCode::kConflict);
  EXPECT_THAT(refused.message, AllOf(HasSubstr("process " + std::to_string(getpid())),
                                     HasSubstr(path), HasSubstr("PostgreSQL")));
  first.reset();
  EXPECT_TRUE(Open(path));
}

TEST(Sqlite, KnowsAFileUnderAnotherName) {
  const TempFolder folder;
  const auto first = Get(Open(folder.Path("a.db")));
  std::filesystem::create_symlink(folder.Path("a.db"), folder.Path("b.db"));
  EXPECT_EQ(Refusal(folder.Path("b.db")).code, ErrorCode::kConflict);
}

// A killed process may have been starting another one, which has its files until it runs.
TEST(Sqlite, WaitsForWhatAKilledProcessLeftBehind) {
  const TempFolder folder;
  const auto path = folder.Path("a.db");
  Get(Open(path)).reset();
  const pid_t gone = fork();
  if (gone == 0) _exit(0);
  ASSERT_EQ(waitpid(gone, nullptr, 0), gone);
  std::ofstream(path + ".lock") << gone << '\n';
  const int left_behind = open((path + ".lock").c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_EQ(flock(left_behind, LOCK_EX), 0);

  std::thread soon([left_behind] {
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
    close(left_behind);
  });
  EXPECT_TRUE(Open(path));
  soon.join();
}

TEST(Sqlite, GivesTheLockBackWhenItsHolderIsKilled) {
  const TempFolder folder;
  const auto path = folder.Path("a.db");
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t child = fork();
  if (child == 0) {
    const auto store = Open(path);
    const char is_open = store ? 'y' : 'n';
    if (write(ready[1], &is_open, 1) == 1) pause();
    _exit(1);
  }
  char is_open = 0;
  ASSERT_EQ(read(ready[0], &is_open, 1), 1);
  ASSERT_EQ(is_open, 'y');
  EXPECT_THAT(Refusal(path).message, HasSubstr("process " + std::to_string(child)));
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  EXPECT_TRUE(Open(path));
}

TEST(Sqlite, CreatesMissingFolders) {
  const TempFolder folder;
  EXPECT_TRUE(Open(folder.Path("var/lib/gatewright/a.db")));
  EXPECT_TRUE(std::filesystem::exists(folder.Path("var/lib/gatewright/a.db")));
}

TEST(Sqlite, TakesAPathLetterForLetter) {
  const TempFolder folder;
  for (const std::string name :
       {"with space.db", "it's.db", "\"quoted\".db", "a=b timeout=1.db", "100%41.db", "q?mode=ro",
        "#1.db", "für \U0001F600.db", "semi;colon.db"}) {
    auto store = Open(folder.Path(name));
    ASSERT_TRUE(store) << name << ": " << store.error().message;
    ASSERT_TRUE((*store)->Commit({NewRun(1)})) << name;
    EXPECT_EQ(Get((*store)->LastRunId()), RunId{1}) << name;
    EXPECT_TRUE(std::filesystem::exists(folder.Path(name))) << name;
  }
}

TEST(Sqlite, SaysWhichFolderItCannotUse) {
  const Error refused = Refusal("/proc/gatewright/a.db");
  EXPECT_EQ(refused.code, ErrorCode::kUnavailable);
  EXPECT_THAT(refused.message, AllOf(HasSubstr("/proc/gatewright"), HasSubstr("as user id")));
  const Error not_writable = Refusal("/proc/a.db");
  EXPECT_THAT(not_writable.message, AllOf(HasSubstr("/proc/a.db"), HasSubstr("as user id")));
}

TEST(Sqlite, RefusesWhatIsNoDatabase) {
  const TempFolder folder;
  std::ofstream(folder.Path("text.db")) << std::string(10'000, 'x');
  EXPECT_THAT(Refusal(folder.Path("text.db")).message, HasSubstr("is not a SQLite database"));
  std::filesystem::create_directory(folder.Path("folder.db"));
  EXPECT_THAT(Refusal(folder.Path("folder.db")).message, HasSubstr("found a folder"));
}

TEST(Sqlite, RefusesTheDatabaseOfAnotherProgram) {
  const TempFolder folder;
  ASSERT_THAT(RawSql(folder.Path("a.db"), "CREATE TABLE songs(title TEXT)"), IsEmpty());
  const Error refused = Refusal(folder.Path("a.db"));
  EXPECT_EQ(refused.code, ErrorCode::kInvalid);
  EXPECT_THAT(refused.message, HasSubstr("not one of gatewright's"));
}

TEST(Sqlite, RefusesANewerSchema) {
  const TempFolder folder;
  const auto path = folder.Path("a.db");
  ASSERT_TRUE(Open(path));
  ASSERT_THAT(RawSql(path, "INSERT INTO schema_migrations VALUES(999, 'future', 0)"), IsEmpty());
  const Error refused = Refusal(path);
  EXPECT_EQ(refused.code, ErrorCode::kInvalid);
  EXPECT_THAT(refused.message, HasSubstr("has schema 999"));
}

TEST(Sqlite, FinishesAMigrationThatWasInterrupted) {
  const TempFolder folder;
  const auto path = folder.Path("a.db");
  std::ofstream(path).close();  // an empty file, as left by a crash right after creating it
  EXPECT_TRUE(Open(path));
}

TEST(Sqlite, PrintsItsMigrations) {
  EXPECT_THAT(MigrationPlan(), HasSubstr("CREATE TABLE events("));
  EXPECT_THAT(MigrationPlan(LatestSchema()), HasSubstr("is up to date"));
  for (std::size_t i = 0; i < Migrations().size(); ++i) {
    EXPECT_EQ(Migrations()[i].version, static_cast<std::int64_t>(i) + 1);
  }
}

TEST(Sqlite, NeverChangesOrRemovesALogEntry) {
  const TempFolder folder;
  const auto path = folder.Path("a.db");
  ASSERT_TRUE(Get(Open(path))->Commit({NewRun(1)}));
  EXPECT_THAT(RawSql(path, "UPDATE events SET actor = 'mallory'"), HasSubstr("append-only"));
  EXPECT_THAT(RawSql(path, "DELETE FROM events"), HasSubstr("append-only"));
  EXPECT_EQ(RawValue(path, "SELECT actor FROM events"), "bob");
}

TEST(Sqlite, KeepsItsFileInWriteAheadMode) {
  const TempFolder folder;
  const auto path = folder.Path("a.db");
  ASSERT_TRUE(Open(path));
  EXPECT_EQ(RawValue(path, "PRAGMA journal_mode"), "wal");
}

TEST(Sqlite, GivesEveryReaderBack) {
  const TempFolder folder;
  StoreOptions options;
  options.path = folder.Path("a.db");
  options.readers = 1;
  options.reader_wait = std::chrono::seconds(20);
  const auto store = Get(OpenSqlite(options));
  ASSERT_TRUE(store->Commit({NewRun(1)}));
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(store->GetRow(RunId{1}));  // each is given back
}

// The log is copied into the file in the background and starts over.
TEST(Sqlite, KeepsTheWriteAheadLogShort) {
  const TempFolder folder;
  StoreOptions options;
  options.path = folder.Path("a.db");
  options.checkpoint_pages = 200;
  options.max_log_pages = 1'000;
  const auto store = Get(OpenSqlite(options));
  TestRun run(1);
  const std::string events = "[\"" + std::string(4'000, 'e') + "\"]";
  std::uintmax_t longest = 0;
  for (int i = 0; i < 400; ++i) {
    std::vector<ports::Change> batch;
    for (int k = 0; k < 16; ++k) batch.push_back(run.Next(events));
    ASSERT_TRUE(store->Commit(batch));
    ASSERT_TRUE(store->GetRow(RunId{1}));
    longest = std::max(longest, std::filesystem::file_size(options.path + "-wal"));
  }
  EXPECT_LT(longest, 2u * 1'000 * 4'120);  // of about 32 MB that were written
}

// A program that reads for a long time keeps the log from starting over. That must not stop us.
TEST(Sqlite, GoesOnBesideALongReader) {
  const TempFolder folder;
  StoreOptions options;
  options.path = folder.Path("a.db");
  options.checkpoint_pages = 20;
  options.max_log_pages = 100;
  const auto store = Get(OpenSqlite(options));
  TestRun run(1);
  ASSERT_TRUE(store->Commit({run.Next()}));
  const auto report =
      Get(CheckDatabase(options.path, [&](const auto& entries) -> Result<Projection> {
        for (int i = 0; i < 300; ++i) {
          auto committed = store->Commit({run.Next()});
          if (!committed) return committed.error();
        }
        Projection projection;
        projection.row = TestRun(1).row;
        projection.row.version = entries.back().sequence;
        projection.row.updated_at = entries.back().at;
        return projection;
      }));
  EXPECT_EQ(report.problem, "");
  EXPECT_EQ(report.entries, 1);  // one committed state: the one it began with
  EXPECT_EQ(Get(store->Head()), Position{301});
}

// Files may not grow beyond a limit while this lives: what a full disk does to us.
class FullDisk {
 public:
  explicit FullDisk(std::uintmax_t bytes) {
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST(Sqlite, GoesOnAfterAFullDisk) {
  const TempFolder folder;
  const auto path = folder.Path("a.db");
  auto store = Get(Open(path));
  TestRun run(1);
  std::int64_t committed = 0;
  for (; committed < 10; ++committed) ASSERT_TRUE(store->Commit({run.Next()}));
  {
    const FullDisk full(std::filesystem::file_size(path + "-wal") + 100'000);
    for (;;) {
      const TestRun before = run;
      auto result = store->Commit({run.Next()});
      if (!result) {
        EXPECT_EQ(result.error().code, ErrorCode::kUnavailable) << result.error().message;
        EXPECT_THAT(result.error().message, HasSubstr("disk"));
        run = before;
        break;
      }
      ++committed;
      ASSERT_LT(committed, 10'000);
    }
    EXPECT_FALSE(store->Commit({NewRun(2)}));
    EXPECT_EQ(Get(store->Head()), Position{committed});  // reading goes on
    EXPECT_EQ(Get(store->LoadRun(RunId{1}))->entries.size(), static_cast<std::size_t>(committed));
  }
  EXPECT_EQ(Get(store->Commit({run.Next()})), Position{committed + 1});
  store.reset();
  EXPECT_EQ(Get(CheckDatabase(path, nullptr)).problem, "");
}

}  // namespace
}  // namespace gatewright::storage
