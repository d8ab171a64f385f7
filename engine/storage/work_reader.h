// engine/storage/work_reader.h: reads everything but runs and the log on one connection. One
// thread at a time. Throws what SOCI throws.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/ports/store.h"
#include "engine/storage/sqlite_session.h"

namespace gatewright::storage {

class WorkReader {
 public:
  explicit WorkReader(soci::session& session);

  std::vector<ports::TimerRow> DueTimers(Time now, std::int64_t limit);
  std::optional<Time> NextTimer();
  std::vector<ports::AttemptRow> OpenAttempts();
  std::vector<ports::OutboxRow> DueOutbox(const std::vector<ports::OutboxKind>& kinds, Time now,
                                          std::int64_t limit);
  std::optional<Time> NextOutbox(const std::vector<ports::OutboxKind>& kinds);
  std::optional<ports::AnswerRow> FindAnswer(std::string_view key);
  Result<std::string> ReadOutput(RunId run, AttemptNumber number, std::int64_t offset,
                                 std::int64_t limit);
  std::int64_t OutputSize(RunId run, AttemptNumber number);
  std::vector<ports::WorkflowRow> Workflows();
  std::vector<ports::LockRow> Locks();             // by key, then ticket
  std::vector<ports::LockRow> LocksOf(RunId run);  // by key
  std::int64_t NewestTicket();
  std::string CredentialDigest(std::string_view id);
  Position Cursor(std::string_view name);

 private:
  std::vector<ports::LockRow> TakeLocks(soci::statement& statement);

  soci::session& session_;
  // What the statements are bound to; each uses some of them.
  Integer run_ = 0, number_ = 0, kind_ = 0, state_ = 0, token_ = 0, tries_ = 0, id_ = 0;
  Integer status_ = 0, position_ = 0, size_ = 0, time_ = 0, revision_ = 0, is_current_ = 0;
  Integer is_held_ = 0, mode_ = 0, lock_limit_ = 0;
  Integer wanted_run_ = 0, wanted_number_ = 0, wanted_position_ = 0, now_ = 0, limit_ = 0,
          wanted_kind_ = 0;
  std::string wanted_name_, name_, text_, body_, headers_, actor_;

  soci::statement due_timers_, next_timer_, open_attempts_;
  soci::statement due_outbox_, next_outbox_, find_answer_;
  soci::statement read_output_, output_size_;
  soci::statement workflows_, credential_, cursor_;
  soci::statement locks_, locks_of_, newest_ticket_;
};

}  // namespace gatewright::storage
