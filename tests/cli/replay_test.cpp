// tests/cli/replay_test.cpp: `gatewright db check` on a database that real events made: a run that
// stands in line for a lock, one that holds it, and a stop of the installation.
#include "server/cli/replay.h"

#include <gmock/gmock.h>

#include "engine/codec/entry_hash.h"
#include "engine/codec/events.h"
#include "engine/codec/site_events.h"
#include "engine/core/apply.h"
#include "engine/storage/sqlite_store.h"
#include "tests/storage/store_fixture.h"

namespace gatewright::cli {
namespace {

using storage::At;
using storage::Get;
using testing::HasSubstr;

constexpr auto kFifo = core::LockMode::kFifo;

class DbCheck : public testing::Test {
 protected:
  DbCheck() {
    storage::StoreOptions options;
    options.path = path_;
    store_ = Get(storage::OpenSqlite(options));
  }

  // What the engine would commit for these entries of a run, but for its locks.
  void Commit(std::int64_t id, const std::vector<std::vector<core::Event>>& entries,
              std::vector<ports::LockRow> locks, std::int64_t newest_ticket) {
    core::Run run;
    run.id = RunId{id};
    std::string hash;
    std::vector<ports::Change> changes;
    for (const auto& events : entries) {
      ports::Change change;
      const Sequence next{run.version.value + 1};
      change.entry = Entry(run.id, next, codec::EventsToJson(events), hash);
      core::ApplyEntry(run, events, {change.entry->at, PrincipalId{"alice"}});
      change.row = codec::RowOf(run);
      hash = change.entry->hash;
      changes.push_back(std::move(change));
    }
    changes.back().put_locks = std::move(locks);
    changes.back().newest_ticket = newest_ticket;
    ASSERT_TRUE(store_->Commit(changes));
  }

  void CommitSite(const std::string& events_json) {
    ports::Change change;
    change.entry = Entry(core::kSite, Sequence{1}, events_json, "");
    ASSERT_TRUE(store_->Commit({change}));
  }

  static ports::Entry Entry(RunId run, Sequence sequence, const std::string& events_json,
                            const std::string& previous_hash) {
    const Time at = At(sequence.value);
    return {Position{0},
            run,
            sequence,
            at,
            "alice",
            events_json,
            codec::EntryHash(previous_hash, run, sequence, at, "alice", events_json)};
  }

  static core::RunCreated Created() {
    core::RunCreated created;
    created.workflow = WorkflowName{"deployment"};
    created.version = WorkflowVersion{"c0ffee"};
    created.name = "release";
    created.requester = PrincipalId{"alice"};
    created.subject_json = "{}";
    created.initial_state = "requested";
    created.facts.lock_keys = {"prod"};
    return created;
  }

  std::string Problem() {
    return Get(storage::CheckDatabase(path_, ReplayRows, ReplaySite)).problem;
  }

  storage::TempFolder folder_;
  std::string path_ = folder_.Path("a.db");
  std::unique_ptr<ports::Store> store_;
};

TEST_F(DbCheck, ReplaysWhoHoldsALockAndWhoStandsInLine) {
  Commit(1, {{Created()}, {core::LocksTaken{{"prod"}, kFifo, 1, 1, std::nullopt}}},
         {{"prod", {RunId{1}, 1, true, kFifo, 1, At(2)}}}, 1);
  Commit(2, {{Created()}, {core::LocksQueued{{"prod"}, kFifo, 1, 2}}},
         {{"prod", {RunId{2}, 2, false, kFifo, 1, At(2)}}}, 2);
  Commit(3,
         {{Created()},
          {core::LocksQueued{{"prod"}, kFifo, 1, 3}},
          {core::LocksReleased{{"prod"}, "cannot act yet"}}},
         {}, 3);
  const auto report = Get(storage::CheckDatabase(path_, ReplayRows, ReplaySite));
  EXPECT_EQ(report.problem, "");
  EXPECT_EQ(report.locks, 2);
}

TEST_F(DbCheck, FindsALockThatTheLogDoesNotGive) {
  Commit(1, {{Created()}}, {{"prod", {RunId{1}, 1, true, kFifo, 1, At(2)}}}, 1);
  EXPECT_THAT(Problem(), HasSubstr("Run 1: its locks are 'prod' held with ticket 1"));
}

TEST_F(DbCheck, FindsATicketThatWouldBeGivenTwice) {
  Commit(1,
         {{Created()},
          {core::LocksQueued{{"prod"}, kFifo, 1, 5}},
          {core::LocksReleased{{"prod"}, "cannot act yet"}}},
         {}, 4);
  EXPECT_THAT(Problem(), HasSubstr("The newest ticket for locks is 4, but the log has given"));
}

TEST_F(DbCheck, WaitsForTheNextMomentOfAGate) {
  core::GateOpened opened;
  opened.stage = StageName{"QA"};
  opened.deadline = At(100);
  opened.reminders = {At(50)};
  Commit(1, {{Created(), opened}}, {}, 0);
  EXPECT_THAT(Problem(), HasSubstr("its timers are none, but its log gives kind 1 at 2023-11-14T"
                                   "22:14:10"));
}

// Then a free worker starts it, and no timer.
TEST_F(DbCheck, AnAttemptHasATimerUntilItsTimeComes) {
  const auto planned_at_2_for = [](Time not_before) {
    core::GateOpened opened;
    opened.stage = StageName{"Act"};
    const core::GateSatisfied satisfied{opened.stage, Epoch{1}};
    const core::AttemptPlanned planned{opened.stage, AttemptNumber{1}, not_before};
    const std::vector<ports::Entry> entries = {
        Entry(RunId{1}, Sequence{1}, codec::EventsToJson({Created(), opened, satisfied}), ""),
        Entry(RunId{1}, Sequence{2}, codec::EventsToJson({planned}), "")};
    return Get(ReplayRows(entries)).timers;
  };
  EXPECT_TRUE(planned_at_2_for(At(2)).empty());
  const auto timers = planned_at_2_for(At(60));
  ASSERT_EQ(timers.size(), 1U);
  EXPECT_EQ(timers[0].kind, core::TimerKind::kStartAttempt);
  EXPECT_EQ(timers[0].due, At(60));
}

TEST_F(DbCheck, ReadsTheInstallationsOwnLog) {
  core::Stop stop;
  stop.id = 1;
  stop.reason = "incident";
  stop.by = PrincipalId{"alice"};
  stop.since = At(1);
  CommitSite(codec::SiteEventsToJson({core::StopSet{stop}}));
  EXPECT_EQ(Problem(), "");
}

TEST_F(DbCheck, NamesAnEntryOfTheInstallationThatCannotBeRead) {
  CommitSite(R"([{"type":"Teleported"}])");
  EXPECT_THAT(Problem(), HasSubstr("The installation's own log cannot be replayed: entry 1 at "
                                   "position 1 cannot be read"));
}

}  // namespace
}  // namespace gatewright::cli
