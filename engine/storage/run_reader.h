// engine/storage/run_reader.h: reads runs and the log on one connection. One thread at a time.
// Throws what SOCI throws.
#pragma once

#include <optional>
#include <vector>

#include "engine/base/result.h"
#include "engine/ports/store.h"
#include "engine/storage/sqlite_session.h"

namespace gatewright::storage {

class RunReader {
 public:
  explicit RunReader(soci::session& session);

  std::optional<ports::RunRow> GetRow(RunId run);
  // kCorrupt when the log does not lead from the run's newest entry back to its first.
  Result<std::optional<ports::RunHistory>> Load(RunId run);
  Result<ports::RunPage> List(const ports::RunQuery& query, std::int64_t scan_limit);
  // The installation's own entries, oldest first. kCorrupt as above.
  Result<std::vector<ports::Entry>> SiteEntries();
  RunId LastRun();
  std::vector<ports::Entry> ReadEntries(Position after, std::int64_t limit);
  Position Head();

 private:
  enum class Order { kNewestFirst = 1, kOldestFirst };

  // A list follows one of these; each visits its runs in order of their ids.
  struct Walk {
    soci::statement page;    // matching runs with floor <= id < ceiling
    soci::statement bound;   // the id of the run `skip` runs further on
    soci::statement beyond;  // the first run after what `page` looks at
  };
  struct Walks {
    Walk by_id, by_state, by_open;
  };

  soci::statement PrepareRow(soci::session& session, const std::string& condition);
  Walk PrepareWalk(soci::session& session, const std::string& source, const std::string& scope,
                   Order order);
  Walks PrepareWalks(soci::session& session, Order order);
  void BindFilters(const ports::RunQuery& query);
  void BindRange(Walk& walk, const ports::RunQuery& query, std::int64_t scan_limit);
  Walk& Choose(const ports::RunQuery& query);
  // `whose` begins a sentence: "Run 7".
  Result<std::vector<ports::Entry>> WalkBack(const std::string& whose, RunId run, Position head,
                                             Sequence version);
  ports::RunRow TakeRow() const;
  ports::Entry TakeEntry() const;

  soci::session& session_;
  // One row of `runs`.
  Integer id_ = 0, version_ = 0, status_ = 0, created_at_ = 0, updated_at_ = 0, head_ = 0;
  std::string name_, workflow_, workflow_version_, requester_, state_, stage_, head_hash_;
  // One row of `events`.
  Integer position_ = 0, run_ = 0, sequence_ = 0, at_ = 0, previous_ = 0;
  std::string actor_, events_, hash_;
  // What is asked for.
  Integer wanted_ = 0, limit_ = 0, floor_ = 0, ceiling_ = 0, skip_ = 0, statuses_ = 0;
  std::string want_workflow_, want_workflow_version_, want_state_, want_stage_, want_requester_;
  std::string want_text_;
  Integer number_ = 0;  // a single number in an answer

  soci::statement row_;
  soci::statement entry_;
  soci::statement entries_;
  soci::statement site_;
  soci::statement last_run_;
  soci::statement last_position_;
  Walks newest_first_, oldest_first_;
};

}  // namespace gatewright::storage
