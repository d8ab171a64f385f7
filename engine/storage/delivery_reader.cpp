#include "engine/storage/delivery_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace gatewright::storage {

using soci::into;
using soci::use;

namespace {

constexpr std::string_view kColumns =
    "id, event, topic, run_id, lane, notifier, recipient, is_digest, state, tries, problem, "
    "created_at, updated_at, due";

// The lanes one after the other, each found by a step in the index: how many rows are pending in
// each does not matter.
constexpr std::string_view kLanes =
    "WITH RECURSIVE lanes(lane) AS (SELECT min(lane) FROM deliveries WHERE state = 1 "
    "AND lane > :after UNION ALL SELECT (SELECT min(lane) FROM deliveries WHERE state = 1 "
    "AND lane > lanes.lane) FROM lanes WHERE lane IS NOT NULL LIMIT :limit) "
    "SELECT lane, (SELECT min(due) FROM deliveries WHERE state = 1 AND lane = lanes.lane) "
    "FROM lanes WHERE lane IS NOT NULL";

// Ids are given in the order of time. The index has all that is counted; 0: there is none.
constexpr std::string_view kPending =
    "WITH pending AS (SELECT count(*) AS many, min(id) AS oldest FROM deliveries "
    "INDEXED BY deliveries_pending WHERE state = 1) SELECT many, "
    "coalesce((SELECT created_at FROM deliveries WHERE id = oldest), 0) FROM pending";

}  // namespace

DeliveryReader::DeliveryReader(soci::session& session)
    : last_((session.prepare << "SELECT coalesce((SELECT seq FROM sqlite_sequence "
                                "WHERE name = 'deliveries'), 0)",
             into(id_))),
      find_((session.prepare << fmt::format("SELECT {} FROM deliveries WHERE id = :id", kColumns),
             into(id_), into(event_), into(topic_), into(run_), into(lane_), into(notifier_),
             into(recipient_), into(is_digest_), into(state_), into(tries_), into(problem_),
             into(created_), into(updated_), into(due_), use(wanted_id_))),
      list_(PrepareList(session, "deliveries NOT INDEXED", ":run = 0")),
      list_of_run_(PrepareList(session, "deliveries INDEXED BY deliveries_run", "run_id = :run")),
      lanes_((session.prepare << std::string(kLanes), into(lane_), into(due_), use(wanted_lane_),
              use(limit_))),
      due_rows_(
          (session.prepare << fmt::format("SELECT {} FROM deliveries INDEXED BY deliveries_pending "
                                          "WHERE state = 1 AND lane = :lane AND due <= :now "
                                          "ORDER BY due, id LIMIT :limit",
                                          kColumns),
           into(id_), into(event_), into(topic_), into(run_), into(lane_), into(notifier_),
           into(recipient_), into(is_digest_), into(state_), into(tries_), into(problem_),
           into(created_), into(updated_), into(due_), use(wanted_lane_), use(now_), use(limit_))),
      closed_((session.prepare << "SELECT lane, reason, since FROM closed_lanes ORDER BY lane",
               into(lane_), into(problem_), into(created_))),
      pending_((session.prepare << std::string(kPending), into(limit_), into(created_))) {}

soci::statement DeliveryReader::PrepareList(soci::session& session, const std::string& source,
                                            const std::string& condition) {
  return (session.prepare << fmt::format(
              "SELECT {} FROM {} WHERE {} AND id < :before AND (:state = 0 OR state = :state) "
              "AND (:notifier = '' OR notifier = :notifier) ORDER BY id DESC LIMIT :limit",
              kColumns, source, condition),
          into(id_), into(event_), into(topic_), into(run_), into(lane_), into(notifier_),
          into(recipient_), into(is_digest_), into(state_), into(tries_), into(problem_),
          into(created_), into(updated_), into(due_), use(wanted_run_), use(wanted_id_),
          use(wanted_state_), use(wanted_notifier_), use(limit_));
}

std::int64_t DeliveryReader::Last() { return SelectOne(last_) ? id_ : 0; }

std::optional<ports::DeliveryRow> DeliveryReader::Find(std::int64_t id) {
  wanted_id_ = id;
  if (!SelectOne(find_)) return std::nullopt;
  return Take();
}

std::vector<ports::DeliveryRow> DeliveryReader::List(const ports::DeliveryQuery& query) {
  wanted_run_ = query.run.value;
  wanted_id_ = query.before > 0 ? query.before : std::numeric_limits<Integer>::max();
  wanted_state_ = query.state ? static_cast<Integer>(*query.state) : 0;
  wanted_notifier_ = query.notifier;
  limit_ = std::max<std::int64_t>(0, query.limit);
  return TakeAll(query.run.value == 0 ? list_ : list_of_run_);
}

std::vector<ports::PendingLane> DeliveryReader::PendingLanes(std::string_view after,
                                                             std::int64_t limit) {
  wanted_lane_ = after;
  limit_ = std::max<std::int64_t>(0, limit);
  std::vector<ports::PendingLane> lanes;
  for (Rows rows(lanes_); rows.has_row(); rows.Next()) {
    lanes.push_back({lane_, FromMicros(due_)});
  }
  return lanes;
}

std::vector<ports::DeliveryRow> DeliveryReader::Due(std::string_view lane, Time now,
                                                    std::int64_t limit) {
  wanted_lane_ = lane;
  now_ = ToMicros(now);
  limit_ = std::max<std::int64_t>(0, limit);
  return TakeAll(due_rows_);
}

ports::PendingDeliveries DeliveryReader::CountPending() {
  ports::PendingDeliveries pending;
  if (!SelectOne(pending_)) return pending;
  pending.count = limit_;
  if (limit_ > 0) pending.oldest = FromMicros(created_);
  return pending;
}

std::vector<ports::ClosedLane> DeliveryReader::ClosedLanes() {
  std::vector<ports::ClosedLane> lanes;
  for (Rows rows(closed_); rows.has_row(); rows.Next()) {
    lanes.push_back({lane_, problem_, FromMicros(created_)});
  }
  return lanes;
}

ports::DeliveryRow DeliveryReader::Take() const {
  return {id_,
          event_,
          topic_,
          RunId{run_},
          lane_,
          notifier_,
          recipient_,
          is_digest_ != 0,
          static_cast<ports::DeliveryState>(state_),
          tries_,
          problem_,
          FromMicros(created_),
          FromMicros(updated_),
          FromMicros(due_)};
}

std::vector<ports::DeliveryRow> DeliveryReader::TakeAll(soci::statement& statement) const {
  std::vector<ports::DeliveryRow> found;
  for (Rows rows(statement); rows.has_row(); rows.Next()) found.push_back(Take());
  return found;
}

}  // namespace gatewright::storage
