// engine/storage/sqlite_writer.h: the one connection that writes. One thread at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/ports/store.h"
#include "engine/storage/checkpointer.h"
#include "engine/storage/sqlite_session.h"
#include "engine/storage/store_options.h"

namespace gatewright::storage {

class SqliteWriter {
 public:
  // Opens the file, creating it and its tables when needed.
  static Result<std::unique_ptr<SqliteWriter>> Open(const StoreOptions& options);
  ~SqliteWriter();

  Result<Position> Commit(const std::vector<ports::Change>& changes);
  Result<std::int64_t> ForgetAnswers(Time before, std::int64_t limit);
  Result<std::int64_t> ForgetDeliveries(Time before, std::int64_t keep, std::int64_t limit);
  Result<std::string> Secret(std::string_view name);

 private:
  struct Statements;

  explicit SqliteWriter(const StoreOptions& options);
  Result<void> Prepare();
  Result<void> WriteAll(const std::vector<ports::Change>& changes);
  void RollBack() noexcept;
  Error AfterFailure(const std::exception& failure);

  const std::string path_;
  soci::session session_;
  std::unique_ptr<Statements> statements_;  // null until needed, and again after a failure
  Position head_;                           // newest position; known while statements_ exist
  int lost_flush_ = 0;
  std::unique_ptr<Checkpointer> checkpointer_;
};

}  // namespace gatewright::storage
