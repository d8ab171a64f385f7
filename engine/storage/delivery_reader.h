// engine/storage/delivery_reader.h: reads what became of notifications on one connection. One
// thread at a time. Throws what SOCI throws.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ports/store.h"
#include "engine/storage/sqlite_session.h"

namespace gatewright::storage {

class DeliveryReader {
 public:
  explicit DeliveryReader(soci::session& session);

  std::int64_t Last();
  std::optional<ports::DeliveryRow> Find(std::int64_t id);
  std::vector<ports::DeliveryRow> List(const ports::DeliveryQuery& query);
  std::vector<ports::PendingLane> PendingLanes(std::string_view after, std::int64_t limit);
  std::vector<ports::DeliveryRow> Due(std::string_view lane, Time now, std::int64_t limit);
  ports::PendingDeliveries CountPending();
  std::vector<ports::ClosedLane> ClosedLanes();

 private:
  soci::statement PrepareList(soci::session& session, const std::string& source,
                              const std::string& condition);
  ports::DeliveryRow Take() const;
  std::vector<ports::DeliveryRow> TakeAll(soci::statement& statement) const;

  // What the statements are bound to; each uses some of them.
  Integer id_ = 0, run_ = 0, is_digest_ = 0, state_ = 0, tries_ = 0, created_ = 0, updated_ = 0,
          due_ = 0;
  std::string event_, topic_, lane_, notifier_, recipient_, problem_;
  Integer wanted_id_ = 0, wanted_run_ = 0, wanted_state_ = 0, now_ = 0, limit_ = 0;
  std::string wanted_lane_, wanted_notifier_;

  soci::statement last_, find_, list_, list_of_run_, lanes_, due_rows_, closed_, pending_;
};

}  // namespace gatewright::storage
