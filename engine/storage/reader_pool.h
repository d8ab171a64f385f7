// engine/storage/reader_pool.h: connections for reading, lent to one thread at a time.
// Thread-safe.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/storage/delivery_reader.h"
#include "engine/storage/run_reader.h"
#include "engine/storage/sqlite_error.h"
#include "engine/storage/sqlite_session.h"
#include "engine/storage/store_options.h"
#include "engine/storage/work_reader.h"

namespace gatewright::storage {

// Statements go before their session.
struct Reader {
  explicit Reader(const std::string& path);

  soci::session session;
  std::unique_ptr<RunReader> runs;
  std::unique_ptr<WorkReader> work;
  std::unique_ptr<DeliveryReader> deliveries;
};

class ReaderPool {
 public:
  explicit ReaderPool(const StoreOptions& options);

  // Calls `body(Reader&)`, which returns a Result and may throw; `doing` completes "Could not …".
  template <class Body>
  auto Use(std::string_view doing, Body body) -> decltype(body(std::declval<Reader&>())) {
    return Guarded(doing, path_, [&]() -> decltype(body(std::declval<Reader&>())) {
      GW_TRY(lease, Borrow());
      auto answer = body(*lease.reader);
      lease.is_good = true;
      return answer;
    });
  }

 private:
  // Gives the connection back. One that failed is thrown away: a new one is opened when needed.
  struct Lease {
    ReaderPool* pool;
    std::unique_ptr<Reader> reader;
    bool is_good = false;

    Lease(ReaderPool* owner, std::unique_ptr<Reader> lent) : pool(owner), reader(std::move(lent)) {}
    Lease(Lease&& other) noexcept
        : pool(std::exchange(other.pool, nullptr)), reader(std::move(other.reader)) {}
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (pool != nullptr) pool->GiveBack(is_good ? std::move(reader) : nullptr);
    }
  };

  Result<Lease> Borrow();
  void GiveBack(std::unique_ptr<Reader> reader);

  const std::string path_;
  const Duration wait_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<Reader>> free_;  // null = not connected; under mutex_
};

}  // namespace gatewright::storage
