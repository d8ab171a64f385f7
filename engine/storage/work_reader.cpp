// engine/storage/work_reader.cpp: one statement per question.
#include "engine/storage/work_reader.h"
#include "engine/codec/base64.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

namespace gatewright::storage {

using soci::into;
using soci::use;

namespace {

constexpr std::string_view kLockColumns = "run_id, key, ticket, is_held, mode, lock_limit, since";

std::set<ports::OutboxKind> EachOnce(const std::vector<ports::OutboxKind>& kinds) {
  return {kinds.begin(), kinds.end()};
}

}  // namespace

WorkReader::WorkReader(soci::session& session)
    : session_(session),
      due_timers_((session.prepare << "SELECT run_id, kind, due FROM timers WHERE due <= :now "
                                      "ORDER BY due, run_id, kind LIMIT :limit",
                   into(run_), into(kind_), into(time_), use(now_), use(limit_))),
      next_timer_((session.prepare << "SELECT due FROM timers ORDER BY due LIMIT 1", into(time_))),
      open_attempts_((session.prepare << "SELECT run_id, number, stage, state, fencing_token "
                                         "FROM attempts ORDER BY run_id, number",
                      into(run_), into(number_), into(name_), into(state_), into(token_))),
      due_outbox_((session.prepare << "SELECT id, kind, run_id, body, tries, due FROM outbox "
                                      "WHERE kind = :kind AND due <= :now "
                                      "ORDER BY due, id LIMIT :limit",
                   into(id_), into(kind_), into(run_), into(body_), into(tries_), into(time_),
                   use(wanted_kind_), use(now_), use(limit_))),
      next_outbox_(
          (session.prepare << "SELECT due FROM outbox WHERE kind = :kind ORDER BY due LIMIT 1",
           into(time_), use(wanted_kind_))),
      find_answer_((session.prepare << "SELECT fingerprint, status, body, headers, at "
                                       "FROM idempotency_keys WHERE key = :key",
                    into(text_), into(status_), into(body_), into(headers_), into(time_),
                    use(wanted_name_))),
      read_output_((session.prepare
                        << "SELECT position, data FROM attempt_output WHERE run_id = :run "
                           "AND number = :number AND position >= coalesce((SELECT position FROM "
                           "attempt_output WHERE run_id = :run AND number = :number "
                           "AND position <= :wanted ORDER BY position DESC LIMIT 1), 0) "
                           "ORDER BY position",
                    into(position_), into(text_), use(wanted_run_), use(wanted_number_),
                    use(wanted_position_))),
      output_size_((session.prepare
                        << "SELECT position + size FROM attempt_output WHERE run_id = :run "
                           "AND number = :number ORDER BY position DESC LIMIT 1",
                    into(size_), use(wanted_run_), use(wanted_number_))),
      workflows_(
          (session.prepare << "SELECT name, revision, version, source, published_by, published_at, "
                              "revision = (SELECT max(revision) FROM workflows AS w "
                              "WHERE w.name = workflows.name) "
                              "AND revision > coalesce((SELECT revision FROM retired_workflows AS "
                              "r WHERE r.name = workflows.name), 0) FROM workflows ORDER BY id",
           into(name_), into(revision_), into(text_), into(body_), into(actor_), into(time_),
           into(is_current_))),
      credential_((session.prepare << "SELECT digest FROM credentials WHERE id = :id", into(text_),
                   use(wanted_name_))),
      cursor_((session.prepare << "SELECT position FROM cursors WHERE name = :name",
               into(position_), use(wanted_name_))),
      locks_((session.prepare << fmt::format("SELECT {} FROM locks ORDER BY key, ticket, run_id",
                                             kLockColumns),
              into(run_), into(name_), into(token_), into(is_held_), into(mode_), into(lock_limit_),
              into(time_))),
      locks_of_((session.prepare << fmt::format("SELECT {} FROM locks WHERE run_id = :run "
                                                "ORDER BY key",
                                                kLockColumns),
                 into(run_), into(name_), into(token_), into(is_held_), into(mode_),
                 into(lock_limit_), into(time_), use(wanted_run_))),
      newest_ticket_((session.prepare << "SELECT value FROM counters WHERE name = 'newest_ticket'",
                      into(token_))) {}

std::vector<ports::TimerRow> WorkReader::DueTimers(Time now, std::int64_t limit) {
  now_ = ToMicros(now);
  limit_ = std::max<std::int64_t>(0, limit);
  std::vector<ports::TimerRow> timers;
  for (Rows rows(due_timers_); rows.has_row(); rows.Next()) {
    timers.push_back({RunId{run_}, static_cast<core::TimerKind>(kind_), FromMicros(time_)});
  }
  return timers;
}

std::optional<Time> WorkReader::NextTimer() {
  if (!SelectOne(next_timer_)) return std::nullopt;
  return FromMicros(time_);
}

std::vector<ports::AttemptRow> WorkReader::OpenAttempts() {
  std::vector<ports::AttemptRow> attempts;
  for (Rows rows(open_attempts_); rows.has_row(); rows.Next()) {
    attempts.push_back({RunId{run_}, AttemptNumber{number_}, name_,
                        static_cast<core::AttemptState>(state_), token_});
  }
  return attempts;
}

std::vector<ports::OutboxRow> WorkReader::DueOutbox(const std::vector<ports::OutboxKind>& kinds,
                                                    Time now, std::int64_t limit) {
  const Snapshot snapshot(session_);
  now_ = ToMicros(now);
  limit_ = std::max<std::int64_t>(0, limit);
  std::vector<ports::OutboxRow> found;
  for (const ports::OutboxKind kind : EachOnce(kinds)) {
    wanted_kind_ = static_cast<Integer>(kind);
    for (Rows rows(due_outbox_); rows.has_row(); rows.Next()) {
      found.push_back({id_, static_cast<ports::OutboxKind>(kind_), RunId{run_}, body_, tries_,
                       FromMicros(time_)});
    }
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return std::tie(a.due, a.id) < std::tie(b.due, b.id);
  });
  if (found.size() > static_cast<std::size_t>(limit_)) {
    found.resize(static_cast<std::size_t>(limit_));
  }
  return found;
}

std::optional<Time> WorkReader::NextOutbox(const std::vector<ports::OutboxKind>& kinds) {
  const Snapshot snapshot(session_);
  std::optional<Time> next;
  for (const ports::OutboxKind kind : EachOnce(kinds)) {
    wanted_kind_ = static_cast<Integer>(kind);
    if (!SelectOne(next_outbox_)) continue;
    const Time due = FromMicros(time_);
    if (!next || due < *next) next = due;
  }
  return next;
}

std::optional<ports::AnswerRow> WorkReader::FindAnswer(std::string_view key) {
  wanted_name_ = key;
  if (!SelectOne(find_answer_)) return std::nullopt;
  return ports::AnswerRow{wanted_name_, text_,    static_cast<int>(status_),
                          body_,        headers_, FromMicros(time_)};
}

Result<std::string> WorkReader::ReadOutput(RunId run, AttemptNumber number, std::int64_t offset,
                                           std::int64_t limit) {
  wanted_run_ = run.value;
  wanted_number_ = number.value;
  wanted_position_ = std::max<std::int64_t>(0, offset);
  const auto wanted = static_cast<std::size_t>(std::max<std::int64_t>(0, limit));
  std::string output;
  for (Rows rows(read_output_); rows.has_row() && output.size() < wanted; rows.Next()) {
    const std::optional<std::string> bytes = codec::DecodeBase64(text_);
    if (!bytes) {
      return Error{ErrorCode::kCorrupt,
                   fmt::format("Output of run {}, attempt {}: the bytes at {} cannot be read.",
                               run.value, number.value, position_)};
    }
    // Only the first piece can begin before what is wanted.
    const auto skip = static_cast<std::size_t>(std::max<Integer>(0, wanted_position_ - position_));
    if (skip < bytes->size()) output.append(*bytes, skip, wanted - output.size());
  }
  return output;
}

std::int64_t WorkReader::OutputSize(RunId run, AttemptNumber number) {
  wanted_run_ = run.value;
  wanted_number_ = number.value;
  return SelectOne(output_size_) ? size_ : 0;
}

std::vector<ports::WorkflowRow> WorkReader::Workflows() {
  std::vector<ports::WorkflowRow> found;
  for (Rows rows(workflows_); rows.has_row(); rows.Next()) {
    found.push_back({name_, revision_, text_, body_, actor_, FromMicros(time_), is_current_ != 0});
  }
  return found;
}

std::vector<ports::LockRow> WorkReader::Locks() { return TakeLocks(locks_); }

std::vector<ports::LockRow> WorkReader::LocksOf(RunId run) {
  wanted_run_ = run.value;
  return TakeLocks(locks_of_);
}

std::vector<ports::LockRow> WorkReader::TakeLocks(soci::statement& statement) {
  std::vector<ports::LockRow> locks;
  for (Rows rows(statement); rows.has_row(); rows.Next()) {
    locks.push_back({name_,
                     {RunId{run_}, token_, is_held_ != 0, static_cast<core::LockMode>(mode_),
                      static_cast<std::uint32_t>(lock_limit_), FromMicros(time_)}});
  }
  return locks;
}

std::int64_t WorkReader::NewestTicket() { return SelectOne(newest_ticket_) ? token_ : 0; }

std::string WorkReader::CredentialDigest(std::string_view id) {
  wanted_name_ = id;
  return SelectOne(credential_) ? text_ : "";
}

Position WorkReader::Cursor(std::string_view name) {
  wanted_name_ = name;
  return SelectOne(cursor_) ? Position{position_} : Position{0};
}

}  // namespace gatewright::storage
