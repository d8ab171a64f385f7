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
  RunId LastRun();
  std::vector<ports::Entry> ReadEntries(Position after, std::int64_t limit);
  Position Head();

 private:
  // A list follows one of these; each visits its runs from the newest.
  struct Walk {
    soci::statement page;    // matching runs with floor <= id < before
    soci::statement bound;   // the id `scan_limit` runs further down
    soci::statement beyond;  // the newest run below `floor`
  };
  enum class By { kId = 1, kState, kOpen };

  soci::statement PrepareRow(soci::session& session, const std::string& condition);
  soci::statement PrepareEntry(soci::session& session, const std::string& condition);
  Walk PrepareWalk(soci::session& session, const std::string& source, const std::string& scope);
  void BindFilters(const ports::RunQuery& query);
  Walk& Choose(const ports::RunQuery& query);
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
  Integer wanted_ = 0, limit_ = 0, before_ = 0, floor_ = 0, skip_ = 0, statuses_ = 0;
  std::string want_workflow_, want_state_, want_stage_, want_requester_, want_text_;
  Integer number_ = 0;  // a single number in an answer

  soci::statement row_;
  soci::statement entry_;
  soci::statement entries_;
  soci::statement last_run_;
  soci::statement last_position_;
  Walk by_id_, by_state_, by_open_;
};

}  // namespace gatewright::storage
