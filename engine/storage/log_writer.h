// engine/storage/log_writer.h: writes log entries and the rows of their runs, or the head of the
// installation's own log, inside the writer's transaction. Belongs to the writer's thread. Throws
// what SOCI throws.
//
// Statements are prepared once and bound to the members beside them; a call only assigns members.
#pragma once

#include "engine/base/result.h"
#include "engine/ports/store.h"
#include "engine/storage/sqlite_session.h"

namespace gatewright::storage {

class LogWriter {
 public:
  explicit LogWriter(soci::session& session);

  // Appends `change.entry` at `position` and makes the run's row what `change.row` says.
  // kConflict: the run, or the installation, is not at the version before the entry.
  Result<void> Append(const ports::Change& change, Position position);

 private:
  Result<void> AppendToRun(const ports::Change& change, Position position);
  Result<void> AppendToSite(const ports::Entry& entry, Position position);
  void Bind(const ports::Entry& entry, Position position);
  void Bind(const ports::RunRow& row);

  // The run, or the installation, as it is stored.
  Integer run_ = 0, found_version_ = 0, found_head_ = 0, found_status_ = 0;
  std::string found_state_;
  // The entry.
  Integer position_ = 0, sequence_ = 0, at_ = 0;
  std::string actor_, events_, hash_;
  // The run's row after it.
  Integer status_ = 0, created_at_ = 0, updated_at_ = 0;
  std::string name_, workflow_, workflow_version_, requester_, state_, stage_;

  soci::statement find_run_;
  soci::statement insert_entry_;
  soci::statement insert_run_;
  // A column that is named is written, and so are its indexes, even when its value stays.
  soci::statement advance_run_;    // state and status stay: no index is touched
  soci::statement change_state_;   // touches the index of states
  soci::statement change_status_;  // and the index of open runs
  soci::statement find_site_, advance_site_;
};

}  // namespace gatewright::storage
