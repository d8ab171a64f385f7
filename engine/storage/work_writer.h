// engine/storage/work_writer.h: writes everything of a change but the log: timers, attempts,
// their output, the outbox, answers, workflows, locks and cursors. Inside the writer's transaction;
// belongs to the writer's thread. Throws what SOCI throws.
#pragma once

#include "engine/base/result.h"
#include "engine/ports/store.h"
#include "engine/storage/sqlite_session.h"

namespace gatewright::storage {

class WorkWriter {
 public:
  explicit WorkWriter(soci::session& session);

  Result<void> Apply(const ports::Change& change);
  // At most `limit` of the answers older than `before`; returns how many are gone.
  std::int64_t ForgetAnswers(Time before, std::int64_t limit);

 private:
  void SetTimer(const ports::TimerRow& timer);
  void ClearTimer(RunId run, core::TimerKind kind);
  void PutAttempt(const ports::AttemptRow& attempt);
  void PutOutbox(const ports::OutboxRow& row);
  Result<void> PutAnswer(const ports::AnswerRow& answer);
  Result<void> AppendOutput(const ports::OutputChunk& chunk);
  void PutWorkflow(const ports::WorkflowRow& workflow);
  void RetireWorkflow(const std::string& name);
  void PutLock(const ports::LockRow& lock);
  void DropLock(const std::string& key, RunId run);
  void SetNewestTicket(std::int64_t ticket);
  void PutCredential(const ports::CredentialRow& credential);
  void SetCursor(const std::string& name, Position position);

  // What the statements are bound to; each uses some of them.
  Integer run_ = 0, number_ = 0, kind_ = 0, state_ = 0, token_ = 0, tries_ = 0, id_ = 0;
  Integer status_ = 0, position_ = 0, size_ = 0, time_ = 0, limit_ = 0, is_held_ = 0;
  std::string name_, text_, body_, headers_, fingerprint_, actor_;

  soci::statement set_timer_, clear_timer_;
  soci::statement put_attempt_, drop_attempt_;
  soci::statement insert_outbox_, update_outbox_, drop_outbox_;
  soci::statement insert_answer_, complete_answer_, forget_answers_;
  soci::statement append_output_;
  soci::statement put_workflow_, retire_workflow_;
  soci::statement put_lock_, drop_lock_, set_newest_ticket_;
  soci::statement set_cursor_;
  soci::statement put_credential_, drop_credential_;
};

}  // namespace gatewright::storage
