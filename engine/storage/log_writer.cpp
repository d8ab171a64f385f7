// engine/storage/log_writer.cpp: the hot path of every command.
#include "engine/storage/log_writer.h"

#include <fmt/format.h>

#include "engine/core/site.h"

namespace gatewright::storage {

using soci::into;
using soci::use;

LogWriter::LogWriter(soci::session& session)
    : find_run_((session.prepare << "SELECT version, head, status, state FROM runs WHERE id = :id",
                 into(found_version_), into(found_head_), into(found_status_), into(found_state_),
                 use(run_))),
      insert_entry_((session.prepare
                         << "INSERT INTO events(position, run_id, sequence, at, actor, events, "
                            "prev_position, hash) VALUES(:position, :run, :sequence, :at, :actor, "
                            ":events, :previous, :hash)",
                     use(position_), use(run_), use(sequence_), use(at_), use(actor_), use(events_),
                     use(found_head_), use(hash_))),
      insert_run_((session.prepare
                       << "INSERT INTO runs(id, version, name, workflow, workflow_version, "
                          "requester, state, status, stage, created_at, updated_at, head, "
                          "head_hash) VALUES(:id, :version, :name, :workflow, :workflow_version, "
                          ":requester, :state, :status, :stage, :created_at, :updated_at, :head, "
                          ":head_hash)",
                   use(run_), use(sequence_), use(name_), use(workflow_), use(workflow_version_),
                   use(requester_), use(state_), use(status_), use(stage_), use(created_at_),
                   use(updated_at_), use(position_), use(hash_))),
      advance_run_((session.prepare << "UPDATE runs SET version = :version, stage = :stage, "
                                       "updated_at = :updated_at, head = :head, "
                                       "head_hash = :head_hash "
                                       "WHERE id = :id AND version = :found",
                    use(sequence_), use(stage_), use(updated_at_), use(position_), use(hash_),
                    use(run_), use(found_version_))),
      change_state_((session.prepare << "UPDATE runs SET version = :version, stage = :stage, "
                                        "updated_at = :updated_at, head = :head, "
                                        "head_hash = :head_hash, state = :state "
                                        "WHERE id = :id AND version = :found",
                     use(sequence_), use(stage_), use(updated_at_), use(position_), use(hash_),
                     use(state_), use(run_), use(found_version_))),
      change_status_((session.prepare << "UPDATE runs SET version = :version, stage = :stage, "
                                         "updated_at = :updated_at, head = :head, "
                                         "head_hash = :head_hash, state = :state, "
                                         "status = :status "
                                         "WHERE id = :id AND version = :found",
                      use(sequence_), use(stage_), use(updated_at_), use(position_), use(hash_),
                      use(state_), use(status_), use(run_), use(found_version_))),
      find_site_((session.prepare << "SELECT version, head FROM site", into(found_version_),
                  into(found_head_))),
      advance_site_((session.prepare << "UPDATE site SET version = :version, head = :head, "
                                        "head_hash = :head_hash WHERE version = :found",
                     use(sequence_), use(position_), use(hash_), use(found_version_))) {}

Result<void> LogWriter::Append(const ports::Change& change, Position position) {
  if (change.entry->run == core::kSite) return AppendToSite(*change.entry, position);
  return AppendToRun(change, position);
}

Result<void> LogWriter::AppendToRun(const ports::Change& change, Position position) {
  const ports::Entry& entry = *change.entry;
  if (change.row.id != entry.run || change.row.version != entry.sequence) {
    return Error{ErrorCode::kInternal,
                 fmt::format("A change's entry is number {} of run {}, but its row is version {} "
                             "of run {}.",
                             entry.sequence.value, entry.run.value, change.row.version.value,
                             change.row.id.value)};
  }
  run_ = entry.run.value;
  if (!SelectOne(find_run_)) found_version_ = found_head_ = 0;
  if (found_version_ != entry.sequence.value - 1) {
    return Error{ErrorCode::kConflict,
                 fmt::format("Run {} is at version {}, expected version {}: another command "
                             "changed it first.",
                             run_, found_version_, entry.sequence.value - 1)};
  }

  Bind(entry, position);
  Bind(change.row);
  Execute(insert_entry_);
  if (found_version_ == 0) {
    Execute(insert_run_);
    return {};
  }
  soci::statement& update = found_status_ != status_ ? change_status_
                            : found_state_ != state_ ? change_state_
                                                     : advance_run_;
  if (CountChanged(update) != 1) {
    return Error{ErrorCode::kConflict,
                 fmt::format("Run {} changed while it was being written.", run_)};
  }
  return {};
}

Result<void> LogWriter::AppendToSite(const ports::Entry& entry, Position position) {
  if (!SelectOne(find_site_)) found_version_ = found_head_ = 0;
  if (found_version_ != entry.sequence.value - 1) {
    return Error{ErrorCode::kConflict,
                 fmt::format("The installation's own log is at version {}, expected version {}: "
                             "another command changed it first.",
                             found_version_, entry.sequence.value - 1)};
  }
  Bind(entry, position);
  Execute(insert_entry_);
  if (CountChanged(advance_site_) == 1) return {};
  return Error{ErrorCode::kCorrupt,
               "The table 'site' has no row. Stop the server and run `gatewright db check`."};
}

void LogWriter::Bind(const ports::Entry& entry, Position position) {
  run_ = entry.run.value;
  position_ = position.value;
  sequence_ = entry.sequence.value;
  at_ = ToMicros(entry.at);
  actor_ = entry.actor;
  events_ = entry.events_json;
  hash_ = entry.hash;
}

void LogWriter::Bind(const ports::RunRow& row) {
  status_ = static_cast<Integer>(row.status);
  created_at_ = ToMicros(row.created_at);
  updated_at_ = ToMicros(row.updated_at);
  name_ = row.name;
  workflow_ = row.workflow;
  workflow_version_ = row.workflow_version;
  requester_ = row.requester;
  state_ = row.state;
  stage_ = row.stage;
}

}  // namespace gatewright::storage
