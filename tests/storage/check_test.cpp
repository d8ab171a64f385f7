// tests/storage/check_test.cpp: everything `gatewright db check` must see, each done to a good
// database of three runs.
#include "engine/storage/check.h"

#include <gmock/gmock.h>

#include <fstream>

#include "engine/codec/entry_hash.h"
#include "engine/storage/sqlite_store.h"
#include "tests/storage/raw_sqlite.h"
#include "tests/storage/store_fixture.h"

namespace gatewright::storage {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// In these tests an entry's events are one string: the state it leads to. A run waits for its
// deadline in state "requested", stands in line for a lock in state "approved", and in state
// "executing" it holds that and has an attempt.
std::string Events(const std::string& state) { return "[\"" + state + "\"]"; }

ports::LockRow Lock(RunId run, bool is_held) {
  return {"prod", {run, run.value, is_held, core::LockMode::kFifo, 1, At(60)}};
}

void SetWork(ports::Change& change) {
  const RunId run = change.row.id;
  if (change.row.state == "requested") {
    change.set_timers = {{run, core::TimerKind::kGateDeadline, At(50)}};
  } else {
    change.clear_timers = {{run, core::TimerKind::kGateDeadline}};
  }
  const auto attempt = change.row.state == "executing" ? core::AttemptState::kStarted
                                                       : core::AttemptState::kSucceeded;
  change.put_attempts = {{run, AttemptNumber{1}, "deploy", attempt, 9}};
  if (change.row.state == "requested") {
    change.drop_locks = {{"prod", run}};
  } else {
    change.put_locks = {Lock(run, change.row.state == "executing")};
    change.newest_ticket = run.value;
  }
}

Result<Projection> Replay(const std::vector<ports::Entry>& entries) {
  TestRun run(entries.front().run.value);
  const ports::Entry& last = entries.back();
  run.row.version = last.sequence;
  run.row.updated_at = last.at;
  run.row.state = last.events_json.substr(2, last.events_json.size() - 4);
  Projection projection;
  projection.row = run.row;
  projection.newest_ticket = entries.size() > 1 ? run.row.id.value : 0;
  if (run.row.state != "requested") {
    projection.locks = {Lock(run.row.id, run.row.state == "executing")};
  }
  if (run.row.state == "requested") {
    projection.timers = {{run.row.id, core::TimerKind::kGateDeadline, At(50)}};
  }
  if (run.row.state == "executing") {
    projection.attempts = {
        {run.row.id, AttemptNumber{1}, "deploy", core::AttemptState::kStarted, 9}};
  }
  return projection;
}

class Check : public testing::Test {
 protected:
  // Positions: 1 2 3 create the runs, 4 5 6 approve them, 7 executes run 3.
  Check() {
    StoreOptions options;
    options.path = path_;
    store_ = Get(OpenSqlite(options));
    std::vector<TestRun> runs{TestRun(1), TestRun(2), TestRun(3)};
    for (auto& run : runs) Commit(run, "requested");
    for (auto& run : runs) Commit(run, "approved");
    Commit(runs[2], "executing");
    Commit(runs[1], "requested");
  }

  void Commit(TestRun& run, const std::string& state) {
    run.row.state = state;
    ports::Change change = run.Next(Events(state));
    SetWork(change);
    ASSERT_TRUE(store_->Commit({change}));
  }

  // Two entries of the installation: positions 9 and 10.
  void CommitSite() { ASSERT_TRUE(store_->Commit({site_.Next(), site_.Next("[\"second\"]")})); }

  // Closes the store first, so that everything is in the one file.
  std::string& File() {
    store_.reset();
    return path_;
  }

  std::string Problem() { return Get(CheckDatabase(path_, Replay)).problem; }

  std::string ProblemAfter(const std::string& sql) {
    EXPECT_EQ(Tamper(File(), sql), "");
    return Problem();
  }

  TempFolder folder_;
  std::string path_ = folder_.Path("a.db");
  std::unique_ptr<ports::Store> store_;
  TestSite site_;
};

TEST_F(Check, FindsNothingInAGoodDatabase) {
  File();
  const auto report = Get(CheckDatabase(path_, Replay));
  EXPECT_EQ(report.problem, "");
  EXPECT_TRUE(report.is_good());
  EXPECT_EQ(report.entries, 8);
  EXPECT_EQ(report.head, Position{8});
  EXPECT_EQ(report.runs, 3);
  EXPECT_EQ(report.timers, 1);
  EXPECT_EQ(report.attempts, 1);
  EXPECT_EQ(report.locks, 2);
  EXPECT_EQ(report.site_entries, 0);
}

TEST_F(Check, WorksWhileTheServerRuns) { EXPECT_EQ(Problem(), ""); }

TEST_F(Check, NeedsADatabase) {
  EXPECT_EQ(CheckDatabase(folder_.Path("none.db"), Replay).error().code, ErrorCode::kNotFound);
  std::ofstream(folder_.Path("text.db")) << std::string(5'000, 'x');
  EXPECT_FALSE(CheckDatabase(folder_.Path("text.db"), Replay));
}

TEST_F(Check, FindsAFlippedBit) {
  File();
  std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(file)), {});
  const auto where = bytes.find(Events("executing"));
  ASSERT_NE(where, std::string::npos);
  file.seekp(static_cast<std::streamoff>(where + 3));
  file.put(static_cast<char>(bytes[where + 3] ^ 1));
  file.close();
  EXPECT_THAT(Problem(), AllOf(HasSubstr("position 7 (run 3, number 3)"), HasSubstr("hash")));
}

TEST_F(Check, FindsADamagedPage) {
  File();
  const auto page = RawValue(path_, "SELECT rootpage FROM sqlite_master WHERE name = 'timers'");
  std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
  // One that holds no schema, without which the file cannot be opened at all.
  file.seekp((std::stoll(page) - 1) * 4096);
  file.write("\xff\xff\xff\xff\xff\xff\xff\xff", 8);
  file.close();
  EXPECT_THAT(Problem(), HasSubstr("structure is damaged"));
}

TEST_F(Check, FindsARemovedEntry) {
  EXPECT_THAT(ProblemAfter("DELETE FROM events WHERE position = 5"),
              HasSubstr("expected an entry at position 5, found none; the next one is at 6"));
}

TEST_F(Check, FindsSwappedEntries) {
  EXPECT_THAT(
      ProblemAfter("UPDATE events SET position = 99 WHERE position = 4;"
                   "UPDATE events SET position = 4 WHERE position = 5;"
                   "UPDATE events SET position = 5 WHERE position = 99"),
      HasSubstr("expected number 2 of the same run at position 5, found number 2 of run 1"));
}

TEST_F(Check, FindsChangedEvents) {
  EXPECT_THAT(ProblemAfter("UPDATE events SET events = '[\"approved\"]' WHERE position = 1"),
              AllOf(HasSubstr("position 1 (run 1, number 1)"), HasSubstr("hash")));
}

TEST_F(Check, FindsAChangedActor) {
  EXPECT_THAT(ProblemAfter("UPDATE events SET actor = 'mallory' WHERE position = 6"),
              HasSubstr("position 6"));
}

TEST_F(Check, FindsAChangedTime) {
  EXPECT_THAT(ProblemAfter("UPDATE events SET at = at + 1 WHERE position = 6"),
              HasSubstr("position 6"));
}

TEST_F(Check, FindsAChangedHash) {
  EXPECT_THAT(ProblemAfter("UPDATE events SET hash = 'abc' WHERE position = 2"),
              HasSubstr("position 2"));
}

TEST_F(Check, FindsACutTail) {
  EXPECT_THAT(ProblemAfter("DELETE FROM events WHERE position >= 7"),
              HasSubstr("Run 2: expected its log entry 3 at position 8"));
}

TEST_F(Check, FindsACutTailByItsFollower) {
  ports::Change change;
  change.cursor = {"notifier", Position{8}};
  ASSERT_TRUE(store_->Commit({change}));
  EXPECT_THAT(
      ProblemAfter("DELETE FROM events WHERE position >= 7;"
                   "DELETE FROM timers; DELETE FROM attempts; DELETE FROM locks;"
                   "INSERT INTO locks SELECT id, 'prod', id, 0, 1, 1, "
                   "1700000060000000 FROM runs;"
                   "UPDATE runs SET version = 2, state = 'approved', "
                   "head = (SELECT max(position) FROM events WHERE run_id = id);"
                   "UPDATE runs SET head_hash = (SELECT hash FROM events WHERE position = head), "
                   "updated_at = (SELECT at FROM events WHERE position = head)"),
      HasSubstr("up to position 8"));
}

TEST_F(Check, FindsEditedRuns) {
  EXPECT_THAT(ProblemAfter("UPDATE runs SET state = 'executed' WHERE id = 2"),
              HasSubstr("Run 2: state is 'executed', but its log gives 'requested'"));
}

TEST_F(Check, FindsARunThatStandsOnAnOlderEntry) {
  EXPECT_THAT(ProblemAfter("UPDATE runs SET version = 1, head = 1, head_hash = (SELECT hash FROM "
                           "events WHERE position = 1), state = 'requested', updated_at = (SELECT "
                           "at FROM events WHERE position = 1) WHERE id = 1;"
                           "INSERT INTO timers SELECT 1, kind, due FROM timers;"
                           "DELETE FROM locks WHERE run_id = 1"),
              HasSubstr("The log has 8 entries, but the runs and the installation account for 7"));
}

TEST_F(Check, FindsAnAbsurdVersion) {
  EXPECT_THAT(ProblemAfter("UPDATE runs SET version = 1000000000000 WHERE id = 1"),
              HasSubstr("Run 1: expected its log entry 1000000000000"));
}

TEST_F(Check, FindsAMissingRun) {
  EXPECT_THAT(ProblemAfter("DELETE FROM runs WHERE id = 2; DELETE FROM timers"),
              HasSubstr("Run 2 is in the log, but has no row"));
}

TEST_F(Check, FindsAnInventedRun) {
  EXPECT_THAT(ProblemAfter("INSERT INTO runs SELECT 9, version, name, workflow, workflow_version, "
                           "requester, state, status, stage, created_at, updated_at, head, "
                           "head_hash FROM runs WHERE id = 1"),
              HasSubstr("Run 9: expected its log entry 2 at position 4"));
}

TEST_F(Check, FindsAMissingTimer) {
  EXPECT_THAT(ProblemAfter("DELETE FROM timers"), HasSubstr("Run 2: its timers are none"));
}

// When to look again at a hold, or how long a lock may be kept, moves without an entry.
TEST_F(Check, LeavesTimersAloneThatTheLogDoesNotSet) {
  EXPECT_EQ(ProblemAfter("INSERT INTO timers VALUES(2, 3, 0), (2, 4, 0)"), "");
}

TEST_F(Check, FindsATimerOfNoRun) {
  EXPECT_THAT(ProblemAfter("INSERT INTO timers VALUES(77, 1, 0)"), HasSubstr("run 77"));
}

TEST_F(Check, FindsAChangedAttempt) {
  EXPECT_THAT(ProblemAfter("UPDATE attempts SET fencing_token = 10"),
              HasSubstr("Run 3: its open attempts are number 1 of stage 'deploy' in state 2 with "
                        "token 10, but its log gives number 1 of stage 'deploy' in state 2 with "
                        "token 9"));
}

TEST_F(Check, FindsAMissingLock) {
  EXPECT_THAT(ProblemAfter("DELETE FROM locks WHERE run_id = 3"),
              HasSubstr("Run 3: its locks are none, but its log gives 'prod' held with "
                        "ticket 3"));
}

TEST_F(Check, FindsALockThatWasTakenByHand) {
  EXPECT_THAT(ProblemAfter("UPDATE locks SET is_held = 1 WHERE run_id = 1"),
              HasSubstr("Run 1: its locks are 'prod' held with ticket 1"));
}

TEST_F(Check, FindsALockOfNoRun) {
  EXPECT_THAT(ProblemAfter("INSERT INTO locks SELECT 77, key, ticket, is_held, mode, lock_limit, "
                           "since FROM locks WHERE run_id = 3"),
              HasSubstr("A lock belongs to run 77"));
}

TEST_F(Check, FindsTicketsThatWouldBeGivenTwice) {
  EXPECT_THAT(ProblemAfter("UPDATE counters SET value = 2"),
              HasSubstr("The newest ticket for locks is 2, but the log has given number 3"));
}

TEST_F(Check, ReadsTheInstallationsOwnLog) {
  CommitSite();
  File();
  std::size_t seen = 0;
  const auto report =
      Get(CheckDatabase(path_, Replay, [&](const std::vector<ports::Entry>& entries) {
        seen = entries.size();
        return Result<void>();
      }));
  EXPECT_EQ(report.problem, "");
  EXPECT_EQ(report.entries, 10);
  EXPECT_EQ(report.site_entries, 2);
  EXPECT_EQ(report.runs, 3);
  EXPECT_EQ(seen, 2u);
}

TEST_F(Check, FindsAChangedEntryOfTheInstallation) {
  CommitSite();
  EXPECT_THAT(ProblemAfter("UPDATE events SET events = '[\"third\"]' WHERE position = 10"),
              AllOf(HasSubstr("position 10 (the installation, number 2)"), HasSubstr("hash")));
}

TEST_F(Check, FindsARemovedEntryOfTheInstallation) {
  CommitSite();
  EXPECT_THAT(ProblemAfter("DELETE FROM events WHERE position = 10"),
              HasSubstr("The installation's own log: expected its log entry 2 at position 10"));
}

TEST_F(Check, FindsAnInstallationThatStandsOnAnOlderEntry) {
  CommitSite();
  EXPECT_THAT(ProblemAfter("UPDATE site SET version = 1, head = 9, head_hash = (SELECT hash FROM "
                           "events WHERE position = 9)"),
              HasSubstr("The log has 10 entries, but the runs and the installation account for 9"));
}

TEST_F(Check, FindsAnEditedHeadOfTheInstallation) {
  CommitSite();
  EXPECT_THAT(ProblemAfter("UPDATE site SET head_hash = 'abc'"),
              HasSubstr("The installation's own log: head_hash is 'abc'"));
}

TEST_F(Check, FindsAMissingHeadOfTheInstallation) {
  EXPECT_THAT(ProblemAfter("DELETE FROM site"), HasSubstr("'site' has no row"));
}

TEST_F(Check, SaysWhyTheInstallationsLogCannotBeReplayed) {
  CommitSite();
  File();
  const auto report = Get(CheckDatabase(path_, Replay, [](const auto&) -> Result<void> {
    return Error{ErrorCode::kCorrupt, "unknown event 'Teleported'."};
  }));
  EXPECT_EQ(report.problem,
            "The installation's own log cannot be replayed: unknown event 'Teleported'.");
}

TEST_F(Check, SaysWhyALogCannotBeReplayed) {
  File();
  const auto report = Get(CheckDatabase(path_, [](const auto&) -> Result<Projection> {
    return Error{ErrorCode::kCorrupt, "unknown event 'Teleported'."};
  }));
  EXPECT_EQ(report.problem, "Run 1: its log cannot be replayed: unknown event 'Teleported'.");
}

// Evidence that was exported yesterday must still hold tomorrow.
TEST(EntryHash, NeverChanges) {
  EXPECT_EQ(codec::EntryHash("", RunId{1}, Sequence{1}, FromMicros(2), "alice", "[]"),
            "7285c55e8d7c526d0f1e387536c1d9250e8543407dd77f77ad55e121e555c489");
  EXPECT_EQ(codec::EntryHash("ab", RunId{12}, Sequence{3}, FromMicros(-5), "bob", "[1]"),
            "8fb7e14a941cd27c5089e6b6360ca63129a27ea6ca9eae60b44e28cdaca0a396");
}

}  // namespace
}  // namespace gatewright::storage
