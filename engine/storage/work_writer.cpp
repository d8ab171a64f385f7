// engine/storage/work_writer.cpp: one statement per kind of work.
#include "engine/storage/work_writer.h"
#include "engine/codec/base64.h"

#include <fmt/format.h>

namespace gatewright::storage {

using soci::use;

WorkWriter::WorkWriter(soci::session& session)
    : set_timer_((session.prepare << "INSERT INTO timers(run_id, kind, due) "
                                     "VALUES(:run, :kind, :due) "
                                     "ON CONFLICT(run_id, kind) DO UPDATE SET due = excluded.due",
                  use(run_), use(kind_), use(time_))),
      clear_timer_((session.prepare << "DELETE FROM timers WHERE run_id = :run AND kind = :kind",
                    use(run_), use(kind_))),
      put_attempt_((session.prepare
                        << "INSERT INTO attempts(run_id, number, stage, state, fencing_token) "
                           "VALUES(:run, :number, :stage, :state, :token) "
                           "ON CONFLICT(run_id, number) DO UPDATE SET stage = excluded.stage, "
                           "state = excluded.state, fencing_token = excluded.fencing_token",
                    use(run_), use(number_), use(name_), use(state_), use(token_))),
      drop_attempt_(
          (session.prepare << "DELETE FROM attempts WHERE run_id = :run AND number = :number",
           use(run_), use(number_))),
      insert_outbox_((session.prepare << "INSERT INTO outbox(kind, run_id, body, tries, due) "
                                         "VALUES(:kind, :run, :body, :tries, :due)",
                      use(kind_), use(run_), use(body_), use(tries_), use(time_))),
      update_outbox_((session.prepare << "UPDATE outbox SET tries = :tries, due = :due, "
                                         "body = :body WHERE id = :id",
                      use(tries_), use(time_), use(body_), use(id_))),
      drop_outbox_((session.prepare << "DELETE FROM outbox WHERE id = :id", use(id_))),
      insert_answer_(
          (session.prepare << "INSERT INTO idempotency_keys(key, fingerprint, status, body, "
                              "headers, at) VALUES(:key, :fingerprint, :status, :body, :headers, "
                              ":at) ON CONFLICT(key) DO NOTHING",
           use(name_), use(fingerprint_), use(status_), use(body_), use(headers_), use(time_))),
      complete_answer_(
          (session.prepare << "INSERT INTO idempotency_keys(key, fingerprint, status, body, "
                              "headers, at) VALUES(:key, :fingerprint, :status, :body, :headers, "
                              ":at) ON CONFLICT(key) DO UPDATE SET status = excluded.status, "
                              "body = excluded.body, headers = excluded.headers "
                              "WHERE idempotency_keys.status = 0 "
                              "AND idempotency_keys.fingerprint = excluded.fingerprint",
           use(name_), use(fingerprint_), use(status_), use(body_), use(headers_), use(time_))),
      forget_answers_((session.prepare
                           << "DELETE FROM idempotency_keys WHERE rowid IN (SELECT rowid FROM "
                              "idempotency_keys WHERE at < :before ORDER BY at LIMIT :limit)",
                       use(time_), use(limit_))),
      // Only where the stored bytes end: a gap or an overlap inserts nothing.
      append_output_((session.prepare
                          << "INSERT INTO attempt_output(run_id, number, position, size, data) "
                             "SELECT :run, :number, :position, :size, :data WHERE :position = "
                             "coalesce((SELECT position + size FROM attempt_output "
                             "WHERE run_id = :run AND number = :number "
                             "ORDER BY position DESC LIMIT 1), 0)",
                      use(run_), use(number_), use(position_), use(size_), use(text_))),
      put_workflow_((session.prepare
                         << "INSERT INTO workflows(name, revision, version, source, published_by, "
                            "published_at) SELECT :name, 1 + coalesce((SELECT max(revision) FROM "
                            "workflows WHERE name = :name), 0), :version, :source, :by, :at",
                     use(name_), use(text_), use(body_), use(actor_), use(time_))),
      retire_workflow_((session.prepare
                            << "INSERT INTO retired_workflows(name, revision) "
                               "SELECT name, max(revision) FROM workflows WHERE name = :name "
                               "GROUP BY name ON CONFLICT(name) DO UPDATE SET "
                               "revision = excluded.revision",
                        use(name_))),
      put_lock_((session.prepare
                     << "INSERT INTO locks(run_id, key, ticket, is_held, mode, lock_limit, since) "
                        "VALUES(:run, :key, :ticket, :held, :mode, :limit, :since) "
                        "ON CONFLICT(run_id, key) DO UPDATE SET ticket = excluded.ticket, "
                        "is_held = excluded.is_held, mode = excluded.mode, "
                        "lock_limit = excluded.lock_limit, since = excluded.since",
                 use(run_), use(name_), use(number_), use(is_held_), use(kind_), use(limit_),
                 use(time_))),
      drop_lock_((session.prepare << "DELETE FROM locks WHERE run_id = :run AND key = :key",
                  use(run_), use(name_))),
      // It only ever grows, whatever the order of two changes.
      set_newest_ticket_(
          (session.prepare << "INSERT INTO counters(name, value) VALUES('newest_ticket', :ticket) "
                              "ON CONFLICT(name) DO UPDATE SET value = max(value, excluded.value)",
           use(number_))),
      set_cursor_((session.prepare
                       << "INSERT INTO cursors(name, position) VALUES(:name, :position) "
                          "ON CONFLICT(name) DO UPDATE SET position = excluded.position",
                   use(name_), use(position_))),
      put_credential_(
          (session.prepare << "INSERT INTO credentials(id, digest) VALUES(:id, :digest)",
           use(name_), use(text_))),
      drop_credential_((session.prepare << "DELETE FROM credentials WHERE id = :id", use(name_))) {}

Result<void> WorkWriter::Apply(const ports::Change& change) {
  for (const auto& [run, kind] : change.clear_timers) ClearTimer(run, kind);
  for (const auto& timer : change.set_timers) SetTimer(timer);
  for (const auto& attempt : change.put_attempts) PutAttempt(attempt);
  for (const auto& row : change.put_outbox) PutOutbox(row);
  for (const std::int64_t id : change.drop_outbox) {
    id_ = id;
    Execute(drop_outbox_);
  }
  if (change.answer) GW_CHECK(PutAnswer(*change.answer));
  for (const auto& chunk : change.output) GW_CHECK(AppendOutput(chunk));
  if (change.workflow) PutWorkflow(*change.workflow);
  if (!change.retire_workflow.empty()) RetireWorkflow(change.retire_workflow);
  for (const auto& [key, run] : change.drop_locks) DropLock(key, run);
  for (const auto& lock : change.put_locks) PutLock(lock);
  if (change.newest_ticket != 0) SetNewestTicket(change.newest_ticket);
  for (const auto& credential : change.put_credentials) PutCredential(credential);
  if (change.cursor) SetCursor(change.cursor->first, change.cursor->second);
  return {};
}

void WorkWriter::SetTimer(const ports::TimerRow& timer) {
  run_ = timer.run.value;
  kind_ = static_cast<Integer>(timer.kind);
  time_ = ToMicros(timer.due);
  Execute(set_timer_);
}

void WorkWriter::ClearTimer(RunId run, core::TimerKind kind) {
  run_ = run.value;
  kind_ = static_cast<Integer>(kind);
  Execute(clear_timer_);
}

void WorkWriter::PutAttempt(const ports::AttemptRow& attempt) {
  using core::AttemptState;
  run_ = attempt.run.value;
  number_ = attempt.number.value;
  name_ = attempt.stage;
  state_ = static_cast<Integer>(attempt.state);
  token_ = attempt.fencing_token;
  const bool is_open =
      attempt.state == AttemptState::kPlanned || attempt.state == AttemptState::kStarted;
  Execute(is_open ? put_attempt_ : drop_attempt_);
}

void WorkWriter::PutOutbox(const ports::OutboxRow& row) {
  id_ = row.id;
  kind_ = static_cast<Integer>(row.kind);
  run_ = row.run.value;
  body_ = row.body_json;
  tries_ = row.tries;
  time_ = ToMicros(row.due);
  Execute(row.id == 0 ? insert_outbox_ : update_outbox_);
}

Result<void> WorkWriter::PutAnswer(const ports::AnswerRow& answer) {
  name_ = answer.key;
  fingerprint_ = answer.fingerprint;
  status_ = answer.status;
  body_ = answer.body;
  headers_ = answer.headers_json;
  time_ = ToMicros(answer.at);
  if (CountChanged(answer.status == 0 ? insert_answer_ : complete_answer_) == 1) return {};
  return Error{ErrorCode::kConflict,
               "Another request with the same Idempotency-Key was accepted first."};
}

Result<void> WorkWriter::AppendOutput(const ports::OutputChunk& chunk) {
  if (chunk.bytes.empty()) return {};
  run_ = chunk.run.value;
  number_ = chunk.number.value;
  position_ = chunk.offset;
  size_ = static_cast<Integer>(chunk.bytes.size());
  text_ = codec::EncodeBase64(chunk.bytes);
  if (CountChanged(append_output_) == 1) return {};
  return Error{ErrorCode::kConflict,
               fmt::format("Output of run {}, attempt {}: expected the next bytes where the stored "
                           "ones end, found offset {}.",
                           run_, number_, position_)};
}

void WorkWriter::PutWorkflow(const ports::WorkflowRow& workflow) {
  name_ = workflow.name;
  text_ = workflow.version;
  body_ = workflow.source;
  actor_ = workflow.published_by;
  time_ = ToMicros(workflow.published_at);
  Execute(put_workflow_);
}

void WorkWriter::RetireWorkflow(const std::string& name) {
  name_ = name;
  Execute(retire_workflow_);
}

void WorkWriter::PutLock(const ports::LockRow& lock) {
  name_ = lock.key;
  run_ = lock.claim.run.value;
  number_ = lock.claim.ticket;
  is_held_ = lock.claim.is_held ? 1 : 0;
  kind_ = static_cast<Integer>(lock.claim.mode);
  limit_ = lock.claim.limit;
  time_ = ToMicros(lock.claim.since);
  Execute(put_lock_);
}

void WorkWriter::DropLock(const std::string& key, RunId run) {
  name_ = key;
  run_ = run.value;
  Execute(drop_lock_);
}

void WorkWriter::SetNewestTicket(std::int64_t ticket) {
  number_ = ticket;
  Execute(set_newest_ticket_);
}

void WorkWriter::SetCursor(const std::string& name, Position position) {
  name_ = name;
  position_ = position.value;
  Execute(set_cursor_);
}

void WorkWriter::PutCredential(const ports::CredentialRow& credential) {
  name_ = credential.id;
  text_ = credential.digest;
  Execute(credential.digest.empty() ? drop_credential_ : put_credential_);
}

std::int64_t WorkWriter::ForgetAnswers(Time before, std::int64_t limit) {
  time_ = ToMicros(before);
  limit_ = limit;
  return CountChanged(forget_answers_);
}

}  // namespace gatewright::storage
