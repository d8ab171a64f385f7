// engine/storage/delivery_writer.h: writes what became of notifications. Inside the writer's
// transaction; belongs to the writer's thread. Throws what SOCI throws.
#pragma once

#include "engine/ports/store.h"
#include "engine/storage/sqlite_session.h"

namespace gatewright::storage {

class DeliveryWriter {
 public:
  explicit DeliveryWriter(soci::session& session);

  void Apply(const ports::Change& change);
  std::int64_t Forget(Time before, std::int64_t keep, std::int64_t limit);

 private:
  void Put(const ports::DeliveryRow& row);

  // What the statements are bound to; each uses some of them.
  Integer id_ = 0, run_ = 0, is_digest_ = 0, state_ = 0, tries_ = 0, created_ = 0, updated_ = 0,
          due_ = 0, keep_ = 0, limit_ = 0;
  std::string event_, topic_, lane_, notifier_, recipient_, problem_;

  soci::statement put_, close_, open_, forget_;
};

}  // namespace gatewright::storage
