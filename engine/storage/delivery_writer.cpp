#include "engine/storage/delivery_writer.h"

namespace gatewright::storage {

using soci::use;

DeliveryWriter::DeliveryWriter(soci::session& session)
    : put_((session.prepare
                << "INSERT INTO deliveries(id, event, topic, run_id, lane, notifier, recipient, "
                   "is_digest, state, tries, problem, created_at, updated_at, due) VALUES(:id, "
                   ":event, :topic, :run, :lane, :notifier, :recipient, :digest, :state, :tries, "
                   ":problem, :created, :updated, :due) ON CONFLICT(id) DO UPDATE SET "
                   "state = excluded.state, tries = excluded.tries, problem = excluded.problem, "
                   "updated_at = excluded.updated_at, due = excluded.due",
            use(id_), use(event_), use(topic_), use(run_), use(lane_), use(notifier_),
            use(recipient_), use(is_digest_), use(state_), use(tries_), use(problem_),
            use(created_), use(updated_), use(due_))),
      close_((session.prepare << "INSERT INTO closed_lanes(lane, reason, since) "
                                 "VALUES(:lane, :reason, :since) ON CONFLICT(lane) DO NOTHING",
              use(lane_), use(problem_), use(created_))),
      open_((session.prepare << "DELETE FROM closed_lanes WHERE lane = :lane", use(lane_))),
      forget_((
          session.prepare << "DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries "
                             "WHERE state <> 1 AND (updated_at < :before OR id <= (SELECT seq FROM "
                             "sqlite_sequence WHERE name = 'deliveries') - :keep) "
                             "ORDER BY id LIMIT :limit)",
          use(updated_), use(keep_), use(limit_))) {}

void DeliveryWriter::Apply(const ports::Change& change) {
  for (const ports::DeliveryRow& row : change.put_deliveries) Put(row);
  for (const std::string& lane : change.open_lanes) {
    lane_ = lane;
    Execute(open_);
  }
  for (const ports::ClosedLane& closed : change.close_lanes) {
    lane_ = closed.lane;
    problem_ = closed.reason;
    created_ = ToMicros(closed.since);
    Execute(close_);
  }
}

void DeliveryWriter::Put(const ports::DeliveryRow& row) {
  id_ = row.id;
  event_ = row.event;
  topic_ = row.topic;
  run_ = row.run.value;
  lane_ = row.lane;
  notifier_ = row.notifier;
  recipient_ = row.recipient;
  is_digest_ = row.is_digest ? 1 : 0;
  state_ = static_cast<Integer>(row.state);
  tries_ = row.tries;
  problem_ = row.problem;
  created_ = ToMicros(row.created_at);
  updated_ = ToMicros(row.updated_at);
  due_ = ToMicros(row.due);
  Execute(put_);
}

std::int64_t DeliveryWriter::Forget(Time before, std::int64_t keep, std::int64_t limit) {
  updated_ = ToMicros(before);
  keep_ = keep;
  limit_ = limit;
  return CountChanged(forget_);
}

}  // namespace gatewright::storage
