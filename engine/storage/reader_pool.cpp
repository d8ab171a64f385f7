// engine/storage/reader_pool.cpp: a free list with a bounded wait.
#include "engine/storage/reader_pool.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

namespace gatewright::storage {
namespace {

constexpr int kReaderCacheMb = 16;

std::size_t CountOf(const StoreOptions& options) {
  if (options.readers > 0) return static_cast<std::size_t>(options.readers);
  return std::clamp(std::thread::hardware_concurrency(), 2u, 16u);
}

}  // namespace

Reader::Reader(const std::string& path) {
  OpenSession(session, path, Access::kReadOnly, kReaderCacheMb);
  runs = std::make_unique<RunReader>(session);
  work = std::make_unique<WorkReader>(session);
  deliveries = std::make_unique<DeliveryReader>(session);
}

ReaderPool::ReaderPool(const StoreOptions& options)
    : path_(options.path), wait_(options.reader_wait), free_(CountOf(options)) {}

Result<ReaderPool::Lease> ReaderPool::Borrow() {
  std::unique_lock lock(mutex_);
  if (!freed_.wait_for(lock, wait_, [this] { return !free_.empty(); })) {
    return Error{ErrorCode::kUnavailable,
                 fmt::format("Every database connection for reading was busy for {}. Try again.",
                             FormatDuration(wait_))};
  }
  Lease lease(this, std::move(free_.back()));
  free_.pop_back();
  lock.unlock();
  if (lease.reader == nullptr) lease.reader = std::make_unique<Reader>(path_);
  return lease;
}

void ReaderPool::GiveBack(std::unique_ptr<Reader> reader) {
  {
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(reader));
  }
  freed_.notify_one();
}

}  // namespace gatewright::storage
